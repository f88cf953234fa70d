namespace Ringwright.Store.Tables;

/// <summary>
/// The legs of an account that are up. They are few, and in an index of their own (<c>rw_leg_live</c>). To SQLite the index of all legs
/// looks as good and cheaper, for it has fewer columns: an account's whole history would be read. A second column decides, and every leg
/// has a connection.
/// </summary>
public static class UpLegs
{
    /// <summary>Behind a condition on the account.</summary>
    public const string Only = "connection_id >= 0 and ended_at is null";
}
