using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What belongs to SIP connections beside themselves, of all tenants.</summary>
public sealed record SipEquipment(IReadOnlyCollection<SipUser> Users, IReadOnlyCollection<ConnectionAddress> Addresses,
    IReadOnlyCollection<ConnectionHost> Hosts)
{
    public static readonly SipEquipment None = new([], [], []);

    /// <summary>Addresses that the operator lets several tenants list.</summary>
    public IReadOnlyCollection<IPAddress> SharedAddresses { get; init; } = [];
}

/// <summary>A user name that registers and calls with a password: a connection's own, or one of its telephony credentials.</summary>
public sealed record SipUser
{
    /// <summary>Unique on the node; compared by characters.</summary>
    public required string Name { get; init; }
    public required string Password { get; init; }
    public required TenantId Tenant { get; init; }
    public required ConnectionId Connection { get; init; }
    /// <summary>The telephony credential's id; null for the connection's own name.</summary>
    public Guid? Credential { get; init; }
    /// <summary>From then on the password is wrong; null never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;
}

/// <summary>
/// An address that a connection's equipment has: requests come from it, and ours go to it. The port is where ours go;
/// that requests come from it too counts on the laptop only.
/// </summary>
public sealed record ConnectionAddress(long Id, TenantId Tenant, ConnectionId Connection, IPAddress Address, int Port)
{
    /// <summary>Since when it is this address: what decides between tenants. A row whose address is changed begins anew.</summary>
    public DateTimeOffset ListedAt { get; init; }
}

/// <summary>A host name that a connection's equipment has.</summary>
/// <param name="IsSrv">Looked up by SRV records, which give the port; else by its addresses and <paramref name="Port"/>.</param>
public sealed record ConnectionHost(long Id, TenantId Tenant, ConnectionId Connection, string Host, bool IsSrv, int Port);

/// <summary>One place that calls to a connection may go to.</summary>
/// <param name="Port">Null looks for SRV records first (RFC 3263).</param>
public readonly record struct ConnectionTarget(string Host, int? Port);

/// <summary>A connection that lists the address of a request, and the ports that it lists with it.</summary>
public readonly record struct SourceConnection(Connection Connection, IReadOnlyList<int> Ports);
