using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Engines;

/// <summary>A piece of work of the writer. Exactly one of <see cref="Committed"/> and <see cref="Failed"/> is called, once, after the last run.</summary>
internal interface IWriteJob
{
    /// <param name="isCareful">
    /// What goes wrong in it must undo only itself. Otherwise the writer undoes the whole batch and runs it once more, carefully: that is rare, and a savepoint
    /// costs a copy of each page that is changed behind it, or two round trips to a server.
    /// </param>
    void Run(DbConnection connection, bool isCareful);
    void Committed();
    void Failed(Exception why);

    /// <summary>The database cannot be written at the moment. True: the job runs again when it can. False: it has failed.</summary>
    bool TryWait() => false;

    Haste Haste => Haste.Now;
}

/// <summary>
/// Who waits for a commit. Nothing is told to anybody before it is committed; what a crash takes along with it is what the last
/// <see cref="JobQueue.Pace"/> brought, and nobody knows of that (ADR 30).
/// </summary>
internal enum Haste
{
    /// <summary>A call or a request: at once.</summary>
    Now,
    /// <summary>A customer's webhook: at once when there was no commit within <see cref="JobQueue.Pace"/>, else that long after it.</summary>
    Soon,
    /// <summary>Nobody: with what comes next, or alone after <see cref="JobQueue.Pace"/>.</summary>
    Later,
}

/// <summary>
/// The one thread that writes. While the database cannot be written (see <see cref="Outage"/>) jobs that may wait are held, in their order, and the others
/// are told at once; the oldest that waits, or a probe, is tried again and again.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int MaxBatch = 1_000;
    private const int MaxTries = 3;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250), PatienceAtStop = TimeSpan.FromSeconds(3);
    /// <summary>A server that is back within this was never away: whoever wants to write waits.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1), Stuck = TimeSpan.FromSeconds(5);

    private readonly IEngine _engine;
    private readonly IWriteSession _session;
    private readonly TimeSpan _patience;
    private readonly ILogger _logger;
    private readonly JobQueue _queue = new();
    private readonly Outage _outage;
    private readonly List<IWriteJob> _held = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _begunAt;
    private bool _isLastTry;

    /// <param name="patience">How long those wait for a server of whom nobody knows whether their commit was taken.</param>
    public Writer(IEngine engine, IWriteSession session, TimeSpan patience, ILogger logger)
    {
        _engine = engine;
        _session = session;
        _patience = patience;
        _logger = logger;
        _outage = new(logger);
        new Thread(Loop) { Name = "store writer", IsBackground = true }.Start();
    }

    /// <summary>Why nothing can be written at the moment; null when something can.</summary>
    public string? Away => _outage.Reason ?? (Volatile.Read(ref _begunAt) is > 0 and var at && Stopwatch.GetElapsedTime(at) > Stuck ? "A commit does not end." : null);

    public void Post(IWriteJob job)
    {
        if (!_queue.TryAdd(job)) job.Failed(new StoreException("The database is closed."));
    }

    /// <summary>Commits what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Close();
        await _ended.Task.ConfigureAwait(false);
    }

    private void Loop()
    {
        var batch = new List<IWriteJob>();
        while (TryTake(batch))
        {
            Volatile.Write(ref _begunAt, Stopwatch.GetTimestamp());
            Commit(batch);
            var took = Stopwatch.GetElapsedTime(_begunAt);
            Volatile.Write(ref _begunAt, 0);
            if (took > Slow) _logger.CommitSlow(took.TotalSeconds);
            batch.Clear();
        }
        foreach (var job in _held) job.Failed(_outage.ToException());
        _session.Dispose();
        _ended.SetResult();
    }

    /// <summary>What is to be committed next; false when nothing is left and nothing will come.</summary>
    private bool TryTake(List<IWriteJob> batch)
    {
        if (_outage.IsOn && !WaitForTry()) return false;
        if (_held.Count == 0 && !_outage.IsOn) return _queue.TakeAll(batch, MaxBatch);
        // One at a time: what one leaves behind when it is committed, the next one reads.
        batch.Add(_held.Count > 0 ? _held[0] : new Probe());
        if (_held.Count > 0) _held.RemoveAt(0);
        return true;
    }

    /// <returns>False when the last try has been made.</returns>
    private bool WaitForTry()
    {
        while (_outage.Wait is { Ticks: > 0 } wait)
        {
            if (_queue.TakeOne(wait) is { } job) Hold(job, _held.Count);
            else if (_queue.IsClosed)
            {
                if (_isLastTry) return false;
                return _isLastTry = true;
            }
        }
        return true;
    }

    private void Commit(List<IWriteJob> batch)
    {
        bool isCareful = false;
        for (int tries = 1; ; tries++)
        {
            try
            {
                _session.Begin();
                foreach (var job in batch) job.Run(_session.Connection, isCareful);
                _session.Commit();
                break;
            }
            catch (Exception failed)
            {
                var trouble = _engine.TroubleOf(failed);
                if (trouble is Trouble.Lost)
                {
                    bool? isCommitted = Reconnect(batch);
                    if (isCommitted is null) return;
                    if (isCommitted is true) break;
                    continue;
                }
                Undo();
                if (trouble is Trouble.Busy && tries < MaxTries)
                {
                    _logger.CommitRepeated(failed, batch.Count, tries);
                    continue; // the engine has already waited for the lock
                }
                if (trouble is Trouble.Busy or Trouble.Away)
                {
                    _outage.Note(failed);
                    int held = 0;
                    foreach (var job in batch)
                        if (Hold(job, held)) held++;
                    return;
                }
                if (!isCareful)
                {
                    isCareful = true;
                    continue; // one of them was refused, and the others are not concerned
                }
                _logger.CommitFailed(failed, batch.Count);
                foreach (var job in batch) job.Failed(failed);
                return;
            }
        }
        if (_outage.IsOn && !_engine.HasRoom) _outage.Stay(isMoreHeld: _held.Count > 0);
        else _outage.End();
        foreach (var job in batch) job.Committed();
    }

    /// <summary>Waits for the server. Nobody knows whether the batch is in the database: those of it that cannot wait are told so in the end.</summary>
    /// <returns>Whether it is; null when the writer was closed before the server came back.</returns>
    private bool? Reconnect(List<IWriteJob> batch)
    {
        long lostAt = Stopwatch.GetTimestamp();
        bool hasGivenUp = false;
        while (true)
        {
            try
            {
                return _session.Reconnect();
            }
            catch (Exception still)
            {
                var away = Stopwatch.GetElapsedTime(lostAt);
                if (away > Grace) _outage.Note(still);
                if (away > _patience && !hasGivenUp)
                {
                    hasGivenUp = true;
                    batch.RemoveAll(job => !Waits(job));
                }
                if (_queue.IsClosed && away > PatienceAtStop)
                {
                    foreach (var job in batch) job.Failed(_outage.ToException());
                    return null;
                }
                if (_outage.IsOn && _queue.TakeOne(BetweenTries) is { } late) Hold(late, _held.Count);
                else Thread.Sleep(BetweenTries);
            }
        }
    }

    private bool Hold(IWriteJob job, int place)
    {
        bool waits = Waits(job);
        if (waits) _held.Insert(place, job);
        return waits;
    }

    private bool Waits(IWriteJob job)
    {
        bool waits = job.TryWait();
        if (!waits) job.Failed(_outage.ToException());
        return waits;
    }

    private void Undo()
    {
        try
        {
            _session.Connection.Run("rollback;");
        }
        catch (Exception)
        {
            // No transaction is open: the database rolled back by itself, or begin failed, or the connection is gone, which the next begin says.
        }
    }

    /// <summary>Writes what is there already.</summary>
    private sealed class Probe : IWriteJob
    {
        public void Run(DbConnection connection, bool isCareful) => connection.Run(NodeTable.Touch);
        public void Committed() { }
        public void Failed(Exception why) { }
    }
}
