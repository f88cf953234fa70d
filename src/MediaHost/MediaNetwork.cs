using System.Net;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.MediaHost;

/// <summary>The ports of one network.</summary>
public sealed record MediaNetwork
{
    /// <summary>The address that RTP and RTCP sockets are bound to.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>First port of the range; RTP takes the even ports, RTCP the odd one after each.</summary>
    public int FirstPort { get; init; } = 16384;

    /// <summary>Last port of the range, included.</summary>
    public int LastPort { get; init; } = 32767;

    /// <summary>The address written into SDP; <see cref="Address"/> when not set.</summary>
    public IPAddress? Advertise { get; init; }

    /// <summary>Addresses of this machine, for ports on the wildcard address.</summary>
    public IReadOnlyList<IPAddress> LocalAddresses { get; init; } = [];

    /// <summary>What is sent to that address reaches a socket of these.</summary>
    public bool IsAt(IPAddress address) => TargetPolicy.Reaches(Address, address, LocalAddresses);

    public override string ToString() => $"{new IPEndPoint(Address, FirstPort)}-{LastPort}";

    /// <summary>Port pairs in the range.</summary>
    internal int Pairs => Math.Max(0, (LastPort + 1 - FirstEvenPort) / 2);

    /// <summary>RTP port of a pair.</summary>
    internal int PortOf(int index) => FirstEvenPort + 2 * index;

    /// <summary>The lease of a port that is bound.</summary>
    internal PortLease Lease(PortId id, int port) => new(id, new(Advertise ?? Address, port)) { Inside = new(Inside, port) };

    /// <summary>The address by which one port reaches another: what all addresses are bound to can be reached on loopback.</summary>
    private IPAddress Inside =>
        Address.Equals(IPAddress.Any) ? IPAddress.Loopback : Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : Address;

    private int FirstEvenPort => FirstPort + (FirstPort & 1);
}
