using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>What is told of a transcription that goes on, in either language.</summary>
public sealed class TranscriptionCallbackTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    private async Task<(Guid Id, List<JsonNode> Told)> TellAsync(string target, string verbs)
    {
        var call = new ScriptedCall { Application = new(ApplicationKind.Document, target) };
        await rig.RunAsync($"<Response><Start><Transcription {verbs}/></Start></Response>", call);
        var id = Assert.Single(call.Commands.OfType<LegCommand.StartTranscription>()).Id!.Value;
        var (leg, at, projector, other) = (call.Leg, Script.At(4), rig.Projector, Guid.NewGuid());
        CallEvent[] events =
        [
            new CallEvent.TranscriptionStarted(id, TapTracks.Said | TapTracks.Heard) { Leg = leg, At = at },
            new CallEvent.SpeechTranscribed(id, TapTracks.Said, "hello", IsFinal: true, 0.5) { Leg = leg, At = at },
            new CallEvent.SpeechTranscribed(id, TapTracks.Heard, "who is", IsFinal: false, null) { Leg = leg, At = at },
            new CallEvent.TranscriptionEnded(id, TapTracks.Said | TapTracks.Heard, null) { Leg = leg, At = at },
            // Of an agent, behind it.
            new CallEvent.TranscriptionStarted(other, TapTracks.Said) { Leg = leg, At = at },
            new CallEvent.TranscriptionEnded(other, TapTracks.Said, "it was not there") { Leg = leg, At = at },
        ];
        return (id, [.. events.SelectMany(one => projector.Project(one, Script.Anchor.Wall, Script.Anchor.Wall))
            .Select(one => JsonNode.Parse(one.Body)!)]);
    }

    [Fact]
    public async Task TwiML_tells_of_its_beginning_its_words_and_its_end()
    {
        var (id, told) = await TellAsync(TwimlLanguage.Target, "statusCallbackUrl=\"/words\" partialResults=\"true\"");
        Assert.Equal(["transcription-started", "transcription-content", "transcription-content", "transcription-stopped"],
            told.Select(one => (string?)one["TranscriptionEvent"]));
        Assert.Equal(["1", "2", "3", "4"], told.Select(one => (string?)one["SequenceId"]));
        Assert.All(told, one => Assert.Equal(TwimlSids.Transcription(id), (string?)one["TranscriptionSid"]));
        Assert.Equal(["both_tracks", "inbound_track", "outbound_track", null], told.Select(one => (string?)one["Track"]));
        Assert.Equal([null, "true", "false", null], told.Select(one => (string?)one["Final"]));
        Assert.Equal("""{"transcript":"hello","confidence":0.5}""", (string?)told[1]["TranscriptionData"]);
    }

    [Fact]
    public async Task TwiML_calls_the_tracks_as_its_document_does()
    {
        var (_, told) = await TellAsync(TwimlLanguage.Target,
            "statusCallbackUrl=\"/words\" inboundTrackLabel=\"agent\" outboundTrackLabel=\"customer\"");
        Assert.Equal(["agent", "agent", null, null], told.Select(one => (string?)one["InboundTrackLabel"]));
        Assert.Equal(["customer", null, "customer", null], told.Select(one => (string?)one["OutboundTrackLabel"]));
    }

    [Fact]
    public async Task TeXML_tells_of_its_words()
    {
        var (_, told) = await TellAsync("", "transcriptionCallback=\"/words\" interimResults=\"true\"");
        Assert.Equal([("hello", "true", "inbound"), ("who is", "false", "outbound")], told.Select(one =>
            ((string?)one["Transcript"], (string?)one["IsFinal"], (string?)one["TranscriptionTrack"])));
    }
}
