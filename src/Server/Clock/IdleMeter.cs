namespace Ringwright.Server.Clock;

/// <summary>
/// Says whether anything is open: a message, an effect, a row that is being written, a request on its way. Each part tells of itself
/// either that something is, by null, or how much it has done so far. Nothing is when two looks find that of all parts, with the same
/// numbers: what went from one part to another between the looks has changed one of them.
/// </summary>
internal sealed class IdleMeter
{
    private readonly List<(string Name, Func<long?> Done)> _parts = [];
    private readonly Lock _gate = new();

    public void Add(string name, Func<long?> done)
    {
        lock (_gate) _parts.Add((name, done));
    }

    public bool IsAtRest
    {
        get
        {
            if (Look(out _) is not { } before) return false;
            Thread.Yield();
            return Look(out _) is { } after && after == before;
        }
    }

    /// <summary>The first part with something open, for who wonders why time stands; null when there is none.</summary>
    public string? Open
    {
        get
        {
            Look(out string? open);
            return open;
        }
    }

    private long? Look(out string? open)
    {
        long sum = 0;
        lock (_gate)
        {
            foreach (var (name, done) in _parts)
            {
                if (done() is not { } so)
                {
                    open = name;
                    return null;
                }
                sum += so;
            }
        }
        open = null;
        return sum;
    }

    /// <summary>
    /// The pool's threads, between any two steps of what is asynchronous: null while one of them works or has something to do.
    /// </summary>
    public static long? PoolAtRest()
    {
        if (ThreadPool.PendingWorkItemCount > 0) return null;
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int free, out _);
        return free < most ? null : ThreadPool.CompletedWorkItemCount;
    }
}
