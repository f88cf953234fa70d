using System.Net;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>The hosts of SIP URIs that mean us.</summary>
/// <param name="Names">Our SIP domains.</param>
/// <param name="Listeners">Where peers reach us.</param>
/// <param name="IsLoopbackOnly">Every listener of the node is on loopback, where other programs have the same address as we.</param>
public sealed record SipDomains(IReadOnlyList<string> Names, IReadOnlyList<IPEndPoint> Listeners, bool IsLoopbackOnly = false)
{
    public static readonly SipDomains None = new([], []);

    /// <summary>Hosts at which an account's own users are meant: programs that came here from elsewhere go on to write them.</summary>
    public IReadOnlyList<string> Former { get; init; } = [];

    /// <summary>One of our domains, or an address of ours, whatever the port: peers behind a port mapping write theirs.</summary>
    public bool IsOurs(string host) => IsDomain(host) || HostLiteral.TryParse(host, out var address) && Listeners.Any(l => Is(l, address));

    /// <summary>The same for a destination. On loopback another program at our address is not us.</summary>
    public bool IsOurs(string host, int? port) =>
        IsDomain(host) || HostLiteral.TryParse(host, out var address)
            && Listeners.Any(l => Is(l, address) && (!IsLoopbackOnly || l.Port == (port ?? 5060)));

    /// <summary>The label before one of our domains; null for any other host.</summary>
    public string? LabelOf(string host)
    {
        foreach (string name in Names)
            if (host.Length > name.Length + 1 && host[^(name.Length + 1)] == '.' && host.EndsWith(name, StringComparison.OrdinalIgnoreCase)
                && host[..^(name.Length + 1)] is var label && !label.Contains('.')) return label;
        return null;
    }

    /// <summary>As we write ourselves: the first domain, else the first listener; empty when there is neither.</summary>
    public (string Host, int? Port) Own =>
        Names.Count > 0 ? (Names[0], null) : Listeners.Count > 0 ? (Listeners[0].Address.ToString(), Listeners[0].Port) : ("", null);

    /// <summary>One of our domains by name.</summary>
    public bool IsDomain(string host) => Names.Contains(host, StringComparer.OrdinalIgnoreCase);

    /// <summary>One of the hosts that programs came from.</summary>
    public bool IsFormer(string host) => Former.Contains(host, StringComparer.OrdinalIgnoreCase);

    private static bool Is(IPEndPoint listener, IPAddress address) =>
        TargetPolicy.Unwrap(listener.Address).Equals(TargetPolicy.Unwrap(address));
}
