using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>A far end that may refer whom it talks to (ADR 88).</summary>
/// <param name="Connection">Whose call a referred call is.</param>
/// <param name="IsPhone">It is a registered phone.</param>
/// <param name="Trunk">Behind which it is; null for customers' phones and equipment. It reaches calls of its own kind only.</param>
internal readonly record struct Referrer(Connection Connection, bool IsPhone, TrunkId? Trunk)
{
    /// <summary>Null for everybody else.</summary>
    public static Referrer? Of(ShardContext shard, Leg leg)
    {
        var (routing, facts, target) = (shard.Routing, leg.Facts, leg.Outbound?.Target);
        if ((leg.CallingUser ?? target?.RegisteredUser) is { } name)
            return routing.Sip.FindUser(name) is { } user ? Of(routing.FindConnection(user.Tenant, user.Connection), isUser: true) : null;
        // A trunk has no account: whose the call is pays for what becomes of it.
        if (facts.Trunk is { } trunk)
            return routing.FindTrunk(trunk) is { IsEnabled: true, MayRefer: true }
                && routing.FindConnection(facts.Tenant, facts.Connection) is { } payer ? new(payer, IsPhone: false, trunk) : null;
        if (facts.IsPlacedByCustomer) return Of(routing.FindConnection(facts.Tenant, facts.Connection), isUser: false);
        return target?.Equipment is { } called ? Of(routing.FindConnection(called.Tenant, called.Id), isUser: false) : null;
    }

    private static Referrer? Of(Connection? connection, bool isUser) =>
        connection?.MayRefer(isUser) is true ? new(connection, isUser, Trunk: null) : null;
}
