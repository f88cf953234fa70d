using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Ringwright.Store.Sqlite;

/// <summary>
/// A connection that prepares each statement once and keeps it, as the driver of PostgreSQL does by itself: SQLite spends more on reading the text of a
/// short statement than on carrying it out. Like any connection it is used by one thread at a time.
/// </summary>
internal sealed class PreparingConnection(string settings) : SqliteConnection(settings)
{
    /// <summary>Of each kind: far more than there are statements that run often; texts that are put together for a search may be many.</summary>
    private const int MostKept = 200;

    /// <summary>Those that give rows.</summary>
    private readonly Dictionary<string, SqliteCommand> _readers = [];
    /// <summary>Those that change something; null for a text of several statements.</summary>
    private readonly Dictionary<string, SqliteStatement?> _writers = [];

    protected override DbCommand CreateDbCommand() => new KeptCommand(this);

    public override void Close()
    {
        foreach (var command in _readers.Values) command.Dispose();
        foreach (var statement in _writers.Values) statement?.Dispose();
        _readers.Clear();
        _writers.Clear();
        base.Close();
    }

    /// <summary>Out of those that are kept, so that nobody else runs it meanwhile.</summary>
    public SqliteCommand TakeReader(string text) => _readers.Remove(text, out var command) ? command : new SqliteCommand(text, this);

    public void Keep(SqliteCommand reader)
    {
        reader.Parameters.Clear();
        if (State is not ConnectionState.Open || _readers.Count >= MostKept || !_readers.TryAdd(reader.CommandText, reader)) reader.Dispose();
    }

    /// <summary>False when this text or these parameters are for the driver.</summary>
    public bool TryRun(string text, SqliteParameterCollection parameters, out int changed)
    {
        changed = 0;
        if (!_writers.TryGetValue(text, out var statement))
        {
            if (Handle is not { } database || _writers.Count >= MostKept) return false;
            _writers.Add(text, statement = SqliteStatement.TryPrepare(database, text));
        }
        return statement is not null && statement.TryRun(parameters, out changed);
    }
}
