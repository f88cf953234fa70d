using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Ringwright.Store.Engines;
using SQLitePCL;

namespace Ringwright.Store.Sqlite;

/// <summary>
/// A connection that prepares each statement once and keeps it, as the driver of PostgreSQL does by itself: SQLite spends more on reading
/// the text of a short statement than on carrying it out. Like any connection it is used by one thread at a time.
/// </summary>
internal sealed class PreparingConnection(string settings) : SqliteConnection(settings)
{
    /// <summary>
    /// Of each kind: far more than there are statements that run often; texts that are put together for a search may be many.
    /// </summary>
    public const int MostKept = 200;

    /// <summary>Those that give rows.</summary>
    private readonly Dictionary<string, SqliteCommand> _readers = [];
    /// <summary>Those that change something; null for a text of several statements.</summary>
    private readonly Dictionary<string, Writer> _writers = [];
    /// <summary>The like, by the text that a <see cref="Statement"/> always comes with: a hash would be reckoned over all of it.</summary>
    private readonly Dictionary<string, Writer> _ofStatements = new(ReferenceEqualityComparer.Instance);
    private long _uses;

    private sealed class Writer(SqliteStatement? statement)
    {
        public SqliteStatement? Statement => statement;

        public long UsedAt { get; set; }
    }

    protected override DbCommand CreateDbCommand() => new KeptCommand(this);

    public override void Close()
    {
        foreach (var command in _readers.Values) command.Dispose();
        foreach (var writer in _writers.Values) writer.Statement?.Dispose();
        _readers.Clear();
        _writers.Clear();
        _ofStatements.Clear();
        base.Close();
    }

    /// <summary>Out of those that are kept, so that nobody else runs it meanwhile.</summary>
    public SqliteCommand TakeReader(string text) => _readers.Remove(text, out var command) ? command : new SqliteCommand(text, this);

    public void Keep(SqliteCommand reader)
    {
        reader.Parameters.Clear();
        if (State is not ConnectionState.Open || _readers.Count >= MostKept || !_readers.TryAdd(reader.CommandText, reader))
            reader.Dispose();
    }

    /// <summary>False when this text or these parameters are for the driver.</summary>
    public bool TryRun(string text, SqliteParameterCollection parameters, out int changed)
    {
        changed = 0;
        return StatementOf(text) is { } statement && statement.TryRun(parameters, out changed, out _);
    }

    /// <summary>The same for an insertion that returns one number, as of the row that it made.</summary>
    public bool TryInsert(string text, SqliteParameterCollection parameters, out object? returned)
    {
        returned = null;
        if (!text.StartsWith("insert ", StringComparison.Ordinal) || StatementOf(text) is not { } statement
            || !statement.TryRun(parameters, out _, out long? number)) return false;
        returned = number;
        return true;
    }

    /// <summary>A single statement with its values by their places, as <see cref="Statement"/> has them.</summary>
    /// <returns>Rows that it changed, and the number that it returns if it returns one.</returns>
    public (int Changed, long Returned) Run(string text, ReadOnlySpan<object?> values)
    {
        var (changed, returned) = Ready(text).Run(values);
        return (changed, returned ?? 0);
    }

    /// <summary>The same of an insertion of one row into a table whose rows have numbers.</summary>
    /// <returns>The number of the row.</returns>
    public long Insert(string text, ReadOnlySpan<object?> values) => Ready(text).Insert(values);

    /// <summary>Pages that were written to the log since it was asked last.</summary>
    public int TakeWritten()
    {
        const int reset = 1;
        return Handle is { } database
            && raw.sqlite3_db_status(database, raw.SQLITE_DBSTATUS_CACHE_WRITE, out int pages, out _, reset) == raw.SQLITE_OK ? pages : 0;
    }

    private SqliteStatement Ready(string text)
    {
        if (!_ofStatements.TryGetValue(text, out var writer))
        {
            writer = WriterOf(text);
            if (writer is not { Statement: not null }) throw new InvalidOperationException($"This is not one statement: {text}");
            _ofStatements.Add(text, writer);
        }
        writer.UsedAt = ++_uses;
        return writer.Statement!;        // it was looked at when it came in
    }

    private SqliteStatement? StatementOf(string text)
    {
        if (WriterOf(text) is not { } writer) return null;
        writer.UsedAt = ++_uses;
        return writer.Statement;
    }

    private Writer? WriterOf(string text)
    {
        if (_writers.TryGetValue(text, out var kept)) return kept;
        if (Handle is not { } database) return null;
        if (_writers.Count >= MostKept) Forget();
        var writer = new Writer(SqliteStatement.TryPrepare(database, text));
        _writers.Add(text, writer);
        return writer;
    }

    // Whoever comes next is kept, however many came before: what runs often is not read anew because rare ones were first.
    private void Forget()
    {
        var (text, oldest) = _writers.MinBy(kept => kept.Value.UsedAt);
        _writers.Remove(text);
        // It may be among these, which are found again at the next use of each.
        _ofStatements.Clear();
        oldest.Statement?.Dispose();
    }
}
