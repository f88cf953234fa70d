using Ringwright.Core;

namespace Ringwright.Simulation;

/// <summary>What shall happen when: in order of time, and among equals in the order of asking.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action, (long At, long Order)> _entries = new();
    private long _order;

    public int Count => _entries.Count;

    public Instant NextDue => _entries.TryPeek(out _, out var key) ? new(key.At) : Instant.Never;

    public void Add(Instant at, Action act) => _entries.Enqueue(act, (at.Nanos, ++_order));

    public bool TryTake(Instant now, out Action act)
    {
        act = static () => { };
        return NextDue <= now && _entries.TryDequeue(out act!, out _);      // it has just been peeked at
    }
}
