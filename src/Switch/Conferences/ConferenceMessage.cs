using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Switch.Conferences;

/// <summary>
/// What a conference is told. Who makes one names it by its account and name, on the shard where that name is at home; all others know
/// its id.
/// </summary>
public abstract record ConferenceMessage : ShardMessage.ToActor
{
    private ConferenceMessage() { }

    /// <summary>
    /// A leg makes a conference. Answered by <see cref="ConferenceOrder.Enter"/> or <see cref="ConferenceOrder.StayOut"/>.
    /// </summary>
    /// <param name="Correlation">Of the command; null when nobody waits for an answer. So with <see cref="Join"/>.</param>
    public sealed record Create(LegFacts Leg, PortId Port, LegCommand.CreateConference What, long? Correlation) : ConferenceMessage
    {
        internal override Subject To => new(SubjectKind.Conference, default);
    }

    /// <summary>A leg wants to take part. Answered as <see cref="Create"/> is.</summary>
    public sealed record Join(LegFacts Leg, PortId Port, LegCommand.JoinConference What, long? Correlation) : ConferenceMessage
    {
        internal override Subject To => Subject.Of(What.Conference);
    }

    /// <summary>A leg goes: it ends, or talks to somebody else now. <see cref="ConferenceOrder.Out"/> answers, or is on its way.</summary>
    public sealed record Depart(ConferenceId Conference, LegId Leg, ConferenceParty Who, bool HasEnded) : ConferenceMessage
    {
        internal override Subject To => Subject.Of(Conference);
    }

    /// <summary>A leg's labels are others now.</summary>
    public sealed record Relabelled(ConferenceId Conference, ConferenceParty Who) : ConferenceMessage
    {
        internal override Subject To => Subject.Of(Conference);
    }

    public sealed record Talking(ConferenceId Conference, LegId Leg, bool IsTalking) : ConferenceMessage
    {
        internal override Subject To => Subject.Of(Conference);
    }

    /// <summary>What one leg alone was to hear of the conference's has begun, or is over.</summary>
    /// <param name="Ended">Null when it has begun.</param>
    public sealed record Sounded(ConferenceId Conference, LegId Leg, OrderedSound Sound, PlayStatus? Ended) : ConferenceMessage
    {
        internal override Subject To => Subject.Of(Conference);
    }

    /// <summary>The outcome of its first event's <see cref="Effect.Append"/>.</summary>
    public sealed record Committed(ConferenceId Conference, bool IsCommitted) : ConferenceMessage
    {
        internal override Subject To => Subject.Of(Conference);
    }

    public sealed record Command(long Correlation, ConferenceId Conference, ConferenceCommand What) : ConferenceMessage
    {
        internal override Subject To => Subject.Of(Conference);
        internal override long? Asker => Correlation;
    }

    public sealed record PromptReady(ConferenceId Conference, int Correlation, PromptResult Result) : ConferenceMessage
    {
        internal override Subject To => Subject.Of(Conference);
    }

    /// <summary>Of the conference's own port.</summary>
    public sealed record Media(MediaEvent What) : ConferenceMessage
    {
        internal override Subject To => What.Owner;
    }
}

/// <summary>What a conference wants of a leg.</summary>
public abstract record ConferenceOrder
{
    private ConferenceOrder() { }

    /// <summary>It takes part from now on.</summary>
    /// <param name="Who">The leg itself, as the conference knows it.</param>
    /// <param name="Room">The conference's port.</param>
    public sealed record Enter(ConferenceParty Who, PortId Room, RoomMember As, PromptSource? HoldAudio, long? Correlation)
        : ConferenceOrder;

    public sealed record StayOut(Refusal Why, long? Correlation) : ConferenceOrder;

    /// <summary>It takes part otherwise.</summary>
    public sealed record Change(PortId Room, RoomMember As, PromptSource? HoldAudio) : ConferenceOrder;

    /// <summary>It alone is to hear something, behind what it hears of this kind already.</summary>
    public sealed record Sound(OrderedSound What) : ConferenceOrder;

    public sealed record Silence : ConferenceOrder;

    /// <summary>It takes part no longer; said once of each that entered.</summary>
    public sealed record Out(bool HangsUp) : ConferenceOrder;
}
