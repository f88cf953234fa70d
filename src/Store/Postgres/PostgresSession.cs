using System.Data;
using System.Data.Common;
using Dapper;
using Npgsql;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Postgres;

/// <summary>
/// The writer's connection. It holds the node's advisory lock, so a second node of the same number is kept out,
/// and it numbers its transactions: each writes its number into the node's row of <c>writer_mark</c>.
/// When a commit's answer was lost, that row says whether it happened.
/// </summary>
internal sealed class PostgresSession : IWriteSession
{
    // Not one of the engine's tables and in no migration, as schema_migration is not:
    // how this product's connection works, not what we keep.
    private const string CreateMark = "create table if not exists writer_mark (node integer not null primary key, batch bigint not null)";
    private const string InsertMark = "insert into writer_mark (node, batch) values (@node, 0) on conflict (node) do nothing";
    private const string Mark = "update writer_mark set batch = $1 where node = $2";
    private const string SelectMark = "select batch from writer_mark where node = @node";
    // The lock of a node that was killed is there until the server has noticed.
    private const string TakeLock = "set lock_timeout = '3s'; select pg_advisory_lock(@locks, @node); set lock_timeout = 0;";

    private readonly PostgresEngine _engine;
    private readonly int _node;
    private PipelinedConnection _connection;
    private long _batch;
    private bool _isCommitting;
    private RowChanges? _changes;
    /// <summary>Of this process; null until the node is opened.</summary>
    private long? _epoch;

    public PostgresSession(PostgresEngine engine, int node)
    {
        _engine = engine;
        _node = node;
        try
        {
            _connection = Open();
        }
        catch (PostgresException held) when (held.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new StoreException(
                $"Another process runs node {node} on {engine.Place} already. Stop it, or use another database.", held);
        }
    }

    public DbConnection Connection => _connection;

    public void Watch(IReadOnlyList<WatchedTable> tables, RowChanges changes)
    {
        foreach (string text in PostgresRowTriggers.Lacking(tables, _connection)) _connection.Run(text);
        PostgresRowTriggers.Hear(_connection.Inner, changes);
        _changes = changes;
        _epoch = ReadEpoch(_connection);
    }

    public void Begin(bool isCareful = false)
    {
        _isCommitting = false;
        _changes?.End();
        if (_connection.State is not ConnectionState.Open) throw new ConnectionGoneException();
        _batch++;
        _connection.Gathers = true;
        _connection.Post("begin", []);
        _connection.Post(Mark, [_batch, _node]);
        _connection.Gathers = !isCareful;
    }

    public void Commit()
    {
        _isCommitting = true;
        _connection.Run("commit", []);
        _changes?.End();
    }

    public void Rollback()
    {
        _connection.Drop();
        _connection.Run("rollback;");
    }

    /// <summary>Its mark is a write.</summary>
    public void Touch()
    {
        Begin();
        Commit();
    }

    public bool Reconnect()
    {
        _connection.Dispose();
        long sent = _batch;
        // The lock is free when the old connection's process has ended: whatever it was committing is decided by then.
        _connection = Open();
        // Whether what it changed is there was not known meanwhile, when somebody may have read.
        _changes?.AddEnded(ChangedRow.All);
        return _isCommitting && _batch == sent;
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Whoever has opened the node meanwhile has ended what this process had: it must not write again, and ends.</summary>
    private void TakePlace(DbConnection connection)
    {
        try
        {
            connection.Execute(TakeLock, new { locks = PostgresEngine.NodeLocks, node = _node });
        }
        catch (PostgresException held) when (held.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // Else it is our own old connection, whose end the server has not noticed yet.
            if (IsReplaced()) throw new NodeReplacedException(_node);
            throw;
        }
        if (IsReplaced()) throw new NodeReplacedException(_node);

        bool IsReplaced() => _epoch is { } mine && ReadEpoch(connection) > mine;
    }

    private long ReadEpoch(DbConnection connection) => connection.ExecuteScalar<long>(NodeTable.SelectEpoch, new { node = _node });

    /// <exception cref="NodeReplacedException">Another process has taken the node's place since.</exception>
    private PipelinedConnection Open()
    {
        var connection = new PipelinedConnection(_engine.Open());
        try
        {
            if (_epoch is null)
            {
                Pooler.Refuse(_engine, connection.Inner);
                DatabaseEncoding.RefuseNew(_engine, connection.Inner);
            }
            TakePlace(connection);
            if (_engine.DurabilityStatement is { Length: > 0 } statement) connection.Run(statement);
            connection.Run($"{_engine.BeginMigration} {CreateMark}; commit;");
            connection.Execute(InsertMark, new { node = _node });
            _batch = connection.ExecuteScalar<long>(SelectMark, new { node = _node });
            if (_changes is not null) PostgresRowTriggers.Hear(connection.Inner, _changes);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
