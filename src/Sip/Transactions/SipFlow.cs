using System.Net;

namespace Ringwright.Sip.Transactions;

public enum SipTransport : byte { Udp, Tcp, Tls, WebSocket, SecureWebSocket }

/// <summary>A way to one peer: transport and remote address.</summary>
public readonly record struct SipFlow(SipTransport Transport, IPEndPoint Remote)
{
    /// <summary>The transport repeats what is lost, so transactions need not (RFC 3261 §17).</summary>
    public bool IsReliable => Transport is not SipTransport.Udp;

    public static SipFlow Udp(IPEndPoint remote) => new(SipTransport.Udp, remote);

    public override string ToString() => $"{Transport}:{Remote}";
}
