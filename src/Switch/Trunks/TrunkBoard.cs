using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Trunks;

/// <summary>
/// How the trunks of this node stand, in memory, for all its shards and for whoever dials. Nothing is kept over a start: then every trunk
/// is well until a call fails.
/// </summary>
/// <param name="inboundRate">Calls a second that a trunk may bring which says nothing of it; null is no limit.</param>
public sealed class TrunkBoard(int? inboundRate = null)
{
    private readonly ConcurrentDictionary<TrunkId, TrunkHealth> _trunks = new();
    /// <summary>Legs at trunks that have limits.</summary>
    private readonly ConcurrentDictionary<LegId, Place> _legs = new();
    private readonly ConcurrentDictionary<TrunkId, RegisteredWay> _registered = new();
    private RoutingSnapshot? _seen;
    private int _failures;

    /// <summary>Goes on with each failure of any trunk, for whoever looks whether there was one.</summary>
    public int Failures => Volatile.Read(ref _failures);

    internal void CountFailure() => Interlocked.Increment(ref _failures);

    public TrunkHealth Of(TrunkId trunk) =>
        _trunks.TryGetValue(trunk, out var health) ? health : _trunks.GetOrAdd(trunk, static (_, board) => new(board), this);

    /// <summary>Null for a trunk that nothing was sent to yet.</summary>
    public TrunkHealth? Find(TrunkId trunk) => _trunks.GetValueOrDefault(trunk);

    /// <summary>How calls go by a trunk that we are registered with; null while we are not.</summary>
    public RegisteredWay? FindWay(TrunkId trunk) => _registered.GetValueOrDefault(trunk);

    /// <param name="way">Null for a trunk that knows us no longer.</param>
    internal void Register(TrunkId trunk, RegisteredWay? way)
    {
        if (way is null) _registered.TryRemove(trunk, out _);
        else _registered[trunk] = way;
    }

    /// <summary>Addresses that calls pass over at this moment.</summary>
    public int CountPassedOver(Instant now) => _trunks.Values.Sum(trunk => trunk.CountIll(now));

    /// <summary>Which limit of the trunk a further call would meet; open for one without limits.</summary>
    public GateAnswer Ask(Trunk trunk, Direction direction, Instant now) =>
        TrunkTraffic.IsLimited(trunk, direction, inboundRate)
        && Find(trunk.Id)?.Traffic.Full(trunk, direction, inboundRate, now) is { } full ? Full(trunk, full) : GateAnswer.Open;

    /// <summary>The leg is a call of the trunk's from now on, and of no other's, until it leaves.</summary>
    /// <param name="trunk">Null is none.</param>
    public GateAnswer Enter(LegId leg, Trunk? trunk, Direction direction, Instant now)
    {
        bool isLimited = trunk is not null && TrunkTraffic.IsLimited(trunk, direction, inboundRate);
        if (isLimited && !_legs.IsEmpty && _legs.TryGetValue(leg, out var place) && place.Trunk == trunk!.Id) return GateAnswer.Open;
        Leave(leg);
        if (!isLimited) return GateAnswer.Open;
        var traffic = Of(trunk!.Id).Traffic;        // limited, so it is there
        if (traffic.Enter(trunk, direction, inboundRate, now) is { } full) return Full(trunk, full);
        _legs[leg] = new(trunk.Id, traffic, direction);
        return GateAnswer.Open;
    }

    /// <summary>Idempotent.</summary>
    public void Leave(LegId leg)
    {
        if (!_legs.IsEmpty && _legs.TryRemove(leg, out var place)) place.Traffic.Leave(place.Direction);
    }

    /// <summary>Forgets what the configuration has no longer, or leads elsewhere now. By one caller at a time.</summary>
    public void Follow(RoutingSnapshot routing)
    {
        if (ReferenceEquals(routing, _seen)) return;
        foreach (var (id, health) in _trunks)
        {
            if (routing.FindTrunk(id) is not { } trunk) _trunks.TryRemove(id, out _);
            else if (_seen?.FindTrunk(id) is { } was && PlaceOf(was) != PlaceOf(trunk)) health.Forget();
        }
        _seen = routing;
    }

    private GateAnswer Full(Trunk trunk, TrunkLimit limit) => limit switch
    {
        TrunkLimit.Channels => Refuse("trunk_channel_limit",
            $"Trunk {trunk.Name} has as many calls as it may have: {trunk.ChannelLimit}."),
        TrunkLimit.InboundChannels => Refuse("trunk_channel_limit",
            $"Trunk {trunk.Name} has brought as many calls as it may at a time: {trunk.InboundChannelLimit}."),
        TrunkLimit.Rate => Refuse("trunk_call_rate",
            $"Trunk {trunk.Name} got as many calls as it may in a second: {trunk.CallsPerSecond}."),
        _ => Refuse("trunk_call_rate",
            $"Trunk {trunk.Name} brought as many calls as it may in a second: {trunk.InboundCallsPerSecond ?? inboundRate}."),
    };

    private static GateAnswer Refuse(string rule, string detail) => new(Refusal.TrunkLimit, rule, detail);

    private static (string, int?, SipTransport?) PlaceOf(Trunk trunk) => (trunk.Host, trunk.Port, trunk.Transport);

    private readonly record struct Place(TrunkId Trunk, TrunkTraffic Traffic, Direction Direction);
}

/// <summary>The board at one moment, for whoever makes a plan; the default knows of no trouble.</summary>
public readonly record struct TrunkView(TrunkBoard? Board, Instant Now)
{
    /// <summary>The trunk when calls pass it over at this moment; null when they may try it.</summary>
    public TrunkHealth? PassedOver(TrunkId trunk) => Board?.Find(trunk) is { } health && health.PassedUntil > Now ? health : null;
}
