using System.Runtime.InteropServices;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Campaigns;

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
}

/// <summary>
/// Counts live legs by what they are limited by. Check and count are one step under one lock, held for a few look-ups, so that no two questions
/// can both take the last channel. A counter that falls to zero is removed: what has left leaves nothing behind.
/// </summary>
internal sealed class LiveLegs
{
    private readonly Lock _gate = new();
    private readonly Dictionary<LegId, (LiveLeg Leg, long At)> _legs = [];
    private readonly Dictionary<TenantId, int> _tenants = [];
    private readonly Dictionary<(TenantId, long), int> _profiles = [];
    private readonly Dictionary<(TenantId, ConnectionId, Direction), int> _connections = [];
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

    /// <summary>Nothing is counted any more; for tests.</summary>
    internal bool IsEmpty
    {
        get { lock (_gate) return _legs.Count + _tenants.Count + _profiles.Count + _connections.Count + _pairs.Count == 0; }
    }

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
        if (PairOf(leg) is { } between)
        {
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, between, out _);
            (list ??= []).Add((leg.Leg, now));
        }
    }

    private void Remove(LegId id)
    {
        if (!_legs.Remove(id, out var entry)) return;
        var leg = entry.Leg;
        Down(_tenants, leg.Tenant);
        if (leg.Parent is { } above) Down(_tenants, above);
        Down(_connections, (leg.Tenant, leg.Connection, leg.Direction));
        if (leg.Profile is { } profile) Down(_profiles, (leg.Tenant, profile));
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
            return new(Refusal.TenantChannelLimit, "tenant_channel_limit", $"The account's limit of {limits.Tenant} concurrent calls is reached.");
        if (leg.Parent is { } parent && IsFull(_tenants, parent, limits.Parent))
            return new(Refusal.TenantChannelLimit, "parent_channel_limit", "The limit of concurrent calls of the account above this one is reached.");
        if (leg.Profile is { } profile && IsFull(_profiles, (leg.Tenant, profile), limits.Profile))
            return new(Refusal.ProfileChannelLimit, "profile_channel_limit", $"The outbound voice profile's limit of {limits.Profile} concurrent calls is reached.");
        if (IsFull(_connections, (leg.Tenant, leg.Connection, leg.Direction), limits.Connection))
            return new(Refusal.ConnectionChannelLimit, "connection_channel_limit",
                $"The connection's limit of {limits.Connection} concurrent {(leg.Direction is Direction.Outbound ? "outbound" : "inbound")} calls is reached.");
        return GateAnswer.Open;
    }

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
