using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Postgres;

/// <summary>
/// The writer's connection, on which statements whose outcome nobody waits for are gathered and sent together with the next one that
/// somebody does, at the latest with the commit: a round trip costs more than most statements. What one of them refuses comes as the
/// exception of whatever sent it; the writer then runs the batch once more, without <see cref="Gathers"/>.
/// </summary>
/// <param name="inner">Belongs to this object.</param>
internal sealed class PipelinedConnection(NpgsqlConnection inner) : DbConnection
{
    /// <summary>So many are sent, whoever waits.</summary>
    private const int MostGathered = 256;

    private readonly List<Gathered> _gathered = [];

    public NpgsqlConnection Inner => inner;

    /// <summary>False: each statement is sent when it is said.</summary>
    public bool Gathers { get; set; }

    [AllowNull]
    public override string ConnectionString { get => inner.ConnectionString; set => throw new NotSupportedException(); }

    public override string Database => inner.Database;
    public override string DataSource => inner.DataSource;
    public override string ServerVersion => inner.ServerVersion;
    public override ConnectionState State => inner.State;
    public override void Open() => inner.Open();
    public override void Close() => inner.Close();
    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    /// <summary>Sends it, now or later.</summary>
    /// <param name="text">With places ($1) for the values.</param>
    /// <param name="returned">Hears the number that it returns, once all that was sent with it is done.</param>
    public void Post(string text, ReadOnlySpan<object?> values, Action<long>? returned = null)
    {
        _gathered.Add(new(Compose(text, values), returned));
        if (!Gathers || _gathered.Count >= MostGathered) Send();
    }

    /// <summary>Sends it with all that waits.</summary>
    /// <returns>Rows that it changed.</returns>
    public int Run(string text, ReadOnlySpan<object?> values)
    {
        var command = Compose(text, values);
        _gathered.Add(new(command, null));
        Send();
        return command.RecordsAffected;
    }

    /// <inheritdoc cref="Run"/>
    /// <returns>The number that it returns.</returns>
    public long Insert(string text, ReadOnlySpan<object?> values)
    {
        long number = 0;
        _gathered.Add(new(Compose(text, values), n => number = n));
        Send();
        return number;
    }

    /// <summary>Sends what waits.</summary>
    public void Send()
    {
        if (_gathered.Count == 0) return;
        Gathered[] sent = [.. _gathered];
        _gathered.Clear();
        var numbers = new List<long>();
        using (var batch = inner.CreateBatch())
        {
            foreach (var one in sent) batch.BatchCommands.Add(one.Command);
            using var reader = batch.ExecuteReader();
            foreach (var one in sent)
            {
                if (one.Returned is null) continue;
                if (!reader.Read()) throw new InvalidOperationException($"It returns no number: {one.Command.CommandText}");
                numbers.Add(reader.GetInt64(0));
                reader.NextResult();
            }
        }
        int heard = 0;
        foreach (var one in sent) one.Returned?.Invoke(numbers[heard++]);
    }

    /// <summary>What waits is never sent.</summary>
    public void Drop() => _gathered.Clear();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

    /// <summary>For a statement that somebody waits for: what was gathered goes before it.</summary>
    protected override DbCommand CreateDbCommand()
    {
        Send();
        return inner.CreateCommand();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private static NpgsqlBatchCommand Compose(string text, ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (object? value in values)
        {
            var parameter = new NpgsqlParameter();
            if ((value as string ?? (value as Utf8Text)?.ToString()) is { } said) TextParameter.Set(parameter, said);
            else parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    private readonly record struct Gathered(NpgsqlBatchCommand Command, Action<long>? Returned);
}
