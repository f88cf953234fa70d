using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>Transports as Via and URIs write them, and the ports that stand for them (RFC 3261 §18.1.1, §19.1.1, §19.1.2).</summary>
public static class TransportNames
{
    public const int PlainPort = 5060, SecurePort = 5061;

    /// <summary>As in Via: TCP.</summary>
    public static string Wire(this SipTransport transport) => transport switch
    {
        SipTransport.Tcp => "TCP",
        SipTransport.Tls => "TLS",
        SipTransport.WebSocket => "WS",
        SipTransport.SecureWebSocket => "WSS",
        _ => "UDP",
    };

    public static int DefaultPort(this SipTransport transport) => transport is SipTransport.Tls ? SecurePort : PlainPort;

    /// <summary>
    /// What a URI of ours says to be reached this way: <c>;transport=tcp</c>; nothing for UDP, which goes without saying.
    /// </summary>
    public static string UriParameter(this SipTransport transport) =>
        transport is SipTransport.Udp ? "" : $";transport={transport.Wire().ToLowerInvariant()}";

    /// <summary>The value of a URI's transport parameter, when it names one that we speak.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SipTransport transport)
    {
        transport = text.Is("tcp"u8) ? SipTransport.Tcp : text.Is("tls"u8) ? SipTransport.Tls : SipTransport.Udp;
        return transport is not SipTransport.Udp || text.Is("udp"u8);
    }
}
