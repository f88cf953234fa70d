namespace Ringwright.Store.Tables;

/// <summary>
/// The legs of an account that are up. They are few, and in an index of their own (<c>rw_leg_live</c>). To SQLite the index of all legs
/// looks as good and cheaper, for it has fewer columns: an account's whole history would be read. A condition on a second column decides.
/// </summary>
public static class UpLegs
{
    /// <summary>
    /// Behind a condition on the account. The connection is any: the node's own lines have a negative one. The least number of all is left
    /// out, because PostgreSQL does not read it as a bigint.
    /// </summary>
    public const string Only = "connection_id >= -9223372036854775807 and ended_at is null";
}
