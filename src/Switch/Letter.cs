using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Goodbyes;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch;

/// <summary>What a shard is told. Each is handled in one turn; the actor that it is for may be gone by then, which is normal.</summary>
public abstract record Letter
{
    private Letter() { }

    /// <summary>A message that <see cref="FrontDoor"/> let in. The shard owns the bytes from here on.</summary>
    public sealed record Received(ReadOnlyMemory<byte> Bytes, SipFlow From) : Letter
    {
        /// <summary>The customer whose credentials or address the front door has seen; null for trunks, and inside dialogs.</summary>
        public SipCaller? Caller { get; init; }
    }

    /// <summary>Registrations of an earlier start; to the first shard, before any other letter.</summary>
    public sealed record Restore(IReadOnlyList<Registration> Registrations) : Letter;

    /// <summary>Legs that an earlier start left alive, to be ended at their far ends; before any message that is received.</summary>
    public sealed record SayGoodbye(IReadOnlyList<KeptGoodbye> Kept) : Letter;

    /// <summary>Answered by <see cref="Effect.Acknowledge"/> with the same number, in the same turn unless another leg has to agree.</summary>
    public sealed record Command(long Correlation, LegId Leg, LegCommand What) : Letter;

    /// <summary>An outbound leg whose gate and port are taken.</summary>
    /// <param name="Codecs">SDP names that the connection allows, in order of preference.</param>
    public sealed record Dial(LegFacts Leg, DialRequest Request, DialPlan Plan, PortLease Lease, IReadOnlyList<string> Codecs) : Letter
    {
        /// <summary>Its first row is committed; else the leg sees to that before it sends anything.</summary>
        public bool IsCommitted { get; init; } = true;

        /// <summary>The leg that the gate counts in place of this one; null for itself.</summary>
        public LegId? AtGate { get; init; }

        /// <summary>Of the first INVITE, when its first row has spoken of it.</summary>
        public InviteNames? Names { get; init; }

        /// <summary>What the first row says of it.</summary>
        public string? Goodbye { get; init; }

        /// <summary>All legs that are dialled together for one call, this one among them; they live on this shard. Empty for a leg alone.</summary>
        public IReadOnlyList<LegId> Rivals { get; init; } = [];
    }

    /// <summary>A leg is dialled for this one and in no bridge with it yet: when this one ends, the other is to be let go.</summary>
    public sealed record DialledFor(LegId Leg, LegId Dialled) : Letter;

    /// <summary>Nobody waits any longer for this leg to be answered.</summary>
    public sealed record LetGo(LegId Leg, LetGoReason Why) : Letter;

    /// <summary>Two legs are to be bridged by an actor of this shard.</summary>
    /// <param name="Correlation">Acknowledged by the second leg, when a command waits for that.</param>
    public sealed record FormBridge(BridgeTerms Terms, long? Correlation) : Letter;

    /// <summary>What a leg tells its bridge.</summary>
    public sealed record ToBridge(BridgeId Bridge, LegId From, BridgeNote Note) : Letter;

    /// <summary>What a bridge wants of a leg.</summary>
    public sealed record ToLeg(LegId Leg, BridgeId Bridge, BridgeOrder Order) : Letter;

    /// <summary>The outcome of an <see cref="Effect.Append"/> that asked for it; a failure comes unasked too, and ends the leg.</summary>
    public sealed record Committed(LegId Leg, bool IsCommitted) : Letter;

    /// <summary>The outcome of an <see cref="Effect.KeepGoodbye"/> that asked for it.</summary>
    public sealed record GoodbyeKept(LegId Leg, int Correlation, bool IsCommitted) : Letter;

    /// <summary>The outcome of an <see cref="Effect.AwaitGate"/>, in bounded time: a gate that did not answer has refused.</summary>
    public sealed record GateAnswered(int Correlation, GateAnswer Answer) : Letter;

    public sealed record PromptReady(LegId Leg, int Correlation, PromptResult Result) : Letter;

    /// <summary>Ways to try, best first; empty when there are none that calls may go.</summary>
    /// <param name="IsTrunks">One of the addresses is one that a trunk's name leads to.</param>
    public sealed record Resolved(LegId Leg, int Correlation, IReadOnlyList<SipFlow> Flows, bool IsTrunks = false) : Letter
    {
        /// <summary>Why there are none, as part of a sentence.</summary>
        public string? Trouble { get; init; }
    }

    public sealed record Media(MediaEvent What) : Letter;

    /// <summary>These ports are gone, all at once: what one leg does then must not look to the next like the cause.</summary>
    public sealed record MediaLost(IReadOnlyList<MediaEvent.Lost> Ports) : Letter;

    /// <summary>This message could not be sent.</summary>
    /// <param name="IsLost">It went by a connection that was lost before an answer came; by another one it may arrive.</param>
    /// <param name="Reason">Why, for the record of the call.</param>
    public sealed record SendFailed(TransactionOutput.Transmit What, bool IsLost = false, string? Reason = null) : Letter;

    /// <summary>New calls are refused from now on.</summary>
    public sealed record Drain : Letter;

    /// <summary>The node stops: every leg ends with this cause, and none begins any more.</summary>
    public sealed record EndAll(HangupCause Cause) : Letter;

    /// <summary>Every leg that is up ends with this cause; later ones may begin.</summary>
    public sealed record EndCalls(HangupCause Cause) : Letter;

    /// <summary>One OPTIONS request outside any dialog; answered by <see cref="Effect.Pinged"/>.</summary>
    public sealed record Ping(long Correlation, SipFlow Target, string Host) : Letter;
}

public enum LetGoReason
{
    /// <summary>Another of the destinations that were dialled together was faster.</summary>
    AnotherAnswered,
    /// <summary>The leg that it was dialled for has ended.</summary>
    PartnerLeft,
}
