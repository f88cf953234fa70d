using System.Net;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch;

/// <summary>What a shard is told. Each is handled in one turn.</summary>
public abstract record ShardMessage
{
    private ShardMessage() { }

    /// <summary>A message that <see cref="IngressFilter"/> let in. The shard owns the bytes from here on.</summary>
    public sealed record Received(ReadOnlyMemory<byte> Bytes, SipFlow From) : ShardMessage
    {
        /// <summary>The customer whose credentials or address the ingress filter has seen; null for trunks, and inside dialogs.</summary>
        public SipCaller? Caller { get; init; }
    }

    /// <summary>Registrations of an earlier start; to the first shard, before any other message.</summary>
    public sealed record Restore(IReadOnlyList<Registration> Registrations) : ShardMessage;

    /// <summary>Legs that an earlier start left alive, to be ended at their far ends; before any message that is received.</summary>
    public sealed record SendRecoveryByes(IReadOnlyList<KeptRecoveryBye> Kept) : ShardMessage;

    /// <summary>For one actor of the shard, or about one that it is to make. Each kind of actors has its own.</summary>
    public abstract record ToActor : ShardMessage
    {
        private protected ToActor() { }

        internal abstract Subject To { get; }

        /// <summary>Whoever waits for what comes of it is told by an <see cref="Effect.Acknowledge"/> with this number.</summary>
        internal virtual long? Asker => null;
    }

    /// <summary>
    /// A far end connects its party to that of another call of its account, whose dialog it names. <see cref="LegMessage.Found"/> answers.
    /// </summary>
    /// <param name="Dialog">As we see it.</param>
    /// <param name="Party">Of the call in which it asks.</param>
    public sealed record SeekDialog(DialogId Dialog, TenantId Tenant, LegId Referrer, LegId Party) : ShardMessage
    {
        /// <summary>A new call asks, which is to take that one's place.</summary>
        public Replacing Replacing { get; init; }

        /// <summary>The trunk that the far end is behind: the other call's must be behind it too. Null for customers' equipment.</summary>
        public TrunkId? Trunk { get; init; }

        /// <summary>
        /// How the party calls whomever that dialog's far end calls, when he only rings yet; where to is left open. Null when it may not.
        /// </summary>
        public DialRequest? Referred { get; init; }
    }

    /// <summary>A SIP user whom somebody watches has other calls than before; to the first shard, which reads them on the board.</summary>
    public sealed record LineChanged(string User) : ShardMessage;

    /// <summary>The outcome of an <see cref="Effect.AwaitGate"/>, in bounded time: a gate that did not answer has refused.</summary>
    public sealed record GateAnswered(int Correlation, GateAnswer Answer) : ShardMessage;

    /// <summary>The outcome of an <see cref="Effect.FindHost"/>; empty when the name leads nowhere.</summary>
    public sealed record HostFound(string Name, IReadOnlyList<IPAddress> Addresses) : ShardMessage;

    /// <summary>These ports are gone, all at once: what one leg does then must not look to the next like the cause.</summary>
    public sealed record MediaLost(IReadOnlyList<MediaEvent.Lost> Ports) : ShardMessage;

    /// <summary>This message could not be sent.</summary>
    /// <param name="IsLost">It went by a connection that was lost before an answer came; by another one it may arrive.</param>
    /// <param name="Reason">Why, for the record of the call.</param>
    public sealed record SendFailed(TransactionOutput.Transmit What, bool IsLost = false, string? Reason = null) : ShardMessage;

    /// <summary>A connection that we had opened is gone; to the first shard, whose registrations with trunks may go by it.</summary>
    public sealed record ConnectionLost(SipFlow Flow) : ShardMessage;

    /// <summary>New calls are refused from now on.</summary>
    public sealed record Drain : ShardMessage;

    /// <summary>The node stops: every leg ends with this cause, and none begins any more.</summary>
    public sealed record EndAll(HangupCause Cause) : ShardMessage;

    /// <summary>Every leg that is up ends with this cause; later ones may begin.</summary>
    public sealed record EndCalls(HangupCause Cause) : ShardMessage;

    /// <summary>One OPTIONS request outside any dialog; answered by <see cref="Effect.Pinged"/>.</summary>
    public sealed record Ping(long Correlation, SipFlow Target, string Host) : ShardMessage;

    /// <summary>A text to the phones of a user; to the first shard, and answered by <see cref="Effect.TextAnswered"/>.</summary>
    public sealed record SendText(long Correlation, PhoneText Text) : ShardMessage;

    /// <summary>The outcome of an <see cref="Effect.TextCame"/>, in bounded time.</summary>
    public sealed record TextJudged(int Correlation, PhoneTextVerdict Verdict) : ShardMessage;
}

/// <summary>Whether a call may take the place of another one (RFC 3891).</summary>
public enum Replacing
{
    No,
    Any,
    /// <summary>Only until that one is answered.</summary>
    Early,
}
