using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Ringwright.Store.Engines;

/// <summary>
/// What the writer has to do. Its own lock and bell: a BlockingCollection's reader spins before it sleeps, and this one sleeps a thousand times a second.
/// </summary>
internal sealed class JobQueue
{
    /// <summary>How long patient jobs wait for company: a commit costs more than most of what is in it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    private readonly Queue<IWriteJob> _jobs = new();
    private int _patient;
    private bool _isClosed;

    /// <summary>Nothing comes any more; there may still be some.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <returns>False once it is closed.</returns>
    public bool TryAdd(IWriteJob job)
    {
        lock (_jobs)
        {
            if (_isClosed) return false;
            _jobs.Enqueue(job);
            if (job.IsPatient) _patient++;
            if (!job.IsPatient || _jobs.Count == 1) Monitor.Pulse(_jobs);
            return true;
        }
    }

    public void Close()
    {
        lock (_jobs)
        {
            _isClosed = true;
            Monitor.Pulse(_jobs);
        }
    }

    /// <summary>Waits for work and takes what is there. False when it is closed and empty.</summary>
    public bool TakeAll(List<IWriteJob> into, int atMost)
    {
        lock (_jobs)
        {
            while (_jobs.Count == 0 && !_isClosed) Monitor.Wait(_jobs);
            long begunAt = Stopwatch.GetTimestamp();
            while (_jobs.Count == _patient && _jobs.Count < atMost && !_isClosed && Patience - Stopwatch.GetElapsedTime(begunAt) is { TotalMilliseconds: >= 1 } left) Monitor.Wait(_jobs, left);
            while (into.Count < atMost && TryTake(out var job)) into.Add(job);
        }
        return into.Count > 0;
    }

    /// <summary>Waits so long for one job. When it is closed and empty, not at all.</summary>
    public IWriteJob? TakeOne(TimeSpan atMost)
    {
        long begunAt = Stopwatch.GetTimestamp();
        lock (_jobs)
        {
            while (_jobs.Count == 0 && !_isClosed && atMost - Stopwatch.GetElapsedTime(begunAt) is { TotalMilliseconds: >= 1 } left) Monitor.Wait(_jobs, left);
            return TryTake(out var job) ? job : null;
        }
    }

    /// <summary>Under the lock.</summary>
    private bool TryTake([NotNullWhen(true)] out IWriteJob? job)
    {
        if (!_jobs.TryDequeue(out job)) return false;
        if (job.IsPatient) _patient--;
        return true;
    }
}
