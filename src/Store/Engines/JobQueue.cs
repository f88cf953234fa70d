using System.Diagnostics;

namespace Ringwright.Store.Engines;

/// <summary>
/// What the writer has to do. Its own lock and bell: a BlockingCollection's reader spins before it sleeps, and this one sleeps a thousand times a second.
/// </summary>
internal sealed class JobQueue
{
    private readonly Queue<IWriteJob> _jobs = new();
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
            Monitor.Pulse(_jobs);
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
            while (into.Count < atMost && _jobs.TryDequeue(out var job)) into.Add(job);
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
            return _jobs.TryDequeue(out var job) ? job : null;
        }
    }
}
