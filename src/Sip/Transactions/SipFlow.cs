using System.Net;
using Ringwright.Core;

namespace Ringwright.Sip.Transactions;

/// <summary>
/// A way to one peer: transport, identity and, where there is one, the peer's address. A message goes by the connection of that identity as
/// long as it is open, else a new one is opened to the address (RFC 3261 §18, RFC 5923).
/// </summary>
/// <param name="Peer">Null where nothing but the open connection leads to the peer, as over WebSockets (RFC 7118).</param>
public readonly record struct SipFlow(SipTransport Transport, IPEndPoint? Peer)
{
    private static readonly IPEndPoint Nowhere = new(IPAddress.None, 0);

    public FlowId Id { get; init; }

    /// <summary>Which of the node's networks it is on: whose socket sends, and whose address Via, Contact and SDP name.</summary>
    public int Network { get; init; }

    /// <summary>
    /// The peer's address, for whoever judges by it; of a flow without one that of nobody,
    /// which is in no network and which no policy allows.
    /// </summary>
    public IPEndPoint Remote => Peer ?? Nowhere;

    /// <summary>Which of the addresses in messages that come this way are believed.</summary>
    public NatPolicy Nat { get; init; }

    /// <summary>To another leg of this node: nothing leaves it, and nobody outside can say that a message came this way.</summary>
    public bool IsInside { get; private init; }

    /// <summary>The transport repeats what is lost, so transactions need not (RFC 3261 §17).</summary>
    public bool IsReliable => Transport is not SipTransport.Udp;

    public static SipFlow Udp(IPEndPoint remote) => new(SipTransport.Udp, remote);

    /// <param name="own">Our own place, as Via and Contact write it.</param>
    public static SipFlow Inside(IPEndPoint own) => new(SipTransport.Tcp, own) { IsInside = true };

    /// <summary>What comes by both comes from one host; without addresses, by one connection.</summary>
    public bool IsOfSameHost(SipFlow other) =>
        Peer is { } mine && other.Peer is { } theirs ? mine.Address.Equals(theirs.Address) : Peer == other.Peer && Id == other.Id;

    public SipFlow Under(NatPolicy nat) => this with { Nat = nat };

    public override string ToString() => IsInside ? "inside" : Peer is null ? $"{Transport} flow {Id}" : $"{Transport}:{Peer}";
}
