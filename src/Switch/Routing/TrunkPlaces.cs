using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Which places are the operator's trunks: their hosts, their registrars and the networks that their requests come from, whatever the port,
/// and whether they are switched on or not, for a carrier knows us by our address. On a laptop the carrier is another program on the same
/// machine: there a trunk is its own host and port, and nothing else.
/// </summary>
public static class TrunkPlaces
{
    public static Trunk? Find(RoutingSnapshot routing, string host, int? port, SipTransport? transport, bool isLoopbackOnly)
    {
        bool isLiteral = HostLiteral.TryParse(host, out var address);
        foreach (var trunk in routing.Trunks)
        {
            if (Is(trunk.Host, host) && (!isLoopbackOnly || PortOf(trunk.Port, trunk.Transport) == PortOf(port, transport))) return trunk;
            if (isLoopbackOnly) continue;
            if (trunk.RegistrarPlace is { } registrar && Is(registrar.Host, host)) return trunk;
            if (isLiteral && trunk.NarrowestSource(TargetPolicy.Unwrap(address)) is not null) return trunk;
        }
        return null;
    }

    public static Trunk? Find(RoutingSnapshot routing, IPEndPoint remote, SipTransport transport, bool isLoopbackOnly) =>
        Find(routing, remote.Address.ToString(), remote.Port, transport, isLoopbackOnly);

    /// <summary>
    /// The names that lead to a trunk, its host's and its registrar's, whether we register there or not.
    /// What is an address is known without looking.
    /// </summary>
    public static IEnumerable<SipPlace> NamesOf(Trunk trunk, bool isLoopbackOnly)
    {
        if (!HostLiteral.TryParse(trunk.Host, out _)) yield return new(trunk.Host, trunk.Port, trunk.Transport, trunk.Id);
        if (isLoopbackOnly || trunk.RegistrarPlace is not var (host, port)) yield break;
        if (!HostLiteral.TryParse(host, out _)) yield return new(host, port, trunk.Transport, trunk.Id);
    }

    private static bool Is(string own, string host) => HostLiteral.TryParse(own, out var one) && HostLiteral.TryParse(host, out var other)
        ? TargetPolicy.Unwrap(one).Equals(TargetPolicy.Unwrap(other))
        : own.AsSpan().TrimEnd('.').Equals(host.AsSpan().TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private static int PortOf(int? port, SipTransport? transport) => port ?? (transport ?? SipTransport.Udp).DefaultPort();
}
