using System.Collections.Frozen;
using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// Look-ups around SIP connections. Immutable; part of a <see cref="RoutingSnapshot"/>.
/// What is switched off or expired is found too: the asker judges.
/// </summary>
public sealed class SipDirectory
{
    private readonly SharedIndex<string, SipUser> _users;
    private readonly SharedIndex<string, Connection> _subdomains;
    private readonly SharedIndex<IPAddress, ConnectionAddress[]> _listed;
    /// <summary>The same, by connections that there are.</summary>
    private readonly SharedIndex<IPAddress, SourceConnection[]> _sources;
    private readonly FrozenSet<IPAddress> _shared;
    private readonly SharedIndex<(TenantId, ConnectionId), ConnectionAddress[]> _addresses;
    private readonly SharedIndex<(TenantId, ConnectionId), ConnectionHost[]> _hosts;

    public SipDirectory(IEnumerable<Connection> connections, SipEquipment equipment)
        : this(new SharedIndex<(TenantId, ConnectionId), Connection>(connections, c => (c.Tenant, c.Id)), equipment)
    {
    }

    internal SipDirectory(SharedIndex<(TenantId, ConnectionId), Connection> connections, SipEquipment equipment)
    {
        _users = new(connections.Select(UserOf).OfType<SipUser>().Concat(equipment.Users), u => u.Name, StringComparer.Ordinal);
        // just asked for
        _subdomains = new(connections.Where(c => c.Subdomain is not null), c => c.Subdomain!, StringComparer.OrdinalIgnoreCase);
        _addresses = new(equipment.Addresses.GroupBy(a => (a.Tenant, a.Connection)).ToDictionary(g => g.Key, g => Order(g)));
        _hosts = new(equipment.Hosts.GroupBy(h => (h.Tenant, h.Connection)).ToDictionary(g => g.Key, g => Order(g)));
        _listed = new(equipment.Addresses.GroupBy(a => a.Address.Plain()).ToDictionary(g => g.Key, g => ByAge(g)));
        _sources = new(_listed.Keys.Select(ip => KeyValuePair.Create(ip, SourcesOf(_listed.Find(ip), connections)))
            .Where(s => s.Value is not null).ToDictionary(s => s.Key, s => s.Value!)); // just asked for
        _shared = equipment.SharedAddresses.Select(a => a.Plain()).ToFrozenSet();
    }

    private SipDirectory(SipDirectory was, SharedIndex<(TenantId, ConnectionId), Connection> before,
        SharedIndex<(TenantId, ConnectionId), Connection> connections, RoutingChanges changes)
    {
        var users = new Dictionary<string, SipUser?>(StringComparer.Ordinal);
        var subdomains = new Dictionary<string, Connection?>(StringComparer.OrdinalIgnoreCase);
        var listed = Relist(was, changes);
        // A name may go from one to another: all that go first.
        foreach (var connection in changes.Connections.Keys.Select(before.Find).OfType<Connection>())
        {
            if (UserOf(connection) is { } own) users[own.Name] = null;
            if (connection.Subdomain is { } subdomain) subdomains[subdomain] = null;
        }
        foreach (var (name, user) in changes.Users)
            if (user is null && was.FindUser(name)?.Credential is not null) users[name] = null;
        foreach (var connection in changes.Connections.Values.OfType<Connection>())
        {
            if (UserOf(connection) is { } own) users[own.Name] = own;
            if (connection.Subdomain is { } subdomain) subdomains[subdomain] = connection;
        }
        foreach (var user in changes.Users.Values.OfType<SipUser>()) users[user.Name] = user;

        _users = was._users.With(users);
        _subdomains = was._subdomains.With(subdomains);
        _addresses =
            was._addresses.With([.. changes.Addresses.Select(a => KeyValuePair.Create(a.Key, a.Value.Count > 0 ? Order(a.Value) : null))]);
        _hosts = was._hosts.With([.. changes.Hosts.Select(h => KeyValuePair.Create(h.Key, h.Value.Count > 0 ? Order(h.Value) : null))]);
        _listed = was._listed.With(listed);
        // A source has its connection in it.
        var places = changes.Connections.Keys.SelectMany(key => _addresses.Find(key) ?? []).Select(a => a.Address.Plain())
            .Concat(listed.Keys).ToHashSet();
        _sources = was._sources.With([.. places.Select(ip => KeyValuePair.Create(ip, SourcesOf(_listed.Find(ip), connections)))]);
        _shared = changes.SharedAddresses?.Select(a => a.Plain()).ToFrozenSet() ?? was._shared;
    }

    /// <param name="before">The connections that this one was made with.</param>
    /// <param name="connections">The same after the changes.</param>
    internal SipDirectory With(SharedIndex<(TenantId, ConnectionId), Connection> before,
        SharedIndex<(TenantId, ConnectionId), Connection> connections, RoutingChanges changes)
    {
        int rows = changes.Connections.Count + changes.Users.Count + changes.Addresses.Count + changes.Hosts.Count;
        return rows == 0 && changes.SharedAddresses is null ? this : new(this, before, connections, changes);
    }

    public IReadOnlyCollection<SipUser> Users => _users;

    /// <summary>Any connection lists an address at all.</summary>
    public bool HasSources => _sources.Count > 0;

    /// <summary>Null when nobody has this name. It may be expired.</summary>
    public SipUser? FindUser(string name) => _users.Find(name);

    /// <summary>The connection whose SIP host name begins with this label; case does not count.</summary>
    public Connection? FindSubdomain(string label) => _subdomains.Find(label);

    /// <summary>
    /// Every connection that lists this address, the first to do so first.
    /// Several may share one and are told apart by tech prefix or token.
    /// </summary>
    public IReadOnlyList<SourceConnection> FindSource(IPAddress source) => _sources.Find(source.Plain()) ?? [];

    /// <summary>Every address that a connection lists.</summary>
    public IReadOnlyCollection<IPAddress> ListedAddresses => [.. _sources.Keys];

    /// <summary>Those that the operator lets several tenants list.</summary>
    public IReadOnlyCollection<IPAddress> SharedAddresses => _shared;

    /// <summary>The operator lets several tenants list it.</summary>
    public bool IsShared(IPAddress address) => _shared.Contains(address.Plain());

    /// <summary>
    /// The addresses that tenants list beside an earlier one that has them alone: rows of before an address was one tenant's,
    /// or what is left when the operator shares one no longer.
    /// </summary>
    public IEnumerable<IPAddress> Contested =>
        _sources.Keys.Where(ip => !IPAddress.IsLoopback(ip) && !_shared.Contains(ip)
            && _sources.Find(ip) is [var first, .. var others] && others.Any(c => c.Connection.Tenant != first.Connection.Tenant));

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ConnectionAddress> AddressesOf(TenantId tenant, ConnectionId connection) =>
        _addresses.Find((tenant, connection)) ?? [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ConnectionHost> HostsOf(TenantId tenant, ConnectionId connection) => _hosts.Find((tenant, connection)) ?? [];

    /// <summary>
    /// Where calls to the connection go, best first: its addresses or host names, those that it prefers before the others.
    /// Empty for kinds that have none; calls to a credential connection go to its registrations.
    /// With <see cref="SipDelivery.IsRoundRobin"/> the caller rotates the list.
    /// </summary>
    public IReadOnlyList<ConnectionTarget> TargetsOf(Connection connection)
    {
        var preferred = connection.Sip?.Delivery.Preferred ?? [];
        return connection.Kind switch
        {
            ConnectionKind.Ip => [.. AddressesOf(connection.Tenant, connection.Id).OrderBy(a => Rank(preferred, a.Id))
                .Select(a => new ConnectionTarget(a.Address.ToString(), a.Port))],
            ConnectionKind.Fqdn => [.. HostsOf(connection.Tenant, connection.Id).OrderBy(h => Rank(preferred, h.Id))
                .Select(h => new ConnectionTarget(h.Host, h.IsSrv ? null : h.Port))],
            _ => [],
        };
    }

    private static SipUser? UserOf(Connection connection) => connection.Sip is { UserName: { } name, Password: { } password }
        ? new() { Name = name, Password = password, Tenant = connection.Tenant, Connection = connection.Id }
        : null;

    private static ConnectionAddress[] Order(IEnumerable<ConnectionAddress> addresses) => [.. addresses.OrderBy(a => a.Id)];

    private static ConnectionHost[] Order(IEnumerable<ConnectionHost> hosts) => [.. hosts.OrderBy(h => h.Id)];

    private static ConnectionAddress[] ByAge(IEnumerable<ConnectionAddress> addresses) =>
        [.. addresses.OrderBy(a => a.ListedAt).ThenBy(a => a.Id).ThenBy(a => a.Tenant.Value)];

    /// <summary>Null when no connection that there is lists it.</summary>
    private static SourceConnection[]? SourcesOf(ConnectionAddress[]? listed, SharedIndex<(TenantId, ConnectionId), Connection> connections)
    {
        var sources = new List<SourceConnection>();
        foreach (var group in (listed ?? []).GroupBy(a => (a.Tenant, a.Connection)))
            if (connections.Find(group.Key) is { } connection) sources.Add(new(connection, [.. group.Select(a => a.Port)]));
        return sources.Count > 0 ? [.. sources] : null;
    }

    /// <summary>Who lists the addresses that connections have listed no longer, or list now.</summary>
    private static Dictionary<IPAddress, ConnectionAddress[]?> Relist(SipDirectory was, RoutingChanges changes)
    {
        var listed = new Dictionary<IPAddress, ConnectionAddress[]?>();
        foreach (var ((tenant, connection), now) in changes.Addresses)
            foreach (var ip in was.AddressesOf(tenant, connection).Concat(now).Select(a => a.Address.Plain()).Distinct())
            {
                var others = (listed.TryGetValue(ip, out var known) ? known : was._listed.Find(ip)) ?? [];
                var all = ByAge(others.Where(a => a.Tenant != tenant || a.Connection != connection)
                    .Concat(now.Where(a => a.Address.Plain().Equals(ip))));
                listed[ip] = all.Length > 0 ? all : null;
            }
        return listed;
    }

    private static int Rank(IReadOnlyList<long> preferred, long id)
    {
        for (int i = 0; i < preferred.Count; i++)
            if (preferred[i] == id) return i;
        return int.MaxValue;
    }
}
