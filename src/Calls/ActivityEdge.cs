using System.Diagnostics;

namespace Ringwright.Calls;

public enum EdgeSide
{
    /// <summary>A moment, or the beginning or the end of the subject itself.</summary>
    Neither,
    Begins,
    Ends,
    /// <summary>Of what outlives a crash: whoever keeps it tells how it ended.</summary>
    Kept,
}

/// <summary>
/// Which events begin what has an end of its own, and which end it: whoever was told that something began is told that it ended, once,
/// also when the process that did it was killed.
/// </summary>
/// <param name="Activity">The same for the beginning and for the end; null where there is none.</param>
public readonly record struct ActivityEdge(EdgeSide Side, string? Activity = null)
{
    /// <summary>The one that begins with a command, and is told of only when it has ended.</summary>
    public const string Gather = "gather";
    private const string Reason = "the node was restarted";

    public static ActivityEdge Of(SubjectEvent happened) => happened switch
    {
        CallEvent call => Of(call),
        ConferenceEvent conference => Of(conference),
        // what lives in a queue are calls, which tell of it
        _ => default,
    };

    /// <summary>The event that ends what another began, because the node was killed meanwhile; null when that began nothing.</summary>
    /// <param name="lasted">From its beginning to the last sign of life.</param>
    public static SubjectEvent? EndOf(SubjectEvent begun, TimeSpan lasted) => begun switch
    {
        CallEvent call => EndOf(call, lasted),
        ConferenceEvent conference => EndOf(conference),
        _ => null,
    };

    private static CallEvent? EndOf(CallEvent begun, TimeSpan lasted) => begun switch
    {
        CallEvent.PlaybackStarted e => new CallEvent.PlaybackEnded(e.Playback, e.Source, PlayStatus.CallHangup, Detail: null)
        {
            Leg = e.Leg, At = e.At, IsOverlay = e.IsOverlay
        },
        CallEvent.SpeakStarted e => new CallEvent.SpeakEnded(e.Speak, PlayStatus.CallHangup)
        {
            Leg = e.Leg, At = e.At, IsOfAgent = e.IsOfAgent
        },
        CallEvent.LegEnqueued e => new CallEvent.LegDequeued(e.Queue, e.Name, DequeueReason.Hangup)
        {
            Leg = e.Leg, At = e.At, Position = e.Position, Waited = lasted
        },
        CallEvent.ReferStarted e => new CallEvent.ReferEnded(487, $"No answer came before {Reason}.") { Leg = e.Leg, At = e.At },
        CallEvent.StreamStarted e => new CallEvent.StreamStopped(e.Stream, e.Url, e.Tracks) { Leg = e.Leg, At = e.At },
        CallEvent.ForkStarted e => new CallEvent.ForkStopped(e.Fork, e.Terms, Reason) { Leg = e.Leg, At = e.At },
        CallEvent.SiprecStarted e => new CallEvent.SiprecStopped(e.Session, e.Connector) { Leg = e.Leg, At = e.At },
        CallEvent.TranscriptionStarted e => new CallEvent.TranscriptionEnded(e.Transcription, e.Tracks, Reason)
        {
            Leg = e.Leg, At = e.At
        },
        CallEvent.AgentStarted e => new CallEvent.AgentEnded(e.Terms, AgentEnd.NodeRestart, lasted) { Leg = e.Leg, At = e.At },
        CallEvent.AgentGathering e => new CallEvent.AgentGatherEnded(e.Terms, e.State) { Leg = e.Leg, At = e.At },
        CallEvent.PlaybackEnded or CallEvent.SpeakEnded or CallEvent.LegDequeued or CallEvent.ReferEnded or CallEvent.StreamStopped
            or CallEvent.StreamFailed or CallEvent.ForkStopped or CallEvent.SiprecStopped or CallEvent.SiprecFailed
            or CallEvent.TranscriptionEnded or CallEvent.AgentEnded or CallEvent.AgentGatherEnded or CallEvent.GatherEnded => null,
        CallEvent.RecordingStarted or CallEvent.RecordingSaved or CallEvent.RecordingFailed or CallEvent.LegInitiated
            or CallEvent.LegEnded => null,
        CallEvent.LegRinging or CallEvent.LegAnswered or CallEvent.LegBridged or CallEvent.LegUnbridged or CallEvent.LegHeld
            or CallEvent.LegHandedOver or CallEvent.LegCharged or CallEvent.LabelsChanged or CallEvent.DigitReceived
            or CallEvent.InfoReceived or CallEvent.Noted or CallEvent.GatherHeard or CallEvent.VoiceChanged or CallEvent.MachineDetected
            or CallEvent.MachineGreetingEnded or CallEvent.SpeechTranscribed or CallEvent.RecordingTranscribed
            or CallEvent.AgentTold or CallEvent.ReferAsked => null,
        _ => throw new UnreachableException(),
    };

    private static ConferenceEvent? EndOf(ConferenceEvent begun) => begun switch
    {
        ConferenceEvent.ParticipantJoined e =>
            new ConferenceEvent.ParticipantLeft(e.Who, e.Participant) { Conference = e.Conference, At = e.At },
        ConferenceEvent.ConferencePlaybackStarted e =>
            new ConferenceEvent.ConferencePlaybackEnded(e.Playback, e.Source, e.Who, PlayStatus.CallHangup)
            {
                Conference = e.Conference, At = e.At
            },
        ConferenceEvent.ConferenceSpeakStarted e => new ConferenceEvent.ConferenceSpeakEnded(e.Speak, e.Who, PlayStatus.CallHangup)
        {
            Conference = e.Conference, At = e.At
        },
        ConferenceEvent.ParticipantLeft or ConferenceEvent.ConferencePlaybackEnded or ConferenceEvent.ConferenceSpeakEnded => null,
        ConferenceEvent.ConferenceBegan or ConferenceEvent.ConferenceEnded or ConferenceEvent.ConferenceStarted
            or ConferenceEvent.ParticipantChanged or ConferenceEvent.FloorChanged => null,
        _ => throw new UnreachableException(),
    };

    private static ActivityEdge Of(CallEvent happened) => happened switch
    {
        CallEvent.PlaybackStarted e => Begins($"playback {e.Playback}"),
        CallEvent.PlaybackEnded e => Ends($"playback {e.Playback}"),
        CallEvent.SpeakStarted e => Begins($"speak {e.Speak}"),
        CallEvent.SpeakEnded e => Ends($"speak {e.Speak}"),
        CallEvent.LegEnqueued e => Begins($"queue {e.Queue}"),
        CallEvent.LegDequeued e => Ends($"queue {e.Queue}"),
        CallEvent.ReferStarted => Begins("refer"),
        CallEvent.ReferEnded => Ends("refer"),
        CallEvent.StreamStarted e => Begins($"stream {e.Stream}"),
        CallEvent.StreamStopped e => Ends($"stream {e.Stream}"),
        CallEvent.StreamFailed e => Ends($"stream {e.Stream}"),
        CallEvent.ForkStarted e => Begins($"fork {e.Fork}"),
        CallEvent.ForkStopped e => Ends($"fork {e.Fork}"),
        CallEvent.SiprecStarted e => Begins($"siprec {e.Session}"),
        CallEvent.SiprecStopped e => Ends($"siprec {e.Session}"),
        CallEvent.SiprecFailed e => Ends($"siprec {e.Session}"),
        CallEvent.TranscriptionStarted e => Begins($"transcription {e.Transcription}"),
        CallEvent.TranscriptionEnded e => Ends($"transcription {e.Transcription}"),
        // a leg has one at a time
        CallEvent.AgentStarted => Begins("agent"),
        CallEvent.AgentEnded => Ends("agent"),
        // what it had last is what it ends with
        CallEvent.AgentGathering => Begins("agent gather"),
        CallEvent.AgentGatherEnded => Ends("agent gather"),
        CallEvent.GatherEnded => Ends(Gather),
        // a file and its row, which the next start makes whole
        CallEvent.RecordingStarted or CallEvent.RecordingSaved or CallEvent.RecordingFailed => new(EdgeSide.Kept),
        CallEvent.LegInitiated or CallEvent.LegEnded => default,
        CallEvent.LegRinging or CallEvent.LegAnswered or CallEvent.LegBridged or CallEvent.LegUnbridged or CallEvent.LegHeld
            or CallEvent.LegHandedOver or CallEvent.LegCharged or CallEvent.LabelsChanged or CallEvent.DigitReceived
            or CallEvent.InfoReceived or CallEvent.Noted or CallEvent.GatherHeard or CallEvent.VoiceChanged or CallEvent.MachineDetected
            or CallEvent.MachineGreetingEnded or CallEvent.SpeechTranscribed or CallEvent.RecordingTranscribed
            or CallEvent.AgentTold or CallEvent.ReferAsked => default,
        _ => throw new UnreachableException(),
    };

    private static ActivityEdge Of(ConferenceEvent happened) => happened switch
    {
        ConferenceEvent.ParticipantJoined e => Begins($"participant {e.Participant}"),
        ConferenceEvent.ParticipantLeft e => Ends($"participant {e.Participant}"),
        ConferenceEvent.ConferencePlaybackStarted e => Begins($"playback {e.Playback}"),
        ConferenceEvent.ConferencePlaybackEnded e => Ends($"playback {e.Playback}"),
        ConferenceEvent.ConferenceSpeakStarted e => Begins($"speak {e.Speak}"),
        ConferenceEvent.ConferenceSpeakEnded e => Ends($"speak {e.Speak}"),
        ConferenceEvent.ConferenceBegan or ConferenceEvent.ConferenceEnded => default,
        ConferenceEvent.ConferenceStarted or ConferenceEvent.ParticipantChanged or ConferenceEvent.FloorChanged => default,
        _ => throw new UnreachableException(),
    };

    private static ActivityEdge Begins(string activity) => new(EdgeSide.Begins, activity);

    private static ActivityEdge Ends(string activity) => new(EdgeSide.Ends, activity);
}
