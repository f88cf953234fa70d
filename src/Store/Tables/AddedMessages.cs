namespace Ringwright.Store.Tables;

/// <summary>
/// The newest messages of the outbox as they were committed, so that whoever delivers them need not read back what this process has just
/// written. Bounded: who comes late reads the table.
/// </summary>
internal sealed class AddedMessages
{
    private const int Most = 1_000;

    private readonly Queue<OutboxEntry> _newest = new();
    /// <summary>Everything with a higher number is among the newest. Nothing is known before the first.</summary>
    private long _completeAbove = long.MaxValue;

    /// <summary>After their commit, in its order.</summary>
    public void Add(IReadOnlyList<OutboxEntry> entries)
    {
        lock (_newest)
        {
            foreach (var entry in entries)
            {
                if (_completeAbove == long.MaxValue) _completeAbove = entry.Seq - 1;
                if (_newest.Count == Most) _completeAbove = _newest.Dequeue().Seq;
                _newest.Enqueue(entry);
            }
        }
    }

    /// <summary>Others were committed behind these, and nobody knows their numbers: the table does.</summary>
    public void Lose()
    {
        lock (_newest)
        {
            _newest.Clear();
            _completeAbove = long.MaxValue;
        }
    }

    /// <summary>All after a sequence number, oldest first; what is not after it is forgotten.</summary>
    /// <returns>Null when the table may hold more of them.</returns>
    public IReadOnlyList<OutboxEntry>? TakeAfter(long after)
    {
        lock (_newest)
        {
            // Whoever begins reads the table: what is in it may have been tried before.
            if (after <= 0 || after < _completeAbove) return null;
            while (_newest.TryPeek(out var oldest) && oldest.Seq <= after) _completeAbove = _newest.Dequeue().Seq;
            OutboxEntry[] taken = [.. _newest];
            if (taken.Length > 0) _completeAbove = taken[^1].Seq;
            _newest.Clear();
            return taken;
        }
    }
}
