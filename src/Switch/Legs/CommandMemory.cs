using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>Command ids of the last minute: a repeat is accepted and does nothing.</summary>
internal sealed class CommandMemory
{
    private readonly Dictionary<string, Instant> _until = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public bool IsEmpty => _until.Count == 0;

    public bool Knows(string? id, Instant now) => id is not null && _until.TryGetValue(id, out var until) && until > now;

    public void Remember(string? id, Instant now)
    {
        if (id is null) return;
        while (_order.TryPeek(out var oldest) && (_until[oldest] <= now || _order.Count >= Limits.RememberedCommands))
            _until.Remove(_order.Dequeue());
        if (_until.TryAdd(id, now + Limits.CommandMemory)) _order.Enqueue(id);
    }
}
