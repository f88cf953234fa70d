using System.Collections.Frozen;
using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>Look-ups around SIP connections. Immutable; part of a <see cref="RoutingSnapshot"/>. What is switched off or expired is found too: the asker judges.</summary>
public sealed class SipDirectory
{
    private readonly FrozenDictionary<string, SipUser> _users;
    private readonly FrozenDictionary<string, Connection> _subdomains;
    private readonly FrozenDictionary<IPAddress, SourceConnection[]> _sources;
    private readonly FrozenSet<IPAddress> _shared;
    private readonly FrozenDictionary<(TenantId, ConnectionId), ConnectionAddress[]> _addresses;
    private readonly FrozenDictionary<(TenantId, ConnectionId), ConnectionHost[]> _hosts;

    public SipDirectory(IReadOnlyCollection<Connection> connections, SipEquipment equipment)
    {
        var byId = connections.ToFrozenDictionary(c => (c.Tenant, c.Id));
        _users = connections.Select(UserOf).OfType<SipUser>().Concat(equipment.Users).ToFrozenDictionary(u => u.Name, StringComparer.Ordinal);
        _subdomains = connections.Where(c => c.Subdomain is not null).ToFrozenDictionary(c => c.Subdomain!, StringComparer.OrdinalIgnoreCase); // just asked for
        _addresses = equipment.Addresses.GroupBy(a => (a.Tenant, a.Connection)).ToFrozenDictionary(g => g.Key, g => g.OrderBy(a => a.Id).ToArray());
        _hosts = equipment.Hosts.GroupBy(h => (h.Tenant, h.Connection)).ToFrozenDictionary(g => g.Key, g => g.OrderBy(h => h.Id).ToArray());
        _sources = equipment.Addresses.Where(a => byId.ContainsKey((a.Tenant, a.Connection)))
            .OrderBy(a => a.ListedAt).ThenBy(a => a.Id).GroupBy(a => a.Address.Plain())
            .ToFrozenDictionary(g => g.Key, g => g.GroupBy(a => (a.Tenant, a.Connection)).Select(c => new SourceConnection(byId[c.Key], [.. c.Select(a => a.Port)])).ToArray());
        _shared = equipment.SharedAddresses.Select(a => a.Plain()).ToFrozenSet();
    }

    public IReadOnlyCollection<SipUser> Users => _users.Values;

    /// <summary>Any connection lists an address at all.</summary>
    public bool HasSources => _sources.Count > 0;

    /// <summary>Null when nobody has this name. It may be expired.</summary>
    public SipUser? FindUser(string name) => _users.GetValueOrDefault(name);

    /// <summary>The connection whose SIP host name begins with this label; case does not count.</summary>
    public Connection? FindSubdomain(string label) => _subdomains.GetValueOrDefault(label);

    /// <summary>Every connection that lists this address, the first to do so first. Several may share one and are told apart by tech prefix or token.</summary>
    public IReadOnlyList<SourceConnection> FindSource(IPAddress source) => _sources.GetValueOrDefault(source.Plain()) ?? [];

    /// <summary>Every address that a connection lists.</summary>
    public IReadOnlyCollection<IPAddress> ListedAddresses => _sources.Keys;

    /// <summary>Those that the operator lets several tenants list.</summary>
    public IReadOnlyCollection<IPAddress> SharedAddresses => _shared;

    /// <summary>The operator lets several tenants list it.</summary>
    public bool IsShared(IPAddress address) => _shared.Contains(address.Plain());

    /// <summary>
    /// The addresses that tenants list beside an earlier one that has them alone: rows of before an address was one tenant's, or what is left when the operator
    /// shares one no longer.
    /// </summary>
    public IEnumerable<IPAddress> Contested =>
        _sources.Where(s => !IPAddress.IsLoopback(s.Key) && !_shared.Contains(s.Key) && s.Value.Any(c => c.Connection.Tenant != s.Value[0].Connection.Tenant)).Select(s => s.Key);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ConnectionAddress> AddressesOf(TenantId tenant, ConnectionId connection) => _addresses.GetValueOrDefault((tenant, connection)) ?? [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ConnectionHost> HostsOf(TenantId tenant, ConnectionId connection) => _hosts.GetValueOrDefault((tenant, connection)) ?? [];

    /// <summary>
    /// Where calls to the connection go, best first: its addresses or host names, those that it prefers before the others. Empty for kinds that have none;
    /// calls to a credential connection go to its registrations. With <see cref="SipDelivery.IsRoundRobin"/> the caller rotates the list.
    /// </summary>
    public IReadOnlyList<ConnectionTarget> TargetsOf(Connection connection)
    {
        var preferred = connection.Sip?.Delivery.Preferred ?? [];
        return connection.Kind switch
        {
            ConnectionKind.Ip => [.. AddressesOf(connection.Tenant, connection.Id).OrderBy(a => Rank(preferred, a.Id)).Select(a => new ConnectionTarget(a.Address.ToString(), a.Port))],
            ConnectionKind.Fqdn => [.. HostsOf(connection.Tenant, connection.Id).OrderBy(h => Rank(preferred, h.Id)).Select(h => new ConnectionTarget(h.Host, h.IsSrv ? null : h.Port))],
            _ => [],
        };
    }

    private static SipUser? UserOf(Connection connection) => connection.Sip is { UserName: { } name, Password: { } password }
        ? new() { Name = name, Password = password, Tenant = connection.Tenant, Connection = connection.Id }
        : null;

    private static int Rank(IReadOnlyList<long> preferred, long id)
    {
        for (int i = 0; i < preferred.Count; i++)
            if (preferred[i] == id) return i;
        return int.MaxValue;
    }
}
