using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Bridges;

/// <summary>What a bridge is told, or its shard about one that is to be.</summary>
public abstract record BridgeMessage : ShardMessage.ToActor
{
    private BridgeMessage() { }

    /// <summary>Legs are to be bridged by an actor of this shard.</summary>
    /// <param name="Correlation">Acknowledged by the second leg, when a command waits for that.</param>
    public sealed record Form(BridgeTerms Terms, long? Correlation) : BridgeMessage
    {
        internal override Subject To => new(SubjectKind.Bridge, default);
        internal override long? Asker => Correlation;
    }

    /// <summary>What the port of its room says.</summary>
    public sealed record Media(MediaEvent What) : BridgeMessage
    {
        internal override Subject To => What.Owner;
    }

    /// <summary>What a leg tells its bridge.</summary>
    public sealed record Noted(BridgeId Bridge, LegId From, BridgeNote Note) : BridgeMessage
    {
        internal override Subject To => new(SubjectKind.Bridge, Bridge.Value);
    }
}

/// <summary>What a leg tells the bridge that it is invited to or in.</summary>
public abstract record BridgeNote
{
    private BridgeNote() { }

    public sealed record Entered(PortId Port, bool IsReady) : BridgeNote;

    /// <param name="HasAudio">The far end's network speaks already, or has said where it will.</param>
    /// <param name="IsAlerting">The far end itself rings: somebody is called there (180).</param>
    public sealed record Ringing(bool HasAudio, bool IsAlerting = false) : BridgeNote;

    /// <summary>Answered, and whatever it was to hear first is over.</summary>
    public sealed record Ready : BridgeNote;

    /// <summary>Its party holds the call, or does no longer; said by legs that are joined.</summary>
    public sealed record Held(bool IsOn) : BridgeNote;

    /// <summary>Who listens in on it, all of them; said by legs that are joined.</summary>
    public sealed record Supervised(IReadOnlyList<Supervisor> By) : BridgeNote;

    /// <summary>The leg has ended, has gone to another bridge, or never was.</summary>
    public sealed record Left : BridgeNote
    {
        /// <summary>Why an outbound leg was never answered.</summary>
        public BridgeFailure? Failure { get; init; }

        /// <summary>It was joined to a rival first.</summary>
        public bool IsWon { get; init; }

        /// <summary>Somebody else has answered its caller.</summary>
        public bool IsElsewhere { get; init; }
    }
}

/// <summary>What a bridge wants of one of its legs.</summary>
public abstract record BridgeOrder
{
    private BridgeOrder() { }

    /// <param name="Correlation">Acknowledged when the leg has heard of it and a command waits for that.</param>
    /// <param name="Record">To be made when the leg is joined.</param>
    /// <param name="HasRivals">Other bridges to which it was invited so go on forming beside this one.</param>
    /// <param name="Only">Of a leg that is not to be taken from whoever it is bridged to: the one that this bridge is with.</param>
    public sealed record Invite(long? Correlation, RecordPlan? Record = null, bool HasRivals = false, LegId? Only = null) : BridgeOrder;

    public sealed record Answer : BridgeOrder;

    /// <summary>The other rings: a caller who has not been answered may hear that he is through.</summary>
    public sealed record Ring : BridgeOrder;

    public sealed record HearRing(RingTone Tone) : BridgeOrder;

    /// <summary>Before the answer, the own or the other's: hear what that port hears.</summary>
    public sealed record HearEarly(PortId Peer) : BridgeOrder;

    /// <summary>The one whose network is to be heard rings: that tone is heard until something comes of it.</summary>
    public sealed record RingMeanwhile(PortId Peer, RingTone Tone) : BridgeOrder;

    public sealed record Join(LegId Partner, PortId Peer, bool PassesDigits) : BridgeOrder;

    /// <summary>Of those who are joined: hear each other in a room, in which supervisors are too.</summary>
    public sealed record Meet(PortId Room) : BridgeOrder;

    /// <summary>Out of the room: as before it.</summary>
    public sealed record Part : BridgeOrder;

    /// <summary>The other's party holds the call, or does no longer.</summary>
    public sealed record BeHeld(bool IsOn) : BridgeOrder;

    /// <summary>The other has left, so the bridge is over.</summary>
    public sealed record Release(bool HangsUp) : BridgeOrder
    {
        /// <summary>Why the other was never answered, for a caller who is told the same.</summary>
        public BridgeFailure? Failure { get; init; }

        /// <summary>The other was joined to a rival first.</summary>
        public bool IsLost { get; init; }

        /// <summary>Somebody else has answered the caller.</summary>
        public bool IsElsewhere { get; init; }
    }
}

/// <summary>What ended a leg before it was answered.</summary>
public readonly record struct BridgeFailure(HangupCause Cause, int? SipStatus)
{
    /// <summary>What a far end that refused said in Q.850.</summary>
    public int? IsdnCause { get; init; }
}
