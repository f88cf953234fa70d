using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Activities;
using Ringwright.Switch.Bridges;
using Ringwright.Switch.Conferences;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>What a leg is told, or its shard about one that is to be or is gone.</summary>
public abstract record LegMessage : ShardMessage.ToActor
{
    private LegMessage() { }

    private static Subject AddressOf(LegId leg) => new(SubjectKind.Leg, leg.Value);

    /// <summary>
    /// Answered by <see cref="Effect.Acknowledge"/> with the same number, in the same turn unless another leg has to agree.
    /// </summary>
    public sealed record Command(long Correlation, LegId Leg, LegCommand What) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
        internal override long? Asker => Correlation;
    }

    /// <summary>An outbound leg whose gate and port are taken.</summary>
    /// <param name="Codecs">SDP names that the connection allows, in order of preference.</param>
    public sealed record Dial(LegFacts Leg, DialRequest Request, DialPlan Plan, PortLease Lease, IReadOnlyList<string> Codecs) : LegMessage
    {
        /// <summary>Its first row is committed; else the leg sees to that before it sends anything.</summary>
        public bool IsCommitted { get; init; } = true;

        /// <summary>Neither gate nor trunk counts it yet: it waits until they have room, and calls nobody before.</summary>
        public bool IsHeld { get; init; }

        /// <summary>The leg that the gate counts in place of this one; null for itself.</summary>
        public LegId? AtGate { get; init; }

        /// <summary>Of the initial INVITE, when its first row has spoken of it.</summary>
        public InviteNames? Names { get; init; }

        /// <summary>What the first row says of it.</summary>
        public string? RecoveryBye { get; init; }

        /// <summary>
        /// All legs that are dialled together for one call, this one among them; they live on this shard. Empty for a leg alone.
        /// </summary>
        public IReadOnlyList<LegId> Rivals { get; init; } = [];

        internal override Subject To => AddressOf(Leg.Id);
    }

    /// <summary>A leg is dialled for this one and in no bridge with it yet: when this one ends, the other is to be let go.</summary>
    public sealed record DialledFor(LegId Leg, LegId Dialled) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>Nobody waits any longer for this leg to be answered.</summary>
    public sealed record Withdraw(LegId Leg, WithdrawReason Why) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>What a bridge wants of a leg.</summary>
    public sealed record Ordered(LegId Leg, BridgeId Bridge, BridgeOrder Order) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
        internal override long? Asker => (Order as BridgeOrder.Invite)?.Correlation;
    }

    /// <summary>It waits in that queue now.</summary>
    public sealed record Admitted(LegId Leg, QueueId Queue, long Correlation) : LegMessage
    {
        public required long Entry { get; init; }
        public required int Position { get; init; }
        public required TimeSpan AverageWait { get; init; }

        internal override Subject To => AddressOf(Leg);
        internal override long? Asker => Correlation;
    }

    /// <summary>The queue does not take it.</summary>
    public sealed record NotAdmitted(LegId Leg, Refusal Why, long Correlation) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
        internal override long? Asker => Correlation;
    }

    /// <summary>It waits in that queue no longer; said once of each that was admitted.</summary>
    public sealed record Dequeued(LegId Leg, QueueId Queue, DequeueReason Reason) : LegMessage
    {
        public required int Position { get; init; }
        public required TimeSpan Waited { get; init; }

        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>The first call of a queue is out of it, for this leg.</summary>
    /// <param name="First">Null when nobody waits there.</param>
    public sealed record FirstTaken(LegId Leg, LegId? First, LegCommand.BridgeQueue What, long Correlation) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
        internal override long? Asker => Correlation;
    }

    /// <summary>What a conference wants of a leg.</summary>
    public sealed record Conferred(LegId Leg, ConferenceId Conference, ConferenceOrder Order) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>Another leg supervises this one, in another way than before perhaps, or will when it is answered.</summary>
    /// <param name="Tenant">The supervisor's.</param>
    public sealed record Supervised(LegId Leg, TenantId Tenant, Supervisor By) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>That one does no longer.</summary>
    public sealed record Unsupervised(LegId Leg, LegId By) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>What becomes of a supervisor.</summary>
    /// <param name="Of">The leg that it supervises.</param>
    public sealed record Supervises(LegId Leg, LegId Of, SupervisorOrder Order) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>The leg that this one is bridged to has it say something.</summary>
    public sealed record SayFor(LegId Leg, LegId By, OrderedSound Sound, StopWhat Stop) : LegMessage
    {
        /// <summary>Answered by <see cref="Said"/>.</summary>
        public bool IsTold { get; init; }

        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>What that one has ordered is to end.</summary>
    public sealed record StopFor(LegId Leg, LegId By, StopWhat What) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>What becomes of an order of this leg.</summary>
    /// <param name="Ended">Null when it begins.</param>
    public sealed record Said(LegId Leg, OrderedSound Sound, PlayStatus? Ended) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>The outcome of an <see cref="Effect.Append"/> that asked for it; a failure comes unasked too, and ends the leg.</summary>
    public sealed record Committed(LegId Leg, bool IsCommitted) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>The outcome of an <see cref="Effect.KeepRecoveryBye"/> that asked for it.</summary>
    public sealed record RecoveryByeKept(LegId Leg, int Correlation, bool IsCommitted) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>
    /// Whoever this leg talks to refers it to somebody else. Answered by <see cref="ReferNews"/> to the referrer, at last with a final one.
    /// </summary>
    /// <param name="Bridge">In which they are joined; a leg that is elsewhere now is not carried.</param>
    /// <param name="Request">Whom to call; null when the referrer has another call with him, of which <see cref="Found"/> tells.</param>
    public sealed record Carry(LegId Leg, LegId Referrer, BridgeId Bridge, DialRequest? Request) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>The dialog that is sought is this leg's.</summary>
    public sealed record Sought(LegId Leg, ShardMessage.SeekDialog What) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>What came of <see cref="ShardMessage.SeekDialog"/>.</summary>
    /// <param name="Other">The party of that dialog, which is carried too; null with the status that says why not.</param>
    public sealed record Found(LegId Leg, LegId Referrer, LegId? Other, int Status) : LegMessage
    {
        /// <summary>Nobody has answered there yet: whom to call in place of the far end, who has left.</summary>
        public DialRequest? Request { get; init; }

        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>What becomes of whom this leg's far end has referred, as the status of a response.</summary>
    public sealed record ReferNews(LegId Leg, int Status) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    public sealed record PromptReady(LegId Leg, int Correlation, PromptResult Result) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>Ways to try, best first; empty when there are none that calls may go.</summary>
    /// <param name="IsTrunks">One of the addresses is one that a trunk's name leads to.</param>
    public sealed record Resolved(LegId Leg, int Correlation, IReadOnlyList<SipFlow> Flows, bool IsTrunks = false) : LegMessage
    {
        /// <summary>Why there are none, as part of a sentence.</summary>
        public string? Trouble { get; init; }

        internal override Subject To => AddressOf(Leg);
    }

    /// <summary>News of what the leg has ordered to have its audio.</summary>
    public sealed record LiveAudioTold(LegId Leg, Guid Order, LiveAudioNews News) : LegMessage
    {
        internal override Subject To => AddressOf(Leg);
    }

    public sealed record Media(MediaEvent What) : LegMessage
    {
        internal override Subject To => What.Owner;
    }
}

public enum WithdrawReason
{
    /// <summary>Another of the destinations that were dialled together was faster.</summary>
    AnotherAnswered,
    /// <summary>The leg that it was dialled for has ended.</summary>
    PartnerLeft,
    /// <summary>The same, for somebody else has answered the caller.</summary>
    PartnerElsewhere,
}
