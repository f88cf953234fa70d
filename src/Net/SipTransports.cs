using Ringwright.Core;
using Ringwright.Net.Streams;
using Ringwright.Sip.Transactions;

namespace Ringwright.Net;

/// <summary>Every way out: datagrams by the UDP socket of their network, the rest by connections.</summary>
internal sealed class SipTransports(IReadOnlyList<UdpTransport> udp, StreamTransport streams)
{
    /// <summary>
    /// Safe from any thread. False when the message did not leave; over a connection its sender may also hear of that later.
    /// </summary>
    public bool TrySend(TransactionOutput.Transmit message, Mailbox? sender) => message.To.Transport switch
    {
        SipTransport.Udp => udp[message.To.Network].TrySend(message.Bytes.Span, message.To.Remote),
        SipTransport.Tcp or SipTransport.Tls => streams.TrySend(new(message, sender)),
        _ => false,
    };

    /// <summary>Where such a message really goes: by the open connection, when there is one.</summary>
    public SipFlow Actual(SipFlow flow) => flow.IsReliable ? streams.Actual(flow) : flow;

    /// <summary>The flow with the identity of the connection that is open to this peer, or will be.</summary>
    /// <param name="host">The name that was dialled: over TLS its certificate must carry it.</param>
    public SipFlow To(SipFlow flow, string host, TrunkId? trunk) => flow.Transport switch
    {
        SipTransport.Tcp => flow with { Id = streams.IdOf(new(flow.Transport, flow.Remote, null, null, flow.Network)) },
        SipTransport.Tls => flow with { Id = streams.IdOf(new(flow.Transport, flow.Remote, host, trunk, flow.Network)) },
        _ => flow,
    };
}
