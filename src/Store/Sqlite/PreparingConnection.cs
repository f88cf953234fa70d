using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Ringwright.Store.Sqlite;

/// <summary>
/// A connection that prepares each statement once and keeps it, as the driver of PostgreSQL does by itself: SQLite spends more on reading the text of a
/// short statement than on carrying it out. Like any connection it is used by one thread at a time.
/// </summary>
internal sealed class PreparingConnection(string settings) : SqliteConnection(settings)
{
    /// <summary>Far more than there are statements that run often; texts that are put together for a search may be many.</summary>
    private const int MostKept = 200;

    private readonly Dictionary<string, SqliteCommand> _kept = [];

    protected override DbCommand CreateDbCommand() => new KeptCommand(this);

    /// <summary>Out of those that are kept, so that nobody else runs it meanwhile.</summary>
    internal SqliteCommand Take(string text) => _kept.Remove(text, out var command) ? command : new SqliteCommand(text, this);

    internal void Keep(SqliteCommand command)
    {
        command.Parameters.Clear();
        if (State is not System.Data.ConnectionState.Open || _kept.Count >= MostKept || !_kept.TryAdd(command.CommandText, command)) command.Dispose();
    }
}
