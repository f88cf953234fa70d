using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What a call takes of channels and ports that came by a datagram from an address which has shown nothing yet
/// (<see cref="WayBackBook"/>), and whose share that is.
/// </summary>
internal static class InboundShare
{
    private const string Anyone = "anyone";

    /// <param name="customer">Whose equipment calls; null for everybody else.</param>
    /// <returns>False when its source has more such calls than its share: this one is not to ring for as long as others.</returns>
    public static bool Enter(ShardContext shard, LegId leg, CallRoute route, Connection connection, SipCaller? customer, SipFlow from) =>
        shard.Settings.WaysBack.Enter(leg, SourceOf(route.Trunk, customer, from), LimitsOf(shard, route, connection, from.Network),
            shard.Settings.UnprovenShare);

    /// <summary>
    /// Who forges has all addresses that would be let in: those of a network that a trunk lists as one are one source, and so are all
    /// whom nobody lists. Who calls the address that we registered at a trunk is that trunk.
    /// </summary>
    private static string SourceOf(Trunk? trunk, SipCaller? customer, SipFlow from) =>
        trunk is not null ? trunk.NarrowestSource(from.Remote.Address)?.ToString() ?? $"trunk {trunk.Id}"
            : customer is null ? Anyone : from.Remote.Address.Plain().ToString();

    private static List<(string Of, int Limit)> LimitsOf(ShardContext shard, CallRoute route, Connection connection, int network)
    {
        var limits = new List<(string, int)>(6);
        var (routing, ports) = (shard.Routing, shard.Settings.MediaCalls);
        var account = routing.FindTenant(connection.Tenant);
        Add("ports", network, network < ports.Count ? ports[network] : null);
        if (route.Trunk is { } trunk)
        {
            Add("trunk", trunk.Id, trunk.ChannelLimit);
            Add("trunk, inbound", trunk.Id, trunk.InboundChannelLimit);
        }
        Add("account", connection.Tenant, account?.Limits.Channels);
        if (account?.Parent is { } parent) Add("account", parent, routing.FindTenant(parent)?.Limits.Channels);
        Add($"connection of {connection.Tenant}", connection.Id, connection.InboundChannelLimit);
        if (route.Number is { Voice.IsPaidByChannel: true } number && ChannelZone.Of(number) is { } zone)
            Add($"zone of {connection.Tenant}", zone.Name, account?.ChannelsOf(zone));
        return limits;

        void Add<T>(string kind, T id, int? limit)
        {
            if (limit is { } most) limits.Add(($"{kind} {id}", most));
        }
    }
}
