using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Ringwright.Store.Postgres;

namespace Ringwright.Store.Engines;

/// <summary>
/// A piece of work of the writer. Exactly one of <see cref="Committed"/> and <see cref="Failed"/> is called, once, after the last run.
/// </summary>
internal interface IWriteJob
{
    /// <param name="isCareful">
    /// What goes wrong in it must undo only itself. Otherwise the writer undoes the whole batch and runs it once more, carefully:
    /// that is rare, and a savepoint costs a copy of each page that is changed behind it, or two round trips to a server.
    /// </param>
    void Run(DbConnection connection, bool isCareful);
    void Committed();
    void Failed(Exception why);

    /// <summary>The database cannot be written at the moment. True: the job runs again when it can. False: it has failed.</summary>
    bool TryWait() => false;

    /// <summary>
    /// Who waits for it is told no now, unless he waits whatever happens. On any thread. What has not begun is never done then;
    /// what is under way may be committed all the same, and <see cref="Committed"/> hears so.
    /// </summary>
    void GiveUp(Exception why) { }

    /// <summary>It may take its time, and is no sign that the database does not answer.</summary>
    bool IsLong => false;

    /// <summary>
    /// A piece of a list that somebody brings: what calls and requests write goes before it, and each commit takes along one of them.
    /// Whoever counts on an order among such and others waits for the one before he asks for the next.
    /// </summary>
    bool IsPiece => false;

    CommitPriority Priority => CommitPriority.Now;
}

/// <summary>
/// Who waits for a commit. Nothing is told to anybody before it is committed; what a crash takes along with it is what the last
/// <see cref="JobQueue.Pace"/> brought, and nobody knows of that (ADR 30).
/// </summary>
public enum CommitPriority
{
    /// <summary>A call or a request: at once.</summary>
    Now,
    /// <summary>
    /// A customer's webhook: at once when there was no commit within <see cref="JobQueue.Pace"/>, else that long after it.
    /// </summary>
    Soon,
    /// <summary>Nobody: with what comes next, or alone after <see cref="JobQueue.Pace"/>.</summary>
    Later,
}

/// <summary>
/// The one thread that writes. While the database cannot be written (see <see cref="Outage"/>) jobs that may wait are held,
/// in their order, and the others are told at once; the oldest that waits, or a write that changes nothing, is tried again and again.
/// Such a write is also made whenever there was nothing to do for a moment, so that an idle node notices what has happened to its database.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int MaxBatch = 1_000;
    private const int MaxTries = 3;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250), PatienceAtStop = TimeSpan.FromSeconds(3),
        SilenceAtStop = TimeSpan.FromSeconds(1), LastTry = TimeSpan.FromMilliseconds(400), LookAtStop = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    /// <summary>Without work for so long the database is asked whether it is there.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(400);

    private readonly IEngine _engine;
    private readonly IWriteSession _session;
    private readonly TimeSpan _grace;
    private readonly ILogger _logger;
    private readonly JobQueue _queue = new();
    private readonly Outage _outage;
    private readonly List<IWriteJob> _held = [];
    /// <summary>A copy of the batch, for those who give up what is in it. Also the lock for it.</summary>
    private readonly List<IWriteJob> _underWay = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    /// <summary>Odd while an answer is waited for.</summary>
    private long _turn;
    private long _answers, _begunAt;
    private volatile bool _isLong, _isPatient;
    private volatile RunQueue? _runQueue;
    private volatile Exception? _trouble;
    private volatile bool _isStopping, _isReplaced;
    private bool _isLastTry, _isBroken;

    public Writer(IEngine engine, IWriteSession session, TimeSpan grace, ILogger logger)
    {
        _engine = engine;
        _session = session;
        _grace = grace;
        _logger = logger;
        _outage = new(logger);
        new Thread(Loop) { Name = "store writer", IsBackground = true }.Start();
    }

    /// <summary>Why nothing can be written at the moment; null when something can.</summary>
    public string? Away => _outage.Reason;

    /// <summary>There is no answer at all.</summary>
    public bool IsSilent => _outage.IsSilent;

    /// <summary>Another process has taken the node's place: nothing is written any more, whatever the database says.</summary>
    public bool IsReplaced => _isReplaced;

    /// <summary>Another number with each batch; null while no answer is waited for.</summary>
    public long? Turn => Volatile.Read(ref _turn) is var turn && turn % 2 == 1 ? turn : null;

    /// <summary>How long ago the batch was begun that an answer is waited for, or the last one.</summary>
    public TimeSpan Begun => Stopwatch.GetElapsedTime(Volatile.Read(ref _begunAt));

    /// <summary>Nothing is under way and nothing waits, and the last answer was a good one.</summary>
    public bool IsAtRest => Turn is null && !_outage.IsOn && _queue.IsAtRest;

    /// <summary>Another number with each batch, and with each <see cref="NoteAnswer"/>.</summary>
    public long Answers => Volatile.Read(ref _answers);

    /// <summary>For a long job, on the writer's thread: the database has taken a part of it.</summary>
    public void NoteAnswer() => Volatile.Write(ref _answers, _answers + 1);

    /// <summary>What is under way may take its time.</summary>
    public bool IsLong => _isLong || _isPatient;

    public bool IsPatient { set => _isPatient = value; }

    /// <summary>Of its thread: the database is not to blame for what that waits for a processor.</summary>
    public ThreadTimes Times => _runQueue?.Times ?? default;

    /// <summary>
    /// Hears on the writer's thread, behind those of the batch, of a commit whose answer was lost: what that would have told is in the
    /// database and nowhere else.
    /// </summary>
    public Action? Unheard { get; set; }

    /// <summary>Hears on the writer's thread that the database will never do its work again.</summary>
    public Action<Exception>? Broke { get; set; }

    public void Post(IWriteJob job)
    {
        if (!_queue.TryAdd(job)) job.Failed(new StoreException("The database is closed."));
        else if (_outage.IsSilent) job.GiveUp(_outage.ToException());
    }

    /// <summary>
    /// For the <see cref="Watch"/>: the batch has had no answer for so long. Nothing happens when it has been answered meanwhile.
    /// </summary>
    /// <param name="turn">The batch that is meant, see <see cref="Turn"/>.</param>
    /// <param name="isSilent">False when it may be at work all the same.</param>
    public void Declare(long turn, TimeSpan waited, bool isSilent) => _outage.Declare(
        _trouble?.Message ?? (isSilent || !_isLong
            ? string.Create(CultureInfo.InvariantCulture, $"It has not answered for {waited.TotalSeconds:F0} s.")
            : "A long change is being written."),
        isSilent, () => Turn == turn);

    /// <summary>For the <see cref="Watch"/>: tells all who do not wait whatever happens.</summary>
    public void GiveUp()
    {
        List<IWriteJob> waiting;
        lock (_underWay) waiting = [.. _underWay];
        waiting.AddRange(_queue.Look());
        if (!_outage.IsSilent) return;      // over meanwhile, and some of these have come since
        var why = _outage.ToException();
        foreach (var job in waiting) job.GiveUp(why);
    }

    /// <summary>The node stops: from now on nobody waits for a database that does not answer, whatever it is that he wants.</summary>
    public void BeginStop() => _isStopping = true;

    public bool IsStopping => _isStopping;

    /// <summary>
    /// Commits what is queued, then stops. No driver gives its thread back in time from a database that says nothing: then the thread is
    /// left behind, and ends with the process.
    /// </summary>
    /// <returns>False when it was left: what it had to write is lost, unless the database takes it before the process ends.</returns>
    public async ValueTask<bool> EndAsync()
    {
        BeginStop();
        long closedAt = Stopwatch.GetTimestamp();
        // What waits for its next try has it now: the database may have come back since the one before.
        _queue.Close();
        while (!_ended.Task.IsCompleted && !(IsHopeless && Stopwatch.GetElapsedTime(closedAt) >= LastTry))
            await Task.WhenAny(_ended.Task, Task.Delay(LookAtStop)).ConfigureAwait(false);
        return _ended.Task.IsCompleted;
    }

    public async ValueTask DisposeAsync() => await EndAsync().ConfigureAwait(false);

    private bool IsHopeless => _outage.IsSilent && _outage.Lasts >= SilenceAtStop;

    private void Loop()
    {
        using var runQueue = _runQueue = RunQueue.OfThisThread();
        var batch = new List<IWriteJob>();
        while (TryTake(batch))
        {
            long begunAt = Stopwatch.GetTimestamp();
            Begin(batch);
            Commit(batch);
            Finish();
            var took = Stopwatch.GetElapsedTime(begunAt);
            if (took > Slow) _logger.CommitSlow(took.TotalSeconds);
            batch.Clear();
        }
        foreach (var job in _held) job.Failed(_outage.ToException());
        _session.Dispose();
        _ended.SetResult();
    }

    private void Begin(List<IWriteJob> batch)
    {
        lock (_underWay) _underWay.AddRange(batch);
        _isLong = batch.Exists(job => job.IsLong);
        NoteAnswer();
        Volatile.Write(ref _begunAt, Stopwatch.GetTimestamp());
        Volatile.Write(ref _turn, _turn + 1);
    }

    /// <summary>
    /// Before the outage hears of the answer: a <see cref="Watch"/> that looked a moment ago must not declare the next one for this batch.
    /// </summary>
    private void EndTurn()
    {
        if (_turn % 2 == 1) Volatile.Write(ref _turn, _turn + 1);
    }

    private void Finish()
    {
        EndTurn();
        _trouble = null;
        lock (_underWay) _underWay.Clear();
    }

    /// <summary>
    /// What is to be committed next, nothing for a write that changes nothing; false when nothing is left and nothing will come.
    /// </summary>
    private bool TryTake(List<IWriteJob> batch)
    {
        if (_outage.IsOn && !WaitForTry()) return false;
        if (_held.Count == 0 && !_outage.IsOn) return _queue.TakeAll(batch, MaxBatch, Rest);
        // One at a time: what one leaves behind when it is committed, the next one reads.
        if (_held.Count == 0) return true;
        batch.Add(_held[0]);
        _held.RemoveAt(0);
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
        bool isCareful = false, isUnheard = false;
        for (int tries = 1; ; tries++)
        {
            try
            {
                Write(batch, isCareful);
                break;
            }
            catch (Exception failed)
            {
                var trouble = _engine.TroubleOf(failed);
                _trouble = failed;
                if (trouble is Trouble.Lost)
                {
                    bool? isCommitted = Reconnect(batch);
                    if (isCommitted is null) return;
                    if (isUnheard = isCommitted is true) break;
                    continue;
                }
                Undo();
                if (trouble is Trouble.Busy && tries < MaxTries && !_outage.IsOn)
                {
                    _logger.CommitRepeated(failed, batch.Count, tries);
                    continue; // the engine has already waited for the lock
                }
                if (trouble is Trouble.Busy or Trouble.Away)
                {
                    EndTurn();
                    _outage.Note(failed, isSilent: trouble is Trouble.Busy);
                    int held = 0;
                    foreach (var job in batch)
                        if (Hold(job, held)) held++;
                    return;
                }
                if (batch.Count == 0)
                {
                    EndTurn();
                    NoteBroken(failed);
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
        EndTurn();
        _isBroken = false;
        if (_outage.IsOn && !_engine.HasRoom) _outage.Stay(isMoreHeld: _held.Count > 0);
        else _outage.End();
        foreach (var job in batch) job.Committed();
        if (isUnheard) Unheard?.Invoke();
    }

    /// <summary>A write that changes nothing fails for no reason that passes. Once may be chance.</summary>
    private void NoteBroken(Exception why)
    {
        if (_isBroken)
        {
            _outage.Note(why, isSilent: false);
            Broke?.Invoke(why);
        }
        _isBroken = true;
    }

    private void Write(List<IWriteJob> batch, bool isCareful)
    {
        if (batch.Count == 0)
        {
            _session.Touch();
            return;
        }
        _session.Begin(isCareful);
        foreach (var job in batch) job.Run(_session.Connection, isCareful);
        _session.Commit();
    }

    /// <summary>
    /// Waits for the server. Nobody knows whether the batch is in the database: those of it that cannot wait have
    /// been told no by the time that it is known.
    /// </summary>
    /// <returns>Whether it is; null when the writer was closed before the server came back.</returns>
    private bool? Reconnect(List<IWriteJob> batch)
    {
        long lostAt = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return _session.Reconnect();
            }
            catch (NodeReplacedException replaced)
            {
                EndTurn();
                _isReplaced = true;
                _outage.Note(replaced, isSilent: false);
                Broke?.Invoke(replaced);
                foreach (var job in batch) job.Failed(_outage.ToException());
                return null;
            }
            catch (Exception still)
            {
                _trouble = still;
                var away = Stopwatch.GetElapsedTime(lostAt);
                if (away > _grace) _outage.Note(still, isSilent: true);
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
            _session.Rollback();
        }
        catch (Exception)
        {
            // No transaction is open: the database rolled back by itself, or begin failed,
            // or the connection is gone, which the next begin says.
        }
    }
}
