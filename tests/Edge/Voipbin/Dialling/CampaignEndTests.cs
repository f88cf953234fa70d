using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin.Dialling;

/// <summary>Why campaigns stop, where nobody asked for it and their lists were not exhausted.</summary>
public sealed class CampaignEndTests : IAsyncLifetime
{
    private CampaignRig _rig = null!;       // set before each test

    public async ValueTask InitializeAsync() => _rig = await CampaignRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task One_stops_at_its_end_and_one_that_finds_no_line_says_so_and_takes_no_try()
    {
        string plan = await _rig.PlanAsync(1);
        // No trunk and no route of this node leads to numbers.
        string list = await _rig.ListAsync();
        for (int i = 0; i < 12; i++)
        {
            await _rig.Host.DoneAsync("POST", $"/outdials/{list}/targets",
                $$"""{"destination_0":{"type":"tel","target":"+1212555{{1000 + i}}"} }""");
        }
        string lost = await _rig.CampaignAsync(list, plan);
        string end = DateTimeOffset.UtcNow.AddSeconds(5).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        string ends = await _rig.CampaignAsync(await _rig.ListAsync("ok-1"), plan,
            $$"""{"end_handle":"continue","stop_at":"{{end}}"}""");
        await _rig.RunAsync(ends);
        await _rig.RunAsync(lost);
        foreach (var (campaign, reason) in new[] { (ends, "ended"), (lost, "trunk_unreachable") })
        {
            await _rig.StoppedAsync(campaign);
            Assert.Equal(reason, (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign))["stop_reason"]);
            await _rig.EventuallyAsync(() => _rig.OfId(campaign).Any(told => (string?)told["type"] is "campaign_status_stop"
                && (string?)told["data"]!["stop_reason"] == reason), "the event");
        }
        for (int i = 0; i < 12; i++)
        {
            JsonObject target = await _rig.TargetOfAsync(list, i);
            Assert.Equal(("idle", 0), ((string?)target["status"], (int)target["try_count_0"]!));
        }
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task A_next_campaign_whose_end_has_passed_says_so_and_does_not_run()
    {
        string plan = await _rig.PlanAsync(1);
        string end = DateTimeOffset.UtcNow.AddSeconds(-5).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
        string next = await _rig.CampaignAsync(await _rig.ListAsync("ok-1"), plan, $$"""{"stop_at":"{{end}}"}""");
        string first = await _rig.CampaignAsync(await _rig.ListAsync("busy"), plan, $$"""{"next_campaign_id":"{{next}}"}""");
        await _rig.RunAsync(first);
        await _rig.EventuallyAsync(() => _rig.OfId(next).Any(told => (string?)told["type"] is "campaign_status_stop"
            && (string?)told["data"]!["stop_reason"] == "ended"), "the event");
        Assert.DoesNotContain("campaign_status_run", _rig.TypesOf(next));
        Assert.Equal("stop", await _rig.StatusAsync(next));
    }

    [Theory, Depth("the dialler's own tests have the same")]
    [InlineData("{}"), InlineData("""{"type":"email","target":"ada@example.com"}"""), InlineData("""{"target":"Acme"}""")]
    public async Task A_plan_that_shows_no_number_calls_nobody_and_the_campaign_says_so(string source)
    {
        string list = await _rig.ListAsync("ok-1");
        string plan = (string)(await _rig.Host.DoneAsync("POST", "/outplans",
            $$"""{"name":"plan","source":{{source}},"max_try_count_0":1}"""))["id"]!;
        string campaign = await _rig.CampaignAsync(list, plan);
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal("no_caller_id", (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign))["stop_reason"]);
        Assert.Empty(_rig.Uas.Calls);
        var target = await _rig.TargetOfAsync(list);
        Assert.Equal(("idle", 0), ((string?)target["status"], (int)target["try_count_0"]!));
        await _rig.EventuallyAsync(() => _rig.OfId(campaign).Any(told => (string?)told["type"] is "campaign_status_stop"
            && (string?)told["data"]!["stop_reason"] == "no_caller_id"), "the event");
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task A_campaign_that_a_rule_forbids_to_call_says_which_and_takes_no_try()
    {
        string list = await _rig.ListAsync("ok-1");
        string plan = (string)(await _rig.Host.DoneAsync("POST", "/outplans",
            """{"name":"plan","source":{"type":"sip","target":"sip:boss@bank.example"},"max_try_count_0":1}"""))["id"]!;
        string campaign = await _rig.CampaignAsync(list, plan);
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal("caller_id_not_owned", (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign))["stop_reason"]);
        Assert.Empty(_rig.Uas.Calls);
        var target = await _rig.TargetOfAsync(list);
        Assert.Equal(("idle", 0), ((string?)target["status"], (int)target["try_count_0"]!));
        await _rig.EventuallyAsync(() => _rig.OfId(campaign).Any(told => (string?)told["type"] is "campaign_status_stop"
            && (string?)told["data"]!["stop_reason"] == "caller_id_not_owned"), "the event");
    }

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task What_was_never_answered_has_failed_however_normally_it_was_cleared()
    {
        // Case 55.
        string list = await _rig.ListAsync("clears"), campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        var call = Assert.Single(await _rig.CallsAsync(campaign));
        Assert.Equal(("done", "fail"), ((string?)call["status"], (string?)call["result"]));
        var stats = await _rig.Host.DoneAsync("GET", $"/campaigns/{campaign}/stats");
        Assert.Equal("""{"noanswer":1}""", stats["attempts"]!["reasons"]!.ToJsonString());
    }

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task A_recording_that_has_ended_begins_a_flow_that_refers_to_it()
    {
        string after = (string)(await _rig.Host.DoneAsync("POST", "/flows", """{"name":"after","actions":[{"type":"empty"}]}"""))["id"]!;
        var call = await _rig.Host.DoneAsync("POST", "/calls", $$"""
            {"source":{"type":"tel","target":"{{CampaignRig.Source}}"},"destinations":[{"type":"sip","target":"{{_rig.Uas.At("wait")}}"}],
             "actions":[{"type":"recording_start","option":{"on_end_flow_id":"{{after}}"} },
                        {"type":"sleep","option":{"duration":500} },{"type":"hangup"}]}
            """);
        JsonNode? run = null;
        await _rig.EventuallyAsync(async () => (run = (await _rig.Host.DoneAsync("GET", "/activeflows"))["result"]!.AsArray()
            .FirstOrDefault(one => (string?)one!["flow_id"] == after)) is not null, "its flow has run");
        var shown = await _rig.Host.DoneAsync("GET", "/calls/" + call["id"]);
        Assert.Equal("recording", (string?)run!["reference_type"]);
        Assert.Equal((string?)shown["recording_ids"]![0], (string?)run["reference_id"]);
    }
}
