using System.Diagnostics;
using System.Text.Json.Serialization;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What happened to a conference. Its recordings are told of as those of one of its legs.</summary>
public abstract record ConferenceEvent : SubjectEvent
{
    private ConferenceEvent() { }

    public required ConferenceFacts Conference { get; init; }

    [JsonIgnore] public sealed override Subject Subject => Subject.Of(Conference.Id);
    [JsonIgnore] public sealed override TenantId Tenant => Conference.Tenant;
    [JsonIgnore] public sealed override Instant BeganAt => Conference.BeganAt;

    [JsonIgnore]
    public sealed override LifeStage Stage => this switch
    {
        ConferenceBegan => LifeStage.First,
        ConferenceEnded => LifeStage.Last,
        ConferenceStarted or ParticipantJoined or ParticipantChanged or ParticipantLeft or FloorChanged or ConferencePlaybackStarted
            or ConferencePlaybackEnded or ConferenceSpeakStarted or ConferenceSpeakEnded => LifeStage.Within,
        _ => throw new UnreachableException(),
    };

    /// <summary>Its first participant is about to join.</summary>
    public sealed record ConferenceBegan(ConferenceTerms Terms) : ConferenceEvent;

    /// <summary>It waited for somebody, who has joined.</summary>
    public sealed record ConferenceStarted : ConferenceEvent;

    /// <param name="Participant">Names this part; a leg that comes again has another.</param>
    public sealed record ParticipantJoined(ConferenceParty Who, Guid Participant, Participation As) : ConferenceEvent;

    public sealed record ParticipantChanged(LegId Leg, Guid Participant, Participation As) : ConferenceEvent;

    public sealed record ParticipantLeft(ConferenceParty Who, Guid Participant) : ConferenceEvent
    {
        /// <summary>Null where that is not known, as after a crash.</summary>
        public LeaveReason? Why { get; init; }
    }

    /// <summary>Another one speaks now.</summary>
    public sealed record FloorChanged(ConferenceParty Who) : ConferenceEvent;

    /// <param name="Who">Who alone hears it; null when all do. So with the three below.</param>
    public sealed record ConferencePlaybackStarted(Guid Playback, PromptSource Source, ConferenceParty? Who) : ConferenceEvent;

    public sealed record ConferencePlaybackEnded(Guid Playback, PromptSource Source, ConferenceParty? Who, PlayStatus Status)
        : ConferenceEvent
    {
        public ConferenceAnnouncement? Announcement { get; init; }
    }

    public sealed record ConferenceSpeakStarted(Guid Speak, ConferenceParty? Who) : ConferenceEvent;

    public sealed record ConferenceSpeakEnded(Guid Speak, ConferenceParty? Who, PlayStatus Status) : ConferenceEvent
    {
        public ConferenceAnnouncement? Announcement { get; init; }
    }

    /// <param name="By">Whose leaving ended it; null when none did.</param>
    public sealed record ConferenceEnded(ConferenceEnd Why, ConferenceParty? By) : ConferenceEvent;
}

/// <summary>Why a call takes part in a conference no more.</summary>
public enum LeaveReason
{
    /// <summary>It has ended.</summary>
    CallEnded,
    /// <summary>It goes on elsewhere.</summary>
    WentOn,
    /// <summary>A command took it out.</summary>
    TakenOut,
    /// <summary>One left who was to end the conference.</summary>
    HostLeft,
    /// <summary>A command ended the conference.</summary>
    ConferenceEnded,
}

/// <summary>Why a conference is no more.</summary>
public enum ConferenceEnd
{
    AllLeft,
    /// <summary>One left who was to end it.</summary>
    HostLeft,
    TimeExceeded,
    /// <summary>Somebody ordered it.</summary>
    Commanded,
    /// <summary>The node stopped, or was killed, while it went on.</summary>
    NodeRestart,
    /// <summary>A fault of ours, or a media process that died.</summary>
    Internal,
}

/// <param name="Uuid">What customers call it by.</param>
/// <param name="Creator">The leg that it was made by.</param>
public sealed record ConferenceFacts(ConferenceId Id, Guid Uuid, TenantId Tenant, string Name, Instant BeganAt, ConferenceParty Creator);

/// <summary>A leg, as far as events of conferences tell of it.</summary>
/// <param name="Labels">Its own, as they were when it last said something.</param>
public sealed record ConferenceParty(LegId Leg, Guid Uuid, SessionId Session, ConnectionId Connection, Labels Labels)
{
    public static ConferenceParty Of(LegFacts leg) => new(leg.Id, leg.Uuid, leg.Session, leg.Connection, leg.Labels);
}
