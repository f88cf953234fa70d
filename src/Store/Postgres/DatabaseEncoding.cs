using System.Data;
using Dapper;

namespace Ringwright.Store.Postgres;

/// <summary>
/// Notices a database that was made for the letters of some languages, or of none, as a server makes it whose machine has no language set
/// (SQL_ASCII). Letters of other languages cannot be kept there, or not be searched for, which shows days after the start.
/// </summary>
internal static class DatabaseEncoding
{
    private const string Wanted = "UTF8", Select = "select current_setting('server_encoding')";
    private const string SelectUsed = "select to_regclass('schema_migration') is not null";

    /// <summary>
    /// Before the first start on it: a node that has lived there is not to end by an update, and the doctor names its database.
    /// </summary>
    /// <exception cref="StoreException">It keeps texts otherwise than in UTF-8, and nothing is in it yet.</exception>
    public static void RefuseNew(PostgresEngine engine, IDbConnection connection)
    {
        if (!connection.ExecuteScalar<bool>(SelectUsed)) Refuse(engine, connection);
    }

    /// <exception cref="StoreException">It keeps texts otherwise than in UTF-8.</exception>
    public static void Refuse(PostgresEngine engine, IDbConnection connection)
    {
        string? encoding = connection.ExecuteScalar<string>(Select);
        if (encoding == Wanted) return;
        throw new StoreException(
            $"The database {engine.Place} keeps texts in {encoding}, and a node needs one that keeps those of all languages: make it by "
            + $"createdb --encoding {Wanted} --template template0.");
    }
}
