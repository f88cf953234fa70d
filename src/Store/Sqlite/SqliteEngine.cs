using System.Data.Common;
using Microsoft.Data.Sqlite;
using Ringwright.Store.Engines;
using Ringwright.Store.Migrations;

namespace Ringwright.Store.Sqlite;

/// <summary>One database file. All connections to it share these settings.</summary>
internal sealed class SqliteEngine(string path, Durability durability) : IEngine
{
    private const int Busy = 5, Locked = 6, ConstraintFailed = 19, ForeignKeyFailed = 787;

    public string Place => path;
    public string Library => SqliteLibrary.Describe();
    /// <summary>Takes the one write lock at once, not at the first write, so that it is waited for here.</summary>
    public string BeginWrite => "begin immediate;";
    public string BeginRead => "begin;";

    public DbConnection Open(bool isReader)
    {
        SqliteLibrary.Describe();
        var connection = new PreparingConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        // journal_mode stays in the file; the rest is per connection.
        connection.Run($"pragma busy_timeout = 5000; pragma foreign_keys = on; pragma journal_mode = wal; pragma synchronous = {(durability is Durability.Full ? "full" : "normal")};");
        if (isReader) connection.Run("pragma query_only = on;");
        return connection;
    }

    public string Expand(string migration) => Directives.ForSqlite(migration);

    public Trouble TroubleOf(Exception failure) => failure is not SqliteException sqlite ? Trouble.Broken : sqlite.SqliteErrorCode switch
    {
        Busy or Locked => Trouble.Busy,
        ConstraintFailed => sqlite.SqliteExtendedErrorCode == ForeignKeyFailed ? Trouble.RefusedByReference : Trouble.Refused,
        _ => Trouble.Broken,
    };
}
