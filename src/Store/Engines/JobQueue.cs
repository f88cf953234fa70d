using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Ringwright.Store.Engines;

/// <summary>
/// What the writer has to do, and when: a commit costs more than most of what is in it (see <see cref="CommitPriority"/>).
/// Its own lock and bell: a BlockingCollection's reader spins before it sleeps, and this one sleeps a hundred times a second.
/// The bell is rung outside the lock, so that the writer does not wake to find it held, and only when it would sleep too long.
/// </summary>
internal sealed class JobQueue
{
    /// <summary>Between commits that no call waits for, and the longest that anything waits for company.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);

    private static readonly long PaceTicks = (long)(Pace.TotalSeconds * Stopwatch.Frequency);

    private readonly Queue<IWriteJob> _jobs = new();
    /// <summary>Behind all others, one in each batch: however many lists are brought in, a call waits for two pieces at most.</summary>
    private readonly Queue<IWriteJob> _pieces = new();
    private readonly AutoResetEvent _bell = new(false);
    /// <summary>
    /// When what is queued is to be taken; when something was taken last;
    /// until when the writer sleeps if nobody rings, and nothing while it is awake.
    /// </summary>
    private long _dueAt = long.MaxValue, _takenAt = long.MinValue / 2, _sleepsUntil = long.MinValue;
    private bool _isClosed;

    /// <summary>Nothing comes any more; there may still be some.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Nothing is queued.</summary>
    public bool IsAtRest
    {
        get
        {
            lock (_jobs) return IsEmpty;
        }
    }

    /// <returns>False once it is closed.</returns>
    public bool TryAdd(IWriteJob job)
    {
        bool wakes;
        lock (_jobs)
        {
            if (_isClosed) return false;
            (job.IsPiece ? _pieces : _jobs).Enqueue(job);
            _dueAt = Math.Min(_dueAt, DueAt(job.Priority, Stopwatch.GetTimestamp(), _takenAt));
            wakes = _dueAt < _sleepsUntil;
            if (wakes) _sleepsUntil = long.MinValue;
        }
        if (wakes) _bell.Set();
        return true;
    }

    public void Close()
    {
        lock (_jobs) _isClosed = true;
        _bell.Set();
    }

    /// <summary>Waits until work is due and takes all that is there. False when it is closed and empty.</summary>
    /// <param name="rest">When nothing came for so long it returns true with nothing; null waits on.</param>
    public bool TakeAll(List<IWriteJob> into, int atMost, TimeSpan? rest = null)
    {
        long restTicks = rest is { } longest ? (long)(longest.TotalSeconds * Stopwatch.Frequency) : 0;
        while (true)
        {
            long until;
            lock (_jobs)
            {
                long now = Stopwatch.GetTimestamp();
                if (_isClosed || _dueAt <= now)
                {
                    // A place is the piece's: behind commits that calls fill, a list would never be in.
                    int others = atMost - Math.Min(1, _pieces.Count);
                    while (into.Count < others && _jobs.TryDequeue(out var job)) into.Add(job);
                    if (into.Count < atMost && _pieces.TryDequeue(out var piece)) into.Add(piece);
                    _dueAt = IsEmpty ? long.MaxValue : now;
                    _takenAt = now;
                    return into.Count > 0;
                }
                if (restTicks > 0 && IsEmpty && now >= _takenAt + restTicks)
                {
                    _takenAt = now;
                    return true;
                }
                // While there is work every now and then, it looks by itself when the pace allows, and nobody has to ring.
                until = IsEmpty && now < _takenAt + PaceTicks ? _takenAt + PaceTicks : _dueAt;
                if (restTicks > 0 && IsEmpty) until = Math.Min(until, _takenAt + restTicks);
                _sleepsUntil = until;
            }
            Sleep(until);
        }
    }

    /// <summary>Waits so long for one job. When it is closed and empty, not at all.</summary>
    public IWriteJob? TakeOne(TimeSpan atMost)
    {
        long until = Stopwatch.GetTimestamp() + (long)(atMost.TotalSeconds * Stopwatch.Frequency);
        while (true)
        {
            lock (_jobs)
            {
                if (TryTake(out var job)) return job;
                if (_isClosed || Stopwatch.GetTimestamp() >= until) return null;
                _sleepsUntil = until;
            }
            Sleep(until);
        }
    }

    /// <summary>What is queued at this moment; it stays.</summary>
    public IReadOnlyList<IWriteJob> Look()
    {
        lock (_jobs) return IsEmpty ? [] : [.. _jobs, .. _pieces];
    }

    private void Sleep(long until)
    {
        // Whole milliseconds, rounded up: the rest of one would be slept in turns of nothing.
        if (until == long.MaxValue) _bell.WaitOne();
        else _bell.WaitOne((int)Math.Clamp(Math.Ceiling((until - Stopwatch.GetTimestamp()) * 1_000.0 / Stopwatch.Frequency),
            0, int.MaxValue));
        lock (_jobs) _sleepsUntil = long.MinValue;
    }

    /// <summary>When a job that comes now is to be taken at the latest; all times by the stopwatch.</summary>
    internal static long DueAt(CommitPriority priority, long now, long takenAt) => priority switch
    {
        CommitPriority.Now => now,
        CommitPriority.Soon => Math.Max(now, takenAt + PaceTicks),
        _ => now + PaceTicks,
    };

    /// <summary>Under the lock.</summary>
    private bool IsEmpty => _jobs.Count == 0 && _pieces.Count == 0;

    /// <inheritdoc cref="IsEmpty"/>
    private bool TryTake([NotNullWhen(true)] out IWriteJob? job)
    {
        bool hasOne = _jobs.TryDequeue(out job) || _pieces.TryDequeue(out job);
        if (IsEmpty) _dueAt = long.MaxValue;
        return hasOne;
    }
}
