using Microsoft.Data.Sqlite;

namespace Ringwright.Store.Sqlite;

/// <summary>Opens connections to one database file with the settings that all of them share.</summary>
internal sealed class SqliteFile(string path, Durability durability)
{
    public string Path { get; } = path;

    public SqliteConnection Open(bool isReader)
    {
        SqliteLibrary.Describe();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        // journal_mode stays in the file; the rest is per connection.
        connection.Run($"pragma busy_timeout = 5000; pragma foreign_keys = on; pragma journal_mode = wal; pragma synchronous = {(durability is Durability.Full ? "full" : "normal")};");
        if (isReader) connection.Run("pragma query_only = on;");
        return connection;
    }
}

internal static class SqliteCommands
{
    /// <summary>For statements without parameters. Not through Dapper, which takes one-word texts such as "commit" for procedures.</summary>
    public static void Run(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
