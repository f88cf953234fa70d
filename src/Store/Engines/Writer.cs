using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Ringwright.Store.Engines;

/// <summary>A piece of work of the writer. Exactly one of <see cref="Committed"/> and <see cref="Failed"/> is called, once, after the last run.</summary>
internal interface IWriteJob
{
    void Run(DbConnection connection);
    void Committed();
    void Failed(Exception why);
}

/// <summary>The one thread that writes.</summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int MaxBatch = 1_000;
    private const int MaxTries = 3;

    private readonly IEngine _engine;
    private readonly DbConnection _connection;
    private readonly ILogger _logger;
    private readonly BlockingCollection<IWriteJob> _queue = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Writer(IEngine engine, DbConnection connection, ILogger logger)
    {
        _engine = engine;
        _connection = connection;
        _logger = logger;
        new Thread(Loop) { Name = "store writer", IsBackground = true }.Start();
    }

    public void Post(IWriteJob job)
    {
        try
        {
            _queue.Add(job);
        }
        catch (InvalidOperationException closed)
        {
            job.Failed(new StoreException("The database is closed.", closed));
        }
    }

    /// <summary>Commits what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _ended.Task.ConfigureAwait(false);
        _queue.Dispose();
    }

    private void Loop()
    {
        var batch = new List<IWriteJob>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < MaxBatch && _queue.TryTake(out var next)) batch.Add(next);
            Commit(batch);
            batch.Clear();
        }
        _connection.Dispose();
        _ended.SetResult();
    }

    private void Commit(List<IWriteJob> batch)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                _connection.Run(_engine.BeginWrite);
                foreach (var job in batch) job.Run(_connection);
                _connection.Run("commit;");
                break;
            }
            catch (Exception failed)
            {
                Undo();
                if (_engine.TroubleOf(failed) is Trouble.Busy && tries < MaxTries)
                {
                    _logger.CommitRepeated(failed, batch.Count, tries);
                    continue; // the engine has already waited for the lock
                }
                _logger.CommitFailed(failed, batch.Count);
                foreach (var job in batch) job.Failed(failed);
                return;
            }
        }
        foreach (var job in batch) job.Committed();
    }

    private void Undo()
    {
        try
        {
            _connection.Run("rollback;");
        }
        catch (DbException)
        {
            // No transaction is open: the database rolled back by itself, or begin failed.
        }
    }
}
