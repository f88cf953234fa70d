using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Ringwright.Store.Sqlite;

/// <summary>
/// A command that runs the statement which an earlier one with the same text prepared, and gives it
/// back to the connection when it is disposed.
/// </summary>
internal sealed class KeptCommand(PreparingConnection connection) : DbCommand
{
    /// <summary>
    /// What was asked for; never run itself. The text may still change while parameters are added: a list among them is written into it.
    /// </summary>
    private readonly SqliteCommand _asked = new();
    private SqliteCommand? _running;

    [AllowNull]
    public override string CommandText { get => _asked.CommandText; set => _asked.CommandText = value; }

    public override int CommandTimeout { get; set; }
    public override CommandType CommandType { get => CommandType.Text; set => _asked.CommandType = value; }
    public override bool DesignTimeVisible { get; set; }
    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => throw new NotSupportedException("A kept statement belongs to its connection.");
    }

    protected override DbParameterCollection DbParameterCollection => _asked.Parameters;
    protected override DbTransaction? DbTransaction { get; set; }

    public override int ExecuteNonQuery() =>
        connection.TryRun(_asked.CommandText, _asked.Parameters, out int changed) ? changed : Ready().ExecuteNonQuery();
    public override object? ExecuteScalar() =>
        connection.TryInsert(_asked.CommandText, _asked.Parameters, out object? returned) ? returned : Ready().ExecuteScalar();
    public override void Prepare() => Ready().Prepare();
    public override void Cancel() { /* as SQLite's own: a statement runs to its end */ }

    protected override DbParameter CreateDbParameter() => new SqliteParameter();
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Ready().ExecuteReader(behavior);

    protected override void Dispose(bool disposing)
    {
        if (disposing) GiveBack();
        base.Dispose(disposing);
    }

    private SqliteCommand Ready()
    {
        if (_running is { } other && other.CommandText != _asked.CommandText) GiveBack();
        var running = _running ??= connection.TakeReader(_asked.CommandText);
        running.Parameters.Clear();
        for (int i = 0; i < _asked.Parameters.Count; i++) running.Parameters.Add(_asked.Parameters[i]);
        return running;
    }

    private void GiveBack()
    {
        if (_running is { } running) connection.Keep(running);
        _running = null;
    }
}
