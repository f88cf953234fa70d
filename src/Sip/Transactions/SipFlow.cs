using System.Net;
using Ringwright.Core;

namespace Ringwright.Sip.Transactions;

/// <summary>
/// A way to one peer: transport, remote address and, where there is one, the connection. A message goes by that connection as long as it is
/// open, else a new one is opened to <see cref="Remote"/> (RFC 3261 §18, RFC 5923).
/// </summary>
public readonly record struct SipFlow(SipTransport Transport, IPEndPoint Remote)
{
    /// <summary>The number that the transport gave to the connection; 0 is none in particular.</summary>
    public long Connection { get; init; }

    /// <summary>Which of the addresses in messages that come this way are believed.</summary>
    public NatPolicy Nat { get; init; }

    /// <summary>To another leg of this node: nothing leaves it, and nobody outside can say that a message came this way.</summary>
    public bool IsInside { get; private init; }

    /// <summary>The transport repeats what is lost, so transactions need not (RFC 3261 §17).</summary>
    public bool IsReliable => Transport is not SipTransport.Udp;

    public static SipFlow Udp(IPEndPoint remote) => new(SipTransport.Udp, remote);

    /// <param name="own">Our own place, as Via and Contact write it.</param>
    public static SipFlow Inside(IPEndPoint own) => new(SipTransport.Tcp, own) { IsInside = true };

    public SipFlow Under(NatPolicy nat) => this with { Nat = nat };

    public override string ToString() => IsInside ? "inside" : $"{Transport}:{Remote}";
}
