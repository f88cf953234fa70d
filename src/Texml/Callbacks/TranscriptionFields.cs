using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Callbacks;

/// <summary>What callbacks of TwiML say of a transcription that goes on.</summary>
internal sealed class TranscriptionFields
{
    private const string Event = "TranscriptionEvent";

    /// <summary>Callbacks so far, of those that go on. What is forgotten by a crash begins anew, and so do transcriptions.</summary>
    private readonly ConcurrentDictionary<Guid, int> _told = new();

    /// <summary>Which it is, and which callback of it this is, from 1.</summary>
    public IEnumerable<KeyValuePair<string, string>> Number(Guid transcription, CallEvent happened, DateTimeOffset at)
    {
        int number = _told.AddOrUpdate(transcription, 1, static (_, before) => before + 1);
        if (happened is CallEvent.TranscriptionEnded) _told.TryRemove(transcription, out _);
        return
        [
            new("TranscriptionSid", TwimlSids.Transcription(transcription)),
            new("SequenceId", number.ToString(CultureInfo.InvariantCulture)), new("Timestamp", StatusFields.Time(at)),
        ];
    }

    public static IEnumerable<KeyValuePair<string, string>> OfStart(CallEvent.TranscriptionStarted started) =>
        [new(Event, "transcription-started"), new("Track", TrackOf(started.Tracks)), .. LabelsOf(started.Leg, started.Tracks)];

    public static IEnumerable<KeyValuePair<string, string>> Of(CallEvent.SpeechTranscribed said)
    {
        var data = new JsonObject { ["transcript"] = said.Text };
        if (said.Confidence is { } confidence) data["confidence"] = confidence;
        return
        [
            new(Event, "transcription-content"), new("Track", TrackOf(said.Track)), new("Final", StatusFields.Word(said.IsFinal)),
            new("TranscriptionData", data.ToJsonString(TelnyxJson.Plain)), .. LabelsOf(said.Leg, said.Track),
        ];
    }

    public static IEnumerable<KeyValuePair<string, string>> OfEnd(CallEvent.TranscriptionEnded ended) => ended.Failure is { } why
        ? [new(Event, "transcription-error"), new("TranscriptionError", why)] : [new(Event, "transcription-stopped")];

    /// <summary>What the program calls those tracks, where it calls them anything.</summary>
    private static IEnumerable<KeyValuePair<string, string>> LabelsOf(LegFacts leg, TapTracks tracks)
    {
        if (tracks.HasFlag(TapTracks.Said) && leg.Labels[TexmlLabels.InboundTrack] is { Length: > 0 } said)
            yield return new("InboundTrackLabel", said);
        if (tracks.HasFlag(TapTracks.Heard) && leg.Labels[TexmlLabels.OutboundTrack] is { Length: > 0 } heard)
            yield return new("OutboundTrackLabel", heard);
    }

    private static string TrackOf(TapTracks tracks) => tracks switch
    {
        TapTracks.Heard => "outbound_track",
        TapTracks.Said => "inbound_track",
        _ => "both_tracks",
    };
}
