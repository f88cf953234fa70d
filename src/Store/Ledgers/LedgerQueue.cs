using System.Collections.Concurrent;
using Ringwright.Calls;

namespace Ringwright.Store.Ledgers;

/// <summary>Events that wait for the writer, in the order in which they happened. Any thread adds; one at a time takes.</summary>
internal sealed class LedgerQueue
{
    private readonly ConcurrentQueue<LedgerEntry> _entries = new();
    /// <summary>Calls that are to begin, queued or taken and not yet told, with the time of the first look that saw them.</summary>
    private readonly ConcurrentDictionary<LedgerEntry, TimeSpan?> _beginning = new();
    private int _waiting;

    /// <summary>Added and not yet <see cref="Done"/>: those that a batch has taken count until it is committed.</summary>
    public int Count => Volatile.Read(ref _waiting);

    public bool IsEmpty => _entries.IsEmpty;

    /// <summary>
    /// Null when there is no room. The end of a subject, and what may follow it, always has some:
    /// of these there are only as many as subjects.
    /// </summary>
    public LedgerEntry? Add(LedgerEntry entry, int bound)
    {
        if (Interlocked.Increment(ref _waiting) > bound && entry.Happened.Stage is LifeStage.First or LifeStage.Within)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        if (entry.IsNew) _beginning.TryAdd(entry, null);
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

    /// <summary>Nothing of what was to begin does; whatever else waits goes on waiting. On any thread.</summary>
    /// <param name="isAway">Whether the database is away still. Who came before it was asked is withdrawn.</param>
    public void WithdrawNew(Func<bool> isAway)
    {
        // What is added behind this line may have found it back.
        LedgerEntry[] beginning = [.. _beginning.Keys];
        if (!isAway()) return;
        foreach (var entry in beginning) Withdraw(entry);
    }

    /// <summary>What was to begin so long ago does not; whatever else waits goes on waiting. One thread looks.</summary>
    /// <param name="now">On a clock of the caller's, which stands while nobody could have been served.</param>
    public void WithdrawNew(TimeSpan now, TimeSpan patience)
    {
        foreach (var (entry, seenAt) in _beginning)
        {
            if (seenAt is null) _beginning.TryUpdate(entry, now, null);
            else if (now - seenAt >= patience) Withdraw(entry);
        }
    }

    public void Withdraw(LedgerEntry entry)
    {
        _beginning.TryRemove(entry, out _);
        if (entry.Withdraw()) Metrics.CallsWithdrawn.Add(1);
    }

    /// <summary>For the writer.</summary>
    /// <returns>False when the entry was withdrawn.</returns>
    public bool Complete(LedgerEntry entry, bool isCommitted)
    {
        if (entry.IsNew) _beginning.TryRemove(entry, out _);
        return entry.Complete(isCommitted);
    }

    public void Done(int entries) => Interlocked.Add(ref _waiting, -entries);
}
