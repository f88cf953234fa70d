using System.Data.Common;
using System.Diagnostics;
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
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250), PatienceAtStop = TimeSpan.FromSeconds(3);

    private readonly IEngine _engine;
    private readonly IWriteSession _session;
    private readonly TimeSpan _patience;
    private readonly ILogger _logger;
    /// <summary>Its own lock and bell: a BlockingCollection's reader spins before it sleeps, and this one sleeps a thousand times a second.</summary>
    private readonly Queue<IWriteJob> _queue = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;

    /// <param name="patience">How long the writer waits for a server that is away before a batch counts as lost.</param>
    public Writer(IEngine engine, IWriteSession session, TimeSpan patience, ILogger logger)
    {
        _engine = engine;
        _session = session;
        _patience = patience;
        _logger = logger;
        new Thread(Loop) { Name = "store writer", IsBackground = true }.Start();
    }

    public void Post(IWriteJob job)
    {
        bool isTaken;
        lock (_queue)
        {
            isTaken = !_isClosed;
            if (isTaken) _queue.Enqueue(job);
            Monitor.Pulse(_queue);
        }
        if (!isTaken) job.Failed(new StoreException("The database is closed."));
    }

    /// <summary>Commits what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_queue)
        {
            _isClosed = true;
            Monitor.Pulse(_queue);
        }
        await _ended.Task.ConfigureAwait(false);
    }

    private void Loop()
    {
        var batch = new List<IWriteJob>();
        while (TryTake(batch))
        {
            Commit(batch);
            batch.Clear();
        }
        _session.Dispose();
        _ended.SetResult();
    }

    /// <summary>Waits for work and takes what is queued. False when the writer was closed and nothing is left.</summary>
    private bool TryTake(List<IWriteJob> batch)
    {
        lock (_queue)
        {
            while (_queue.Count == 0 && !_isClosed) Monitor.Wait(_queue);
            while (batch.Count < MaxBatch && _queue.TryDequeue(out var job)) batch.Add(job);
        }
        return batch.Count > 0;
    }

    private void Commit(List<IWriteJob> batch)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                _session.Begin();
                foreach (var job in batch) job.Run(_session.Connection);
                _session.Commit();
                break;
            }
            catch (Exception failed)
            {
                if (_engine.TroubleOf(failed) is Trouble.Lost)
                {
                    bool? isCommitted = Reconnect(failed, batch.Count);
                    if (isCommitted is true) break;
                    if (isCommitted is false) continue;
                }
                else
                {
                    Undo();
                    if (_engine.TroubleOf(failed) is Trouble.Busy && tries < MaxTries)
                    {
                        _logger.CommitRepeated(failed, batch.Count, tries);
                        continue; // the engine has already waited for the lock
                    }
                }
                _logger.CommitFailed(failed, batch.Count);
                foreach (var job in batch) job.Failed(failed);
                return;
            }
        }
        foreach (var job in batch) job.Committed();
    }

    /// <returns>Whether the interrupted transaction is in the database; null when the server stayed away.</returns>
    private bool? Reconnect(Exception failed, int jobs)
    {
        _logger.ServerLost(failed, jobs);
        long lostAt = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                bool isCommitted = _session.Reconnect();
                _logger.ServerBack(Stopwatch.GetElapsedTime(lostAt).TotalSeconds);
                return isCommitted;
            }
            catch (Exception still) when (_engine.IsTransient(still))
            {
                if (Stopwatch.GetElapsedTime(lostAt) > (Volatile.Read(ref _isClosed) ? PatienceAtStop : _patience)) return null;
                Thread.Sleep(BetweenTries);
            }
        }
    }

    private void Undo()
    {
        try
        {
            _session.Connection.Run("rollback;");
        }
        catch (DbException)
        {
            // No transaction is open: the database rolled back by itself, or begin failed.
        }
    }
}
