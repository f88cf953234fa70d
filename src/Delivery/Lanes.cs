using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>
/// Decides what may go out now. First attempts of one order key go one after another; retries run beside; each destination has its own limit, so
/// that a failing one delays nobody else. Not thread-safe: the dispatcher holds its lock.
/// </summary>
internal sealed class Lanes(int limit)
{
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    /// <summary>Order keys with a first attempt queued or under way, and those that wait behind it.</summary>
    private readonly Dictionary<string, Queue<OutboxEntry>> _chains = new(StringComparer.Ordinal);

    /// <summary>Entries that wait for their turn or are under way; retries that wait for their time are not counted.</summary>
    public int Count { get; private set; }

    public void Add(OutboxEntry entry)
    {
        Count++;
        if (entry.Attempts > 0) Enqueue(entry, isFirst: false);
        else if (_chains.TryGetValue(entry.OrderKey, out var chain)) chain.Enqueue(entry);
        else
        {
            _chains.Add(entry.OrderKey, new());
            Enqueue(entry, isFirst: true);
        }
    }

    /// <summary>The next entry that may go out; it holds a place at its destination until <see cref="AttemptEnded"/>.</summary>
    public bool TryTake(string destination, out OutboxEntry entry)
    {
        entry = null!; // read only when this returns true
        if (!_lanes.TryGetValue(destination, out var lane) || lane.InFlight >= limit) return false;
        // New events before retries: the customer wants the present first.
        if (!lane.Firsts.TryDequeue(out entry!) && !lane.Retries.TryDequeue(out entry!)) return false;
        lane.InFlight++;
        return true;
    }

    /// <summary>The attempt is over: frees the place and lets the next of its order key go.</summary>
    /// <returns>The destination of the entry that was let go, if any; it may differ.</returns>
    public string? AttemptEnded(OutboxEntry entry)
    {
        Count--;
        string destination = DestinationOf(entry);
        var lane = _lanes[destination];
        lane.InFlight--;
        string? released = null;
        if (entry.Attempts == 0)
        {
            var chain = _chains[entry.OrderKey];
            if (chain.TryDequeue(out var next))
            {
                Enqueue(next, isFirst: true);
                released = DestinationOf(next);
            }
            else
            {
                _chains.Remove(entry.OrderKey);
            }
        }
        if (lane.InFlight == 0 && lane.Firsts.Count == 0 && lane.Retries.Count == 0) _lanes.Remove(destination);
        return released;
    }

    public static string UrlOf(OutboxEntry entry) => entry.IsOnFailover && entry.FailoverUrl is { } failover ? failover : entry.Url;

    public static string DestinationOf(OutboxEntry entry)
    {
        string url = UrlOf(entry);
        return Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : url;
    }

    private void Enqueue(OutboxEntry entry, bool isFirst)
    {
        string destination = DestinationOf(entry);
        if (!_lanes.TryGetValue(destination, out var lane)) _lanes.Add(destination, lane = new());
        (isFirst ? lane.Firsts : lane.Retries).Enqueue(entry);
    }

    private sealed class Lane
    {
        public int InFlight;
        public readonly Queue<OutboxEntry> Firsts = new();
        public readonly Queue<OutboxEntry> Retries = new();
    }
}
