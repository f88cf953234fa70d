using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>Command ids of legs that are gone: the repeat of a hang-up finds no leg any more, and is accepted all the same.</summary>
internal sealed class EndedCommands
{
    private readonly Dictionary<LegId, CommandMemory> _legs = [];
    private readonly Queue<(LegId Leg, Instant Until)> _order = new();

    public bool Knows(LegId leg, string? id, Instant now) => _legs.TryGetValue(leg, out var memory) && memory.Knows(id, now);

    public void Keep(LegId leg, CommandMemory memory, Instant now)
    {
        while (_order.TryPeek(out var oldest) && (oldest.Until <= now || _order.Count >= Limits.RememberedLegs))
            _legs.Remove(_order.Dequeue().Leg);
        if (memory.IsEmpty) return;
        _legs.Add(leg, memory);
        _order.Enqueue((leg, now + Limits.CommandMemory));
    }
}
