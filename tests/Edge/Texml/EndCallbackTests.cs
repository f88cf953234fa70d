using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Texml;

/// <summary>The last callback of a call.</summary>
public sealed class EndCallbackTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Fact]
    public async Task It_names_the_call_as_the_call_API_does_and_says_how_it_sounded()
    {
        var call = await rig.RunAsync("<Response><Dial><Number statusCallback=\"/leg\">+15550100007</Number></Dial></Response>");
        var ended = new CallEvent.LegEnded
        {
            Leg = call.Leg with { Labels = Assert.Single(call.Dials).Labels }, At = Script.At(9), Cause = HangupCause.RemoteHangup,
            By = HangupParty.Remote,
            Quality = new() { PacketsReceived = 198, PacketsLost = 2, PacketsSent = 200, Mos = 4.4, JitterMaxMilliseconds = 3.254 },
        };
        var fields = JsonNode.Parse(Assert.Single(rig.Projector.Project(ended, Script.Anchor.Wall, Script.Anchor.Wall)).Body)!;
        Assert.Equal((string?)fields["CallSid"], (string?)fields["CallControlId"]);
        var heard = JsonNode.Parse((string)fields["CallQualityStats"]!)!;
        Assert.Equal((4.4, 3.25, 1d, 198),
            ((double)heard["mos"]!, (double)heard["jitter"]!, (double)heard["packet_loss"]!, (int)heard["packets_received"]!));
    }

    /// <summary>Of one that whoever placed the call asked for; a document's own is told of where the document says.</summary>
    [Theory]
    [InlineData(RecordingSource.Outbound, true, "RecordingDuration RecordingSid RecordingUrl")]
    [InlineData(RecordingSource.Outbound, false, "RecordingSid RecordingUrl"), InlineData("RecordVerb", true, "")]
    public void It_says_where_the_recording_is_that_whoever_placed_the_call_asked_for(string source, bool isSaved, string fields)
    {
        var projector = rig.Projector;
        var leg = new Script(new(Guid.NewGuid())).Facts with
        {
            Application = new(ApplicationKind.Document, TwimlLanguage.Target),
            AnsweredAt = Script.At(2),
            Labels = Labels.Of((TexmlLabels.Status, TexmlLabels.Of("POST", ["completed"], DocumentRig.Nobody))),
        };
        var plan = new RecordPlan { Id = Guid.NewGuid(), Labels = RecordingSource.Of(source, null) };
        var saved = new CallEvent.RecordingSaved
        {
            Leg = leg, At = Script.At(8), Plan = plan, Reason = RecordEndReason.Stopped, StartedAt = Script.At(2), EndedAt = Script.At(7),
            Length = TimeSpan.FromSeconds(5), Bytes = 1, Blob = "",
        };
        var ended = new CallEvent.LegEnded { Leg = leg, At = Script.At(9), Cause = HangupCause.RemoteHangup, By = HangupParty.Remote };
        Tell(new CallEvent.RecordingStarted(plan) { Leg = leg, At = Script.At(2) });
        if (isSaved) Tell(saved);
        var body = Told(ended);
        Assert.Equal(fields, string.Join(' ', body.Select(field => field.Key)
            .Where(name => name.StartsWith("Recording", StringComparison.Ordinal)).Order(StringComparer.Ordinal)));
        if (fields.Length > 0) Assert.Equal(TwimlSids.Recording(plan.Id), (string?)body["RecordingSid"]);
        if (isSaved && fields.Length > 0) Assert.Equal("5", (string?)body["RecordingDuration"]);
        // Nothing is kept of a call that is over.
        Tell(saved);
        Assert.False(Told(ended).ContainsKey("RecordingSid"));

        void Tell(CallEvent happened) => projector.Project(happened, Script.Anchor.Wall, Script.Anchor.Wall);
        JsonObject Told(CallEvent happened) =>
            JsonNode.Parse(Assert.Single(projector.Project(happened, Script.Anchor.Wall, Script.Anchor.Wall)).Body)!.AsObject();
    }

    [Theory]
    [InlineData(TwimlLanguage.ValidationTarget, "PN01", "success", "PN01")]
    [InlineData(TwimlLanguage.ValidationTarget, null, "failed", null)]
    [InlineData(TwimlLanguage.Target, null, null, null)]
    public void It_says_whether_the_number_was_proved_that_was_called_for_that(string target, string? proved, string? status, string? sid)
    {
        var leg = new Script(new(Guid.NewGuid())).Facts with
        {
            Application = new(ApplicationKind.Document, target),
            AnsweredAt = Script.At(2),
            Labels = Labels.Of((TexmlLabels.Status, TexmlLabels.Of("POST", ["completed"], DocumentRig.Nobody)),
                (TexmlLabels.Validated, proved)),
        };
        var ended = new CallEvent.LegEnded { Leg = leg, At = Script.At(9), Cause = HangupCause.RemoteHangup, By = HangupParty.Remote };
        var told = JsonNode.Parse(Assert.Single(rig.Projector.Project(ended, Script.Anchor.Wall, Script.Anchor.Wall)).Body)!;
        Assert.Equal((status, sid), ((string?)told["VerificationStatus"], (string?)told["OutgoingCallerIdSid"]));
    }

    [Theory]
    [InlineData(TwimlLanguage.Target, HangupCause.ApiReject, "no-answer"), InlineData("", HangupCause.ApiReject, "failed")]
    [InlineData(TwimlLanguage.Target, HangupCause.ApiRejectBusy, "busy"), InlineData("", HangupCause.ApiRejectBusy, "busy")]
    public async Task Who_is_turned_away_was_in_TwiML_not_answered(string target, HangupCause cause, string status)
    {
        var call = await rig.RunAsync("<Response><Dial><Number statusCallback=\"/leg\">+15550100007</Number></Dial></Response>");
        var ended = new CallEvent.LegEnded
        {
            Leg = call.Leg with
            {
                Application = new(ApplicationKind.Document, target),
                AnsweredAt = null,
                Labels = Assert.Single(call.Dials).Labels,
            },
            At = Script.At(9), Cause = cause, By = HangupParty.Local,
        };
        var fields = JsonNode.Parse(Assert.Single(rig.Projector.Project(ended, Script.Anchor.Wall, Script.Anchor.Wall)).Body)!;
        Assert.Equal(status, (string?)fields["CallStatus"]);
    }
}
