using System.Collections.Concurrent;
using Ringwright.Calls;

namespace Ringwright.Store.Ledgers;

/// <summary>Events that wait for the writer, in the order in which they happened. Any thread adds; one at a time takes.</summary>
internal sealed class LedgerQueue
{
    private readonly ConcurrentQueue<LedgerEntry> _entries = new();
    private int _waiting;

    /// <summary>Added and not yet <see cref="Done"/>: those that a batch has taken count until it is committed.</summary>
    public int Count => Volatile.Read(ref _waiting);

    public bool IsEmpty => _entries.IsEmpty;

    /// <summary>Null when there is no room. The end of a leg, and what may follow it, always has some: of these there are only as many as legs.</summary>
    public LedgerEntry? Add(LedgerEntry entry, int bound)
    {
        if (Interlocked.Increment(ref _waiting) > bound && entry.Happened is not CallEvent.LegEnded && !entry.Happened.MayFollowEnd())
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        _entries.Enqueue(entry);
        return entry;
    }

    public void Take(List<LedgerEntry> into, int atMost)
    {
        while (into.Count < atMost && _entries.TryDequeue(out var entry))
        {
            if (entry.TryTake()) into.Add(entry);
            else Done(1);
        }
    }

    /// <summary>Calls that are to begin do not; whatever else waits goes on waiting.</summary>
    public void RefuseNewLegs()
    {
        foreach (var entry in _entries)
            if (entry.IsNewLeg) entry.Refuse();
    }

    public void Done(int entries) => Interlocked.Add(ref _waiting, -entries);
}
