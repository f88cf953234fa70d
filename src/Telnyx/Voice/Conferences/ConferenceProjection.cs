using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice.Conferences;

/// <summary>
/// Events of conferences as webhooks of the contract. Those of the whole room name no call, but the session that made it.
/// </summary>
internal static class ConferenceProjection
{
    public static IReadOnlyList<Type> Ignored { get; } =
    [
        typeof(ConferenceEvent.ConferenceStarted),      // no webhook tells that a conference that waited has started
        typeof(ConferenceEvent.ParticipantChanged),     // nor of mute and hold
    ];

    /// <summary>The contract's names of the webhooks that are really sent.</summary>
    public static IReadOnlyList<string> Emitted { get; } =
    [
        "conferenceCreated", "conferenceEnded", "conferenceFloorChanged", "conferenceParticipantJoined", "conferenceParticipantLeft",
        "conferenceParticipantPlaybackEnded", "conferenceParticipantPlaybackStarted", "conferenceParticipantSpeakEnded",
        "conferenceParticipantSpeakStarted", "conferencePlaybackEnded", "conferencePlaybackStarted", "conferenceRecordingSaved",
        "conferenceSpeakEnded", "conferenceSpeakStarted",
    ];

    public static IReadOnlyList<string> EventTypes { get; } =
    [
        "conference.created", "conference.ended", "conference.floor.changed", "conference.participant.joined",
        "conference.participant.left", "conference.participant.playback.ended", "conference.participant.playback.started",
        "conference.participant.speak.ended", "conference.participant.speak.started", "conference.playback.ended",
        "conference.playback.started", RecordingSaved, "conference.speak.ended", "conference.speak.started",
    ];

    public const string RecordingSaved = "conference.recording.saved";

    /// <summary>
    /// The event's name, whose call it tells of (null: of the whole room's), and the fields that it has beside the shared ones; null when
    /// no webhook tells of it.
    /// </summary>
    public static (string EventType, ConferenceParty? Who, (string Name, JsonNode? Value)[] Fields)? Describe(ConferenceEvent happened)
    {
        var creator = happened.Conference.Creator;
        return happened switch
        {
            ConferenceEvent.ConferenceBegan => ("conference.created", creator, []),
            ConferenceEvent.ParticipantJoined e => ("conference.participant.joined", e.Who, []),
            ConferenceEvent.ParticipantLeft e => ("conference.participant.left", e.Who, []),
            ConferenceEvent.FloorChanged e => ("conference.floor.changed", e.Who, []),
            ConferenceEvent.ConferencePlaybackStarted e => (Name(e.Who, "playback.started"), e.Who, [.. Media(e.Source), Creator()]),
            ConferenceEvent.ConferencePlaybackEnded e => (Name(e.Who, "playback.ended"), e.Who, [.. Media(e.Source), Creator()]),
            ConferenceEvent.ConferenceSpeakStarted e => (Name(e.Who, "speak.started"), e.Who, [Creator()]),
            ConferenceEvent.ConferenceSpeakEnded e => (Name(e.Who, "speak.ended"), e.Who, [Creator()]),
            ConferenceEvent.ConferenceEnded e =>
                ("conference.ended", e.By ?? creator, [("reason", ConferenceReads.Word(e.Why))]),
            ConferenceEvent.ConferenceStarted or ConferenceEvent.ParticipantChanged => null,    // see Ignored
            _ => throw new UnreachableException(),
        };

        (string, JsonNode?) Creator() => ("creator_call_session_id", creator.Session.ToString());
    }

    private static string Name(ConferenceParty? who, string what) => who is null ? $"conference.{what}" : $"conference.participant.{what}";

    private static (string, JsonNode?)[] Media(PromptSource source) => source switch
    {
        PromptSource.Url url => [("media_url", url.Address)],
        PromptSource.Stored stored => [("media_name", stored.Name)],
        PromptSource.Content or PromptSource.Speech or PromptSource.Tone or PromptSource.Message or PromptSource.Recording
            or PromptSource.Sequence => [],
        _ => throw new UnreachableException(),
    };
}
