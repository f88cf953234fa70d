using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Run;

namespace Ringwright.Edge.Texml;

/// <summary>Who has answered a Number, as its callback is told: once, and of a machine when that is asked for.</summary>
public sealed class DetectionCallbackTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Theory]
    [InlineData("Enable", MachineVerdict.Machine, "machine_start"), InlineData("Enable", MachineVerdict.Human, "human")]
    [InlineData("DetectMessageEnd", MachineVerdict.Machine, "machine_end_beep")]
    [InlineData("DetectMessageEnd", MachineVerdict.Human, "human")]
    public async Task The_verdict_is_told_once(string mode, MachineVerdict verdict, string word)
    {
        var call = await rig.RunAsync($"""
            <Response><Dial>
            <Number machineDetection="{mode}" statusCallback="/leg" statusCallbackEvent="amd completed">+15550100007</Number>
            </Dial></Response>
            """);
        var leg = call.Leg with { Labels = Assert.Single(call.Dials).Labels, AnsweredAt = Script.At(2) };
        CallEvent[] events =
        [
            new CallEvent.MachineDetected(verdict) { Leg = leg, At = Script.At(3) },
            .. verdict is MachineVerdict.Machine
                ? new[] { new CallEvent.MachineGreetingEnded(GreetingEnd.BeepDetected, "") { Leg = leg, At = Script.At(9) } } : [],
        ];
        var (projector, at) = (rig.Projector, Script.Anchor.Wall);
        var told = Assert.Single(events.SelectMany(one => projector.Project(one, at, at)));
        var fields = JsonNode.Parse(told.Body)!;
        Assert.Equal((word, word is "machine_end_beep" ? "7000" : "1000"),
            ((string?)fields["AnsweredBy"], (string?)fields["MachineDetectionDuration"]));
        Assert.Equal("http://127.0.0.1:9/leg", told.Url);
    }

    /// <summary>Programs that place calls read there who has answered.</summary>
    [Theory]
    [InlineData(TwimlLanguage.Target, MachineVerdict.Human, "human"), InlineData(TwimlLanguage.Target, MachineVerdict.NotSure, "unknown")]
    [InlineData(TwimlLanguage.Target, MachineVerdict.Machine, "machine_start"), InlineData("", MachineVerdict.Human, null)]
    public async Task The_last_status_in_TwiML_repeats_what_a_document_that_waited_was_told(string target, MachineVerdict verdict,
        string? word)
    {
        var call = new ScriptedCall
        {
            Application = new(ApplicationKind.Document, target),
            Order = DocumentOrder.OfText("1", "<Response><Say>Good morning.</Say></Response>"), Answerer = verdict,
        };
        await DocumentProgram.RunAsync(rig.Open(call), isReplaced: false).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Single(call.Commands.OfType<LegCommand.Speak>());
        Assert.Equal(word, AnsweredBy(call.Leg.Labels));
        // One that did not wait has a callback for that.
        Assert.Null(AnsweredBy(Labels.Of((TexmlLabels.AnsweredBy, "human"))));

        string? AnsweredBy(Labels labels)
        {
            var leg = call.Leg with
            {
                Labels = labels.With(Labels.Of((TexmlLabels.Status, TexmlLabels.Of("POST", ["completed"], DocumentRig.Nobody)))),
            };
            var ended = new CallEvent.LegEnded { Leg = leg, At = Script.At(9), Cause = HangupCause.RemoteHangup, By = HangupParty.Remote };
            var told = Assert.Single(rig.Projector.Project(ended, Script.Anchor.Wall, Script.Anchor.Wall));
            return (string?)JsonNode.Parse(told.Body)!["AnsweredBy"];
        }
    }
}
