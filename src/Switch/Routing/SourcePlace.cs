using System.Net;
using Ringwright.Calls;

namespace Ringwright.Switch.Routing;

/// <summary>An address that requests come from, with everybody who has a claim on it.</summary>
internal readonly record struct SourcePlace
{
    /// <summary>Customers' connections that list it, the first to do so first.</summary>
    public required IReadOnlyList<SourceConnection> Listed { get; init; }
    /// <summary>The trunk that vouches for it. It is the trunk's then, whoever lists it.</summary>
    public Trunk? Trunk { get; init; }
    /// <summary>The operator lets several tenants list it; else it is that of the first one.</summary>
    public bool IsShared { get; init; }
    /// <summary>
    /// A loopback address while every listener of the node is on loopback: many programs are there, and the port tells them apart.
    /// </summary>
    public bool IsLaptop { get; init; }
    /// <summary>The port that the request comes from, where ports tell; null elsewhere, and where it is that of a trunk.</summary>
    public int? Port { get; init; }

    /// <param name="port">Null when nobody knows: no request is there yet.</param>
    public static SourcePlace Of(RoutingSnapshot routing, TrunkHosts hosts, IPAddress address, int? port, bool isLoopbackOnly)
    {
        var listed = routing.Sip.FindSource(address);
        if (listed.Count == 0) return new() { Listed = listed };
        bool isLaptop = isLoopbackOnly && IPAddress.IsLoopback(address.Plain());
        return new()
        {
            Listed = listed,
            Trunk = routing.FindTrunkAt(address, hosts),
            IsShared = routing.Sip.IsShared(address),
            IsLaptop = isLaptop,
            Port = isLaptop && port is { } from && !routing.HasTrunkAt(address, from) ? from : null,
        };
    }

    /// <summary>A connection that is switched on lists the very port: on the laptop the others step back.</summary>
    public bool IsPortListed
    {
        get
        {
            if (Port is not { } port) return false;
            foreach (var (connection, ports) in Listed)
                if (connection is { IsActive: true, Sip.Origination.IsDigestRequired: not true } && ports.Contains(port)) return true;
            return false;
        }
    }
}
