using System.Text.Json.Nodes;
using Ringwright.Edge.Voipbin.Dialling;
using Ringwright.Server.Settings;
using Ringwright.Store.Tables;
using Ringwright.Testing;
using Ringwright.Voipbin;

namespace Ringwright.Edge.Voipbin;

/// <summary>Where the dialer's API is not as its source says to the letter, and that it is where the operator wants it so.</summary>
public sealed class SeedLetterTests
{
    /// <summary>In the gate to the letter; the faces' own tests have the rest.</summary>
    public static TheoryData<bool> Letters => Depth.Rows(gate: [true], deep: [false]);

    [Theory, MemberData(nameof(Letters))]
    public async Task The_source_is_followed_to_the_letter_where_that_is_asked_for(bool isStrict)
    {
        await using var rig = await CampaignRig.StartAsync(
            change: settings => isStrict ? settings with { Compat = CompatSettings.Seed } : settings);
        var plan = await rig.Host.DoneAsync("POST", "/outplans", """{"name":"plan"}""");
        Assert.Equal(isStrict ? (string?)plan["tm_create"] : null, (string?)plan["tm_update"]);
        await rig.EventuallyAsync(() => rig.OfId((string)plan["id"]!).Any(), "the event");
        Assert.True(JsonNode.DeepEquals(plan, rig.OfId((string)plan["id"]!).First()["data"]));

        var call = await rig.Host.DoneAsync("POST", "/calls", $$"""
            {"source":{"type":"tel","target":"{{CampaignRig.Source}}"},"destinations":[{"type":"sip","target":"{{rig.Uas.At("noans")}}"}],
             "actions":[{"type":"sleep","option":{"duration":1000} }]}
            """);
        var over = call;
        await rig.EventuallyAsync(async () =>
        {
            over = await rig.Host.DoneAsync("GET", "/calls/" + call["id"]);
            return (string?)over["status"] is "hangup";
        }, "it is over");
        Assert.Equal(isStrict ? "no_answer" : "noanswer", (string?)over["hangup_reason"]);
        await rig.EventuallyAsync(() => rig.EventsOf("call_hangup").Any(told => JsonNode.DeepEquals(told["data"]!["hangup_reason"],
            over["hangup_reason"])), "the event says the same");

        // Whoever has answered, and whose call then was one that had lasted too long.
        string list = await rig.ListAsync("wait");
        string campaign = await rig.CampaignAsync(list, await rig.PlanAsync(2, interval: 500),
            """{"actions":[{"type":"hangup","option":{"reason":"timeout"}}]}""");
        await rig.RunAsync(campaign);
        await rig.StoppedAsync(campaign);
        var calls = await rig.CallsAsync(campaign);
        Assert.Equal(isStrict ? 2 : 1, calls.Count);
        Assert.All(calls, one => Assert.Equal(("done", "fail"), ((string?)one["status"], (string?)one["result"])));
        Assert.Equal(calls.Count, rig.Uas.Of("wait").Count());
        Assert.Equal("done", (string?)(await rig.TargetOfAsync(list))["status"]);
    }

    [Theory, InlineData(false, "none"), InlineData(true, "flow")]
    public void A_flow_without_a_call_is_a_reference_where_that_is_asked_for(bool isAsked, string type)
    {
        var (now, target) = (DateTimeOffset.UnixEpoch, Guid.NewGuid());
        var attempt = new DialAttempt
        {
            Id = Guid.NewGuid(), Tenant = new(Guid.NewGuid()), Campaign = Guid.NewGuid(), List = Guid.NewGuid(), Target = target,
            Number = DialAttempt.AloneFor(target), From = CampaignRig.Source, Destination = 0, Try = 1, State = AttemptState.Answered,
            ClaimedAt = now, AnsweredAt = now, Evidence = [],
        };
        var notation = new VoipbinNotation { HasFlowReferences = isAsked };
        var shown = Campaigncalls.Show(attempt, notation);
        Assert.Equal((type, CampaignRig.Nobody), ((string?)shown["reference_type"], (string?)shown["reference_id"]));
        // One that waits for its call refers to nothing, and one that has it to the call.
        Assert.Equal("none", (string?)Campaigncalls.Show(attempt with { Number = "+15550100000" }, notation)["reference_type"]);
        Assert.Equal("call", (string?)Campaigncalls.Show(attempt with { LegUuid = Guid.NewGuid() }, notation)["reference_type"]);
    }
}
