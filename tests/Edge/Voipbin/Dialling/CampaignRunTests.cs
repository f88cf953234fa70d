using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin.Dialling;

/// <summary>Section B of the dialer's cases: running and stopping, by a clock on the wall.</summary>
public sealed class CampaignRunTests : IAsyncLifetime
{
    private CampaignRig _rig = null!;       // set before each test

    public async ValueTask InitializeAsync() => _rig = await CampaignRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task Six_are_called_half_a_second_apart_in_the_order_of_the_list_from_the_plans_number()
    {
        // Cases 31, 33, 34, 35, 49, 25.
        string list = await _rig.ListAsync("ring", "wait", "wait", "wait", "wait", "wait");
        string plan = await _rig.PlanAsync(1, ring: 30_000), campaign = await _rig.CampaignAsync(list, plan);
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Equal("run", (string?)(await _rig.RunAsync(campaign))["status"]);
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count > 0, "the first INVITE");
        Assert.True(CampaignRig.Between(begun, _rig.Uas.Calls[0].At).TotalSeconds > 0.8, "not at once");
        // While it rings.
        await _rig.EventuallyAsync(async () => (await _rig.CallsAsync(campaign)).Count > 0, "a campaigncall");
        await ShowsItsContentAsync(campaign, plan, list);
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count == 6, "six INVITEs");
        var calls = _rig.Uas.Calls;
        Assert.Equal(6, await _rig.KeepsPaceAsync(campaign));
        Assert.All(calls, call => Assert.Equal(CampaignRig.Source, call.Caller));
        var made = (await _rig.CallsAsync(campaign)).Reverse().ToList();
        var targets = Enumerable.Range(0, 6).Select(async i => (string)(await _rig.TargetOfAsync(list, i))["id"]!);
        Assert.Equal(await Task.WhenAll(targets), made.Select(call => (string)call["outdial_target_id"]!));
        Assert.Equal(6, made.Select(call => (string)call["tm_create"]!).Distinct().Count());
        await _rig.EventuallyAsync(() => _rig.TypesOf(campaign).Contains("campaign_status_run"), "the event");
    }

    [Fact]
    public async Task Whoever_is_called_is_shown_the_name_of_the_plans_source()
    {
        string plan = await _rig.PlanAsync(1);
        await _rig.Host.DoneAsync("PUT", $"/outplans/{plan}/dial_info", $$"""
            {"source":{"type":"tel","target":"{{CampaignRig.Source}}","target_name":"Acme Shop"},"dial_timeout":5000,"max_try_count_0":1}
            """);
        string campaign = await _rig.CampaignAsync(await _rig.ListAsync("busy"), plan);
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Contains("\"Acme Shop\" <", Assert.Single(_rig.Uas.Calls).Invite, StringComparison.Ordinal);
        Assert.Equal("Acme Shop", (string?)Assert.Single(await _rig.CallsAsync(campaign))["source"]!["target_name"]);
    }

    private async Task ShowsItsContentAsync(string campaign, string plan, string list)
    {
        var call = (await _rig.CallsAsync(campaign))[^1];
        await _rig.EventuallyAsync(async () => (string?)(call = (await _rig.CallsAsync(campaign))[^1])["reference_type"] is "call",
            "a call");
        Assert.Equal((campaign, plan, list, CampaignRig.Nobody), ((string?)call["campaign_id"], (string?)call["outplan_id"],
            (string?)call["outdial_id"], (string?)call["queue_id"]));
        Assert.NotEqual(CampaignRig.Nobody, (string?)call["reference_id"]);
        Assert.Equal((string?)call["id"], (string?)call["activeflow_id"]);
        JsonNode? leg = null;
        await _rig.EventuallyAsync(async () =>
        {
            (int status, leg) = await _rig.Host.AskAsync("GET", "/calls/" + call["reference_id"]);
            return status == 200;
        }, "its call is read");
        Assert.Equal(((string?)call["reference_id"], (string?)call["activeflow_id"]),
            ((string?)leg!["id"], (string?)leg["activeflow_id"]));
        Assert.Equal(("sip", _rig.Uas.At("ring")), ((string?)call["destination"]!["type"], (string?)call["destination"]!["target"]));
        Assert.Equal(("tel", CampaignRig.Source), ((string?)call["source"]!["type"], (string?)call["source"]!["target"]));
        Assert.Equal((0, 1, "dialing", ""),
            ((int)call["destination_index"]!, (int)call["try_count"]!, (string?)call["status"], (string?)call["result"]));
        string flow = (string)call["flow_id"]!;
        Assert.Equal("campaign", (string?)(await _rig.Host.DoneAsync("GET", "/flows/" + flow))["type"]);
        // Case 25.
        DialerHost.Refuses(409, "STATE_INVALID", await _rig.Host.AskAsync("DELETE", "/campaigncalls/" + call["id"]));
        DialerHost.Refuses(403, "PERMISSION_DENIED",
            await _rig.Host.AskAsync("DELETE", "/campaigncalls/" + call["id"], null, _rig.Host.Second));
        DialerHost.Refuses(409, "STATE_INVALID", await _rig.Host.AskAsync("DELETE", "/campaigns/" + campaign));
        DialerHost.Refuses(409, "STATE_INVALID", await _rig.Host.AskAsync("DELETE", "/outplans/" + plan));
        DialerHost.Refuses(409, "STATE_INVALID", await _rig.Host.AskAsync("DELETE", "/outdials/" + list));
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task An_empty_list_and_a_missing_one_stop_and_call_nobody()
    {
        // Cases 37, 39.
        string plan = await _rig.PlanAsync(1);
        string[] campaigns =
        [
            await _rig.CampaignAsync(await _rig.ListAsync(), plan), await _rig.CampaignAsync(CampaignRig.Nobody, plan),
            await _rig.CampaignAsync(await _rig.ListAsync("wait"), CampaignRig.Nobody),
        ];
        foreach (string campaign in campaigns) await _rig.RunAsync(campaign);
        foreach (string campaign in campaigns) await _rig.StoppedAsync(campaign);
        Assert.Empty(_rig.Uas.Calls);
        await _rig.EventuallyAsync(() => campaigns.All(id => _rig.TypesOf(id).Count >= 3), "the events");
        Assert.All(campaigns, id => Assert.Equal(["campaign_created", "campaign_status_run", "campaign_status_stop"], _rig.TypesOf(id)));
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task One_that_continues_calls_whoever_is_added_and_goes_on()
    {
        // Case 38.
        string list = await _rig.ListAsync();
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1), """{"end_handle":"continue"}""");
        await _rig.RunAsync(campaign);
        await CampaignRig.QuietAsync(6);
        Assert.Equal("run", await _rig.StatusAsync(campaign));
        await _rig.TargetAsync(list, "ok-1");
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count == 1, "it is called");
        await CampaignRig.QuietAsync(4);
        Assert.Equal("run", await _rig.StatusAsync(campaign));
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task A_stop_ends_the_calling_and_a_run_goes_on_with_one_loop()
    {
        // Cases 41, 42, 43, 45.
        string list = await _rig.ListAsync([.. Enumerable.Repeat("wait", 30)]);
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1));
        await _rig.StopAsync(campaign);     // stopped as it is
        foreach (string status in new[] { "stopping", "pause", "" })
            DialerHost.Refuses(400, "INVALID_ARGUMENT",
                await _rig.Host.AskAsync("PUT", $"/campaigns/{campaign}/status", $$"""{"status":"{{status}}"}"""));
        await _rig.RunAsync(campaign);
        await _rig.RunAsync(campaign);
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count >= 3, "three INVITEs");
        Assert.Equal("stopping", (string?)(await _rig.StopAsync(campaign))["status"]);
        // By those that were made: what is on its way to the far end is heard when that has its turn.
        int made = (await _rig.CallsAsync(campaign)).Count;
        await CampaignRig.QuietAsync(3);
        int sent = (await _rig.CallsAsync(campaign)).Count;
        Assert.InRange(sent, made, made + 1);
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count == sent, "each is called");
        Assert.Equal("run", (string?)(await _rig.RunAsync(campaign))["status"]);
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count >= sent + 7, "it goes on");
        // Two loops would need half the time.
        Assert.InRange(await _rig.KeepsPaceAsync(campaign, sent), 7, 30);
        await _rig.StopAsync(campaign, hangsUp: true);
        await _rig.StoppedAsync(campaign);
        Assert.Equal("requested", (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign))["stop_reason"]);
        await _rig.EventuallyAsync(() => _rig.TypesOf(campaign).Contains("campaign_status_stop"), "the last event");
        Assert.Equal(["campaign_created", "campaign_status_run", "campaign_status_stopping", "campaign_status_run",
            "campaign_status_stopping", "campaign_status_stop"], _rig.TypesOf(campaign));
    }

    [Fact]
    public async Task A_run_looks_at_what_the_campaign_refers_to_once_more()
    {
        // Case 46.
        string plan = await _rig.PlanAsync(1), campaign = await _rig.CampaignAsync(await _rig.ListAsync("wait"), plan);
        await _rig.Host.DoneAsync("DELETE", "/outplans/" + plan);
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await _rig.Host.AskAsync("PUT", $"/campaigns/{campaign}/status", """{"status":"run"}"""));
        Assert.Equal("stop", await _rig.StatusAsync(campaign));
        // An other customer's campaign is not run, stopped or counted.
        foreach (var (method, path, body) in new[]
            {
                ("PUT", "/status", """{"status":"run"}"""), ("GET", "/stats", null), ("GET", "/campaigncalls", null),
                ("PUT", "/resource_info", "{}"), ("PUT", "/actions", "{}"), ("PUT", "/service_level", "{}"),
                ("PUT", "/next_campaign_id", "{}"),
            })
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _rig.Host.AskAsync(method, $"/campaigns/{campaign}{path}", body,
                _rig.Host.Second));
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task A_plan_that_is_changed_holds_for_who_waits_already()
    {
        // Case 47.
        string list = await _rig.ListAsync("seq-busy-ok-1"), plan = await _rig.PlanAsync(2, interval: 60_000);
        string campaign = await _rig.CampaignAsync(list, plan);
        await _rig.RunAsync(campaign);
        await _rig.EventuallyAsync(async () => (string?)(await _rig.TargetOfAsync(list))["status"] is "idle"
            && _rig.Uas.Calls.Count == 1, "the first try");
        await _rig.Host.DoneAsync("PUT", $"/outplans/{plan}/dial_info", $$"""
            {"source":{"type":"tel","target":"{{CampaignRig.Source}}"},"dial_timeout":5000,"try_interval":1000,"max_try_count_0":2}
            """);
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count == 2, "the second try");
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task The_next_campaign_runs_when_the_list_is_exhausted_and_not_when_somebody_stops_it()
    {
        // Cases 97, 98.
        string plan = await _rig.PlanAsync(1), second = await _rig.CampaignAsync(await _rig.ListAsync("ok-1"), plan);
        string next = $$"""{"next_campaign_id":"{{second}}"}""";
        string first = await _rig.CampaignAsync(await _rig.ListAsync("busy"), plan, next);
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await _rig.Host.AskAsync("PUT", $"/campaigns/{second}/next_campaign_id", $$"""{"next_campaign_id":"{{first}}"}"""));
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await _rig.Host.AskAsync("PUT", $"/campaigns/{second}/next_campaign_id", $$"""{"next_campaign_id":"{{second}}"}"""));
        await _rig.RunAsync(first);
        await _rig.EventuallyAsync(() => _rig.TypesOf(second).Contains("campaign_status_run"), "the next one runs");
        await _rig.StoppedAsync(second);

        await _rig.EventuallyAsync(() => _rig.TypesOf(second).Contains("campaign_status_stop"), "its last event");
        string third = await _rig.CampaignAsync(await _rig.ListAsync("ring"), plan, next);
        int before = _rig.TypesOf(second).Count;
        await _rig.RunAsync(third);
        await _rig.EventuallyAsync(() => _rig.Uas.Of("ring").Any(), "it calls");
        await _rig.StopAsync(third, hangsUp: true);
        await _rig.StoppedAsync(third);
        await CampaignRig.QuietAsync(1.5);
        Assert.Equal(("stop", before), (await _rig.StatusAsync(second), _rig.TypesOf(second).Count));
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task A_stop_while_the_last_call_of_a_list_rings_starts_no_next_campaign()
    {
        string plan = await _rig.PlanAsync(1), second = await _rig.CampaignAsync(await _rig.ListAsync("ok-1"), plan);
        string first = await _rig.CampaignAsync(await _rig.ListAsync("ring"), plan, $$"""{"next_campaign_id":"{{second}}"}""");
        await _rig.RunAsync(first);
        await _rig.EventuallyAsync(async () => await _rig.StatusAsync(first) is "stopping", "its list is at an end");
        await _rig.StopAsync(first, hangsUp: true);
        await _rig.StoppedAsync(first);
        await CampaignRig.QuietAsync(1.5);
        Assert.Equal("requested", (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + first))["stop_reason"]);
        Assert.Equal("stop", await _rig.StatusAsync(second));
        Assert.Empty(_rig.Uas.Of("ok-1"));
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task The_operator_sees_and_stops_a_customers_campaign()
    {
        string campaign = await _rig.CampaignAsync(await _rig.ListAsync("wait"), await _rig.PlanAsync(1), """{"end_handle":"continue"}""");
        await _rig.RunAsync(campaign);
        var operating = new Server.OperatorClient(_rig.Host.Node);
        var accounts = (await operating.AskAsync("GET", "/accounts")).Body["data"]!.AsArray();
        string account = (string)accounts.First(one => (string?)one!["name"] == "first customer")!["id"]!;
        var seen = await operating.DataAsync("GET", $"/accounts/{account}/campaigns/{campaign}");
        Assert.Equal(("campaign", "run"), ((string?)seen["name"], (string?)seen["state"]));
        await operating.DataAsync("POST", $"/accounts/{account}/campaigns/{campaign}/actions/stop", "{}");
        await _rig.EventuallyAsync(async () => await _rig.StatusAsync(campaign) is "stopping" or "stop", "it stops");
        await _rig.EventuallyAsync(() => _rig.TypesOf(campaign).Contains("campaign_status_stopping"), "the customer is told");
    }
}
