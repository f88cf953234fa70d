using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Trunks;

/// <summary>
/// How the trunks of this node stand, in memory, for all its shards and for whoever dials. Nothing is kept over a start: then every trunk
/// is well until a call fails.
/// </summary>
public sealed class TrunkBoard
{
    private readonly ConcurrentDictionary<TrunkId, TrunkHealth> _trunks = new();
    private RoutingSnapshot? _seen;

    public TrunkHealth Of(TrunkId trunk) => _trunks.TryGetValue(trunk, out var health) ? health : _trunks.GetOrAdd(trunk, static _ => new());

    /// <summary>Null for a trunk that nothing was sent to yet.</summary>
    public TrunkHealth? Find(TrunkId trunk) => _trunks.GetValueOrDefault(trunk);

    /// <summary>Forgets what the configuration has no longer, or leads elsewhere now. By one caller at a time.</summary>
    public void Follow(RoutingSnapshot routing)
    {
        if (ReferenceEquals(routing, _seen)) return;
        foreach (var id in _trunks.Keys)
            if (routing.FindTrunk(id) is not { } trunk || _seen?.FindTrunk(id) is { } was && PlaceOf(was) != PlaceOf(trunk))
                _trunks.TryRemove(id, out _);
        _seen = routing;
    }

    private static (string, int?, SipTransport?) PlaceOf(Trunk trunk) => (trunk.Host, trunk.Port, trunk.Transport);
}

/// <summary>The board at one moment, for whoever makes a plan; the default knows of no trouble.</summary>
public readonly record struct TrunkView(TrunkBoard? Board, Instant Now)
{
    /// <summary>The trunk when calls pass it over at this moment; null when they may try it.</summary>
    public TrunkHealth? PassedOver(TrunkId trunk) => Board?.Find(trunk) is { } health && health.PassedUntil > Now ? health : null;
}
