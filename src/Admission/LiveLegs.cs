using System.Runtime.InteropServices;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Admission;

/// <summary>What one leg counts towards.</summary>
internal sealed record LiveLeg
{
    public required LegId Leg { get; init; }
    public required TenantId Tenant { get; init; }
    /// <summary>The tenant above it, which the leg counts for too.</summary>
    public TenantId? Parent { get; init; }
    public required ConnectionId Connection { get; init; }
    public required Direction Direction { get; init; }
    public long? Profile { get; init; }
    public (string From, string To)? Pair { get; init; }
    /// <summary>A phone's call for help, which nobody's money or account ends.</summary>
    public bool IsEmergency { get; init; }
    /// <summary>The name of the zone whose channels it takes.</summary>
    public string? Zone { get; init; }
}

/// <summary>The limits that one question meets; null is none.</summary>
internal readonly record struct ChannelLimits
{
    public static readonly ChannelLimits None = default;

    public int? Tenant { get; init; }
    public int? Parent { get; init; }
    public int? Profile { get; init; }
    public int? Connection { get; init; }
    public int? Pair { get; init; }
    public int? Zone { get; init; }
}

/// <summary>
/// Counts live legs by what they are limited by. Check and count are one step under one lock, held for a few look-ups, so that no two
/// questions can both take the last channel. A counter that falls to zero is removed: what has left leaves nothing behind.
/// </summary>
internal sealed class LiveLegs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LegId, (LiveLeg Leg, long At)> _legs = [];
    /// <summary>Counted here, while it is asked whether they fit beside the legs of other nodes: nobody else is told of them yet.</summary>
    private readonly Dictionary<LegId, LiveLeg> _waiting = [];
    private readonly Dictionary<TenantId, int> _tenants = [];
    private readonly Dictionary<(TenantId, long), int> _profiles = [];
    private readonly Dictionary<(TenantId, ConnectionId, Direction), int> _connections = [];
    private readonly Dictionary<(TenantId, string), int> _zones = [];
    private readonly Dictionary<(TenantId, string, string), List<(LegId Leg, long At)>> _pairs = [];

    public int Count
    {
        get { lock (_gate) return _legs.Count; }
    }

    public bool Has(LegId leg)
    {
        lock (_gate) return _legs.ContainsKey(leg);
    }

    /// <summary>Those of each tenant that has any.</summary>
    public IReadOnlyList<(TenantId Tenant, int Legs)> CountByTenant()
    {
        lock (_gate) return [.. _tenants.Select(counted => (counted.Key, counted.Value))];
    }

    /// <summary>All of which that holds.</summary>
    public IReadOnlyList<LegId> Those(Func<LiveLeg, bool> hold)
    {
        lock (_gate) return [.. _legs.Values.Where(entry => hold(entry.Leg)).Select(entry => entry.Leg.Leg)];
    }

    /// <summary>Nothing is counted any more; for tests.</summary>
    internal bool IsEmpty
    {
        get { lock (_gate) return _legs.Count + _tenants.Count + _profiles.Count + _connections.Count + _zones.Count + _pairs.Count == 0; }
    }

    /// <summary>The leg waits for an answer of other nodes.</summary>
    public void Wait(LiveLeg leg)
    {
        lock (_gate)
            if (_legs.ContainsKey(leg.Leg)) _waiting[leg.Leg] = leg;
    }

    /// <summary>It fits.</summary>
    public void Settle(LegId leg)
    {
        lock (_gate) _waiting.Remove(leg);
    }

    /// <summary>All that is counted and does not wait, by the names that nodes give to each other.</summary>
    public void AddUses(List<Use> uses)
    {
        lock (_gate)
        {
            foreach (var (tenant, legs) in _tenants)
                uses.Add(new(NameOf(tenant), legs - Waiting(leg => leg.Tenant == tenant || leg.Parent == tenant), null));
            foreach (var ((tenant, profile), legs) in _profiles)
                uses.Add(new(NameOf(tenant, profile), legs - Waiting(leg => leg.Tenant == tenant && leg.Profile == profile), null));
            foreach (var ((tenant, connection, direction), legs) in _connections)
                uses.Add(new(NameOf(tenant, connection, direction),
                    legs - Waiting(leg => (leg.Tenant, leg.Connection, leg.Direction) == (tenant, connection, direction)), null));
            foreach (var ((tenant, zone), legs) in _zones)
                uses.Add(new(NameOf(tenant, zone), legs - Waiting(leg => leg.Tenant == tenant && leg.Zone == zone), null));
        }
    }

    /// <summary>
    /// What the leg, which is counted, counts towards and is limited, with it and without others that wait;
    /// in the order in which it is judged.
    /// </summary>
    public IReadOnlyList<Use> UsesOf(LiveLeg leg, in ChannelLimits limits)
    {
        var uses = new List<Use>(4);
        lock (_gate)
        {
            if (limits.Tenant is { } tenants) uses.Add(new(NameOf(leg.Tenant), With(leg.Tenant), tenants));
            if (leg.Parent is { } parent && limits.Parent is { } above) uses.Add(new(NameOf(parent), With(parent), above));
            if (leg.Profile is { } profile && limits.Profile is { } most)
                uses.Add(new(NameOf(leg.Tenant, profile), _profiles.GetValueOrDefault((leg.Tenant, profile))
                    - Waiting(other => other.Leg != leg.Leg && other.Tenant == leg.Tenant && other.Profile == profile), most));
            if (limits.Connection is { } lines)
                uses.Add(new(NameOf(leg.Tenant, leg.Connection, leg.Direction),
                    _connections.GetValueOrDefault((leg.Tenant, leg.Connection, leg.Direction))
                        - Waiting(other => other.Leg != leg.Leg
                            && (other.Tenant, other.Connection, other.Direction) == (leg.Tenant, leg.Connection, leg.Direction)), lines));
            if (leg.Zone is { } zone && limits.Zone is { } channels)
                uses.Add(new(NameOf(leg.Tenant, zone), _zones.GetValueOrDefault((leg.Tenant, zone))
                    - Waiting(other => other.Leg != leg.Leg && other.Tenant == leg.Tenant && other.Zone == zone), channels));
        }
        return uses;

        int With(TenantId tenant) => _tenants.GetValueOrDefault(tenant)
            - Waiting(other => other.Leg != leg.Leg && (other.Tenant == tenant || other.Parent == tenant));
    }

    /// <summary>What a leg is told for which one of <see cref="UsesOf"/> has no room.</summary>
    public static GateAnswer Full(Use use, LiveLeg leg, in ChannelLimits limits) =>
        use.Name == NameOf(leg.Tenant) ? TenantFull(limits) : leg.Parent is { } parent && use.Name == NameOf(parent) ? ParentFull(limits)
            : leg.Profile is { } profile && use.Name == NameOf(leg.Tenant, profile) ? ProfileFull(limits)
            : leg.Zone is { } zone && use.Name == NameOf(leg.Tenant, zone) ? ZoneFull(zone, limits) : ConnectionFull(leg, limits);

    /// <param name="now">A time stamp in any unit.</param>
    /// <param name="window">In the same unit: how young a leg must be to count for its pair.</param>
    public GateAnswer Enter(LiveLeg leg, in ChannelLimits limits, long now, long window)
    {
        lock (_gate)
        {
            if (_legs.ContainsKey(leg.Leg)) return GateAnswer.Open;     // asked twice, counted once
            if (Judge(leg, limits, now - window) is { IsOpen: false } refused) return refused;
            Add(leg, now);
            return GateAnswer.Open;
        }
    }

    /// <summary>The leg counts as another call from now on; when that may not be, as the one that it was.</summary>
    public GateAnswer Move(LiveLeg leg, in ChannelLimits limits, long now, long window)
    {
        lock (_gate)
        {
            bool wasHere = _legs.TryGetValue(leg.Leg, out var before);
            Remove(leg.Leg);
            var answer = Judge(leg, limits, now - window);
            if (answer.IsOpen) Add(leg, now);
            else if (wasHere) Add(before.Leg, before.At);
            return answer;
        }
    }

    /// <summary>What <see cref="Enter"/> would answer; nothing is counted.</summary>
    public GateAnswer Ask(LiveLeg leg, in ChannelLimits limits, long now, long window)
    {
        lock (_gate) return Judge(leg, limits, now - window);
    }

    public void Leave(LegId id)
    {
        lock (_gate) Remove(id);
    }

    private void Add(LiveLeg leg, long now)
    {
        _legs.Add(leg.Leg, (leg, now));
        Up(_tenants, leg.Tenant);
        if (leg.Parent is { } above) Up(_tenants, above);
        Up(_connections, (leg.Tenant, leg.Connection, leg.Direction));
        if (leg.Profile is { } counted) Up(_profiles, (leg.Tenant, counted));
        if (leg.Zone is { } zone) Up(_zones, (leg.Tenant, zone));
        if (PairOf(leg) is { } between)
        {
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, between, out _);
            (list ??= []).Add((leg.Leg, now));
        }
    }

    private void Remove(LegId id)
    {
        if (!_legs.Remove(id, out var entry)) return;
        _waiting.Remove(id);
        var leg = entry.Leg;
        Down(_tenants, leg.Tenant);
        if (leg.Parent is { } above) Down(_tenants, above);
        Down(_connections, (leg.Tenant, leg.Connection, leg.Direction));
        if (leg.Profile is { } profile) Down(_profiles, (leg.Tenant, profile));
        if (leg.Zone is { } zone) Down(_zones, (leg.Tenant, zone));
        if (PairOf(leg) is { } pair)
        {
            var list = _pairs[pair];
            list.Remove((id, entry.At));
            if (list.Count == 0) _pairs.Remove(pair);
        }
    }

    private GateAnswer Judge(LiveLeg leg, in ChannelLimits limits, long since)
    {
        if (limits.Pair is { } pair && PairOf(leg) is { } key && Recent(key, since) >= pair)
            return new(Refusal.Loop, "loop", $"{pair} calls from this number to this number are already live: the call loops.");
        if (IsFull(_tenants, leg.Tenant, limits.Tenant))
            return TenantFull(limits);
        if (leg.Parent is { } parent && IsFull(_tenants, parent, limits.Parent))
            return ParentFull(limits);
        if (leg.Profile is { } profile && IsFull(_profiles, (leg.Tenant, profile), limits.Profile))
            return ProfileFull(limits);
        if (IsFull(_connections, (leg.Tenant, leg.Connection, leg.Direction), limits.Connection))
            return ConnectionFull(leg, limits);
        if (leg.Zone is { } zone && IsFull(_zones, (leg.Tenant, zone), limits.Zone))
            return ZoneFull(zone, limits);
        return GateAnswer.Open;
    }

    private int Waiting(Func<LiveLeg, bool> isOf) => _waiting.Count == 0 ? 0 : _waiting.Values.Count(isOf);

    private static GateAnswer ParentFull(in ChannelLimits limits) =>
        new(Refusal.TenantChannelLimit, "parent_channel_limit", "The limit of concurrent calls of the account above this one is reached.")
        { IsForGood = limits.Parent is 0 };

    private static GateAnswer TenantFull(in ChannelLimits limits) =>
        new(Refusal.TenantChannelLimit, "tenant_channel_limit", $"The account's limit of {limits.Tenant} concurrent calls is reached.")
        { IsForGood = limits.Tenant is 0 };

    private static GateAnswer ProfileFull(in ChannelLimits limits) =>
        new(Refusal.ProfileChannelLimit, "profile_channel_limit",
            $"The outbound voice profile's limit of {limits.Profile} concurrent calls is reached.")
        { IsForGood = limits.Profile is 0 };

    private static GateAnswer ConnectionFull(LiveLeg leg, in ChannelLimits limits) =>
        new(Refusal.ConnectionChannelLimit, "connection_channel_limit",
            $"The connection's limit of {limits.Connection} concurrent {(leg.Direction is Direction.Outbound ? "outbound" : "inbound")} "
            + "calls is reached.")
        { IsForGood = limits.Connection is 0 };

    private static GateAnswer ZoneFull(string zone, in ChannelLimits limits) =>
        new(Refusal.TenantChannelLimit, "voice_channels",
            $"All {limits.Zone} voice channels of the account's numbers in the zone {zone} are in use.")
        { IsForGood = limits.Zone is 0 };

    private static string NameOf(TenantId tenant) => $"channels {tenant}";

    private static string NameOf(TenantId tenant, long profile) => $"channels {tenant} profile {profile}";

    private static string NameOf(TenantId tenant, string zone) => $"channels {tenant} zone {zone}";

    private static string NameOf(TenantId tenant, ConnectionId connection, Direction direction) =>
        $"channels {tenant} {(direction is Direction.Outbound ? "from" : "to")} {connection}";

    /// <summary>Of one tenant: what another one dials is no business of its.</summary>
    private static (TenantId, string, string)? PairOf(LiveLeg leg) => leg.Pair is { } pair ? (leg.Tenant, pair.From, pair.To) : null;

    /// <summary>Newest last, so counting from the end stops at the first that is too old.</summary>
    private int Recent((TenantId, string, string) pair, long since)
    {
        if (!_pairs.TryGetValue(pair, out var list)) return 0;
        int recent = 0;
        while (recent < list.Count && list[^(recent + 1)].At >= since) recent++;
        return recent;
    }

    private static bool IsFull<TKey>(Dictionary<TKey, int> counts, TKey key, int? limit) where TKey : notnull =>
        limit is { } most && counts.GetValueOrDefault(key) >= most;

    private static void Up<TKey>(Dictionary<TKey, int> counts, TKey key) where TKey : notnull =>
        CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _)++;

    private static void Down<TKey>(Dictionary<TKey, int> counts, TKey key) where TKey : notnull
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(counts, key);
        if (--count == 0) counts.Remove(key);
    }
}
