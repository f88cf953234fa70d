using System.Text;
using Microsoft.Data.Sqlite;
using Ringwright.Store.Engines;
using SQLitePCL;

namespace Ringwright.Store.Sqlite;

/// <summary>
/// One prepared statement that gives no rows, or one number, and the places of its parameters. The driver looks each parameter up by its
/// name for every run, twice when the name comes without its sign, as Dapper's do.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly Dictionary<string, int> _places = [];
    private byte[] _bytes = new byte[1_024];

    private SqliteStatement(sqlite3 database, sqlite3_stmt statement)
    {
        (_database, _statement) = (database, statement);
        for (int i = 1; i <= raw.sqlite3_bind_parameter_count(statement); i++)
            _places.Add(raw.sqlite3_bind_parameter_name(statement, i).utf8_to_string()[1..], i);
    }

    /// <returns>Null when the text is more than one statement.</returns>
    /// <exception cref="SqliteException">It is none.</exception>
    public static SqliteStatement? TryPrepare(sqlite3 database, string text)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, text, out var statement, out string tail), database);
        if (string.IsNullOrWhiteSpace(tail)) return new(database, statement);
        statement.Dispose();
        return null;
    }

    /// <summary>
    /// Runs it to its end. False, and nothing was done, when a parameter is missing or of a type that the driver has to turn into another.
    /// </summary>
    /// <param name="changed">Rows that it inserted, updated or deleted.</param>
    /// <param name="returned">Of the first row that it gives, the first column; null when it gives none.</param>
    public bool TryRun(SqliteParameterCollection parameters, out int changed, out long? returned)
    {
        changed = 0;
        returned = null;
        int bound = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            if (!_places.TryGetValue(parameter.ParameterName.TrimStart('@'), out int place)) continue;      // said, and not used
            if (!TryBind(place, parameter.Value)) return false;
            bound++;
        }
        if (bound != _places.Count) return false;
        (changed, returned) = Step();
        return true;
    }

    /// <summary>The same with one value for each place.</summary>
    /// <returns>Rows that it changed, and the first column of the first row that it gives.</returns>
    public (int Changed, long? Returned) Run(ReadOnlySpan<object?> values)
    {
        if (values.Length != _places.Count)
            throw new ArgumentException($"{values.Length} values for {_places.Count} parameters.", nameof(values));
        for (int i = 0; i < values.Length; i++)
            if (!TryBind(i + 1, values[i]))
                throw new ArgumentException($"A {values[i]?.GetType().Name} is no value of a column.", nameof(values));
        return Step();
    }

    /// <summary>Runs an insertion of one row.</summary>
    /// <returns>The row's number, also where its triggers have inserted others.</returns>
    public long Insert(ReadOnlySpan<object?> values)
    {
        Run(values);
        return raw.sqlite3_last_insert_rowid(_database);
    }

    public void Dispose() => _statement.Dispose();

    private (int Changed, long? Returned) Step()
    {
        long? returned = null;
        int result, changed = 0;
        while ((result = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW) returned ??= raw.sqlite3_column_int64(_statement, 0);
        if (result == raw.SQLITE_DONE) changed = raw.sqlite3_changes(_database);
        raw.sqlite3_reset(_statement);      // says once more what step said
        if (result != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(result, _database);
        return (changed, returned);
    }

    private bool TryBind(int place, object? value)
    {
        int result = value switch
        {
            string text => Bind(place, text),
            Utf8Text text => raw.sqlite3_bind_text(_statement, place, text.Bytes),
            long number => raw.sqlite3_bind_int64(_statement, place, number),
            int number => raw.sqlite3_bind_int(_statement, place, number),
            bool flag => raw.sqlite3_bind_int(_statement, place, flag ? 1 : 0),
            null or DBNull => raw.sqlite3_bind_null(_statement, place),
            _ => raw.SQLITE_MISMATCH,
        };
        if (result == raw.SQLITE_MISMATCH) return false;
        SqliteException.ThrowExceptionForRC(result, _database);
        return true;
    }

    /// <summary>SQLite copies it; the library's own way makes an array of each text first.</summary>
    private int Bind(int place, string text)
    {
        if (text.Length == 0) return raw.sqlite3_bind_text(_statement, place, text); // no bytes at all would be NULL
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > _bytes.Length) _bytes = new byte[most];
        return raw.sqlite3_bind_text(_statement, place, _bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes)));
    }
}
