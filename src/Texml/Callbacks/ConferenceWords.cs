using System.Diagnostics;
using Ringwright.Calls;

namespace Ringwright.Texml.Callbacks;

/// <summary>What callbacks say of conferences.</summary>
internal static class ConferenceWords
{
    /// <returns>No name where no callback tells of it.</returns>
    public static (string? Name, ConferenceParty? Who, IEnumerable<KeyValuePair<string, string>> More) Of(ConferenceEvent happened) =>
        happened switch
        {
            // One that waits for somebody has begun, and starts with him.
            ConferenceEvent.ConferenceBegan { Terms.StartsAtOnce: true } or ConferenceEvent.ConferenceStarted =>
                ("conference-start", null, []),
            ConferenceEvent.ParticipantJoined e => ("participant-join", e.Who, []),
            ConferenceEvent.ParticipantLeft e => ("participant-leave", e.Who, []),
            ConferenceEvent.FloorChanged e => ("participant-speech-start", e.Who, []),
            ConferenceEvent.ConferenceEnded e => ("conference-end", null, [new("ReasonConferenceEnded", ReasonOf(e.Why))]),
            ConferenceEvent.ConferenceBegan or ConferenceEvent.ParticipantChanged
                or ConferenceEvent.ConferencePlaybackStarted or ConferenceEvent.ConferencePlaybackEnded
                or ConferenceEvent.ConferenceSpeakStarted or ConferenceEvent.ConferenceSpeakEnded => (null, null, []),
            _ => throw new UnreachableException(),
        };

    private static string ReasonOf(ConferenceEnd why) => why switch
    {
        ConferenceEnd.AllLeft => "last-participant-left",
        ConferenceEnd.HostLeft => "participant-with-end-conference-on-exit-left",
        ConferenceEnd.TimeExceeded => "time-limit",
        ConferenceEnd.Commanded => "conference-ended-via-api",
        _ => "internal-error",
    };

    /// <summary>As statusCallbackEvent has it: "start" of "conference-start".</summary>
    public static string Short(string name) => name switch
    {
        "conference-start" => "start",
        "conference-end" => "end",
        "participant-join" => "join",
        "participant-leave" => "leave",
        _ => "speaker",
    };
}
