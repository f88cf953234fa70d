using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Texml.Languages;

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
