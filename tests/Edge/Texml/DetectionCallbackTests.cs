using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Edge.Store;
using Ringwright.Telnyx.Texml;

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
}
