using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Transactions;

/// <summary>Names a client transaction of one layer.</summary>
public readonly record struct ClientTransactionId(long Value);

/// <summary>Names a server transaction of one layer.</summary>
public readonly record struct ServerTransactionId(long Value);

/// <summary>What the transaction layer wants done (<see cref="Transmit"/>) or tells its user.</summary>
public abstract record TransactionOutput
{
    private TransactionOutput() { }

    /// <summary>Send these bytes. If that fails, hand this same value to <see cref="TransactionLayer.HandleTransportError"/>.</summary>
    public sealed record Transmit(ReadOnlyMemory<byte> Bytes, SipFlow To) : TransactionOutput
    {
        internal ClientTransactionId Client { get; init; }
        internal ServerTransactionId Server { get; init; }
        /// <summary>A request whose answer is waited for.</summary>
        public bool IsRequest => Client.Value != 0;
        /// <summary>Answers that keep no state may be thrown away when there are too many of them.</summary>
        public bool IsStateless { get; init; }
    }

    /// <summary>
    /// A new request, not a retransmission, neither ACK nor CANCEL. An INVITE has been answered with 100.
    /// Answer it with <see cref="TransactionLayer.Respond(ServerTransactionId, SipResponse, Core.Instant)"/>.
    /// </summary>
    public sealed record RequestReceived(ServerTransactionId Transaction, SipRequest Request, SipFlow From) : TransactionOutput;

    /// <summary>An ACK for a 2xx; find its dialog by Call-ID and tags. (An ACK for another response ends in the layer.)</summary>
    public sealed record AckReceived(SipRequest Request, SipFlow From) : TransactionOutput;

    /// <summary>
    /// The peer cancels this INVITE, which has no final response yet; the CANCEL has been answered. Answer the INVITE with 487.
    /// </summary>
    public sealed record CancelReceived(ServerTransactionId Invite, SipRequest Cancel) : TransactionOutput;

    /// <summary>
    /// A response, retransmissions left out, except that every 2xx to an INVITE comes up (forks and retransmissions: RFC 6026).
    /// The ACK for 300 and above has been sent; the ACK for 2xx is the user's.
    /// </summary>
    public sealed record ResponseReceived(ClientTransactionId Transaction, SipResponse Response, SipFlow From) : TransactionOutput;

    /// <summary>No final response in time (timer B or F, or 64*T1 after a CANCEL): treat as 408, or 487 when it was cancelled.</summary>
    public sealed record TimedOut(ClientTransactionId Transaction, bool IsCancelled) : TransactionOutput;

    /// <summary>The request could not be sent: treat as 503.</summary>
    /// <param name="Reason">What the transport knows of it.</param>
    public sealed record TransportFailed(ClientTransactionId Transaction, string? Reason = null) : TransactionOutput;

    /// <summary>Nobody acknowledged our 300-699 (timer H).</summary>
    public sealed record AckTimedOut(ServerTransactionId Transaction) : TransactionOutput;

    /// <summary>Nothing more will come of this transaction; forget it.</summary>
    public sealed record ClientEnded(ClientTransactionId Transaction) : TransactionOutput;

    /// <summary>Nothing more will come of this transaction; forget it.</summary>
    public sealed record ServerEnded(ServerTransactionId Transaction) : TransactionOutput;
}
