using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin.Dialling;

/// <summary>Section C of the dialer's cases: attempts, results and retries, without the actions of flows.</summary>
public sealed class CampaigncallTests : IAsyncLifetime
{
    private static readonly string[] Five = ["detail", "name", "target", "target_name", "type"];

    private CampaignRig _rig = null!;       // set before each test

    public async ValueTask InitializeAsync() => _rig = await CampaignRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_call_is_dialing_then_progressing_then_done_and_its_target_is_never_called_again()
    {
        // Cases 50, 51, 25, 102, 30.
        string list = await _rig.ListAsync("ring");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(5, interval: 500, ring: 30_000));
        await _rig.RunAsync(campaign);
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count == 1, "the INVITE");
        var call = (await _rig.CallsAsync(campaign))[0];
        Assert.Equal(("dialing", ""), ((string?)call["status"], (string?)call["result"]));
        var far = _rig.Uas.Calls[0];
        _rig.Uas.Answer(far, 200, "OK");
        await _rig.EventuallyAsync(async () => (string?)(await _rig.CallsAsync(campaign))[0]["status"] is "progressing", "progressing");
        Assert.Equal("", (string?)(await _rig.CallsAsync(campaign))[0]["result"]);
        Assert.Equal("progressing", (string?)(await _rig.TargetOfAsync(list))["status"]);
        _rig.Uas.Bye(far);
        await _rig.EventuallyAsync(async () => (string?)(await _rig.CallsAsync(campaign))[0]["status"] is "done", "done");
        call = (await _rig.CallsAsync(campaign))[0];
        string id = (string)call["id"]!;
        Assert.Equal("success", (string?)call["result"]);
        var target = await _rig.TargetOfAsync(list);
        Assert.Equal(("done", 1), ((string?)target["status"], (int)target["try_count_0"]!));
        await _rig.EventuallyAsync(() => _rig.TypesOf(id).Count >= 3, "the events");
        Assert.Equal(["campaigncall_created", "campaigncall_updated", "campaigncall_updated"], _rig.TypesOf(id));
        Assert.Equal(["dialing", "progressing", "done"], _rig.OfId(id).Select(e => (string)e["data"]!["status"]!));
        Assert.Equal("none", (string?)_rig.EventsOf("campaigncall_created")[0]["data"]!["reference_type"]);
        Assert.True(JsonNode.DeepEquals(call, _rig.EventsOf("campaigncall_updated")[^1]["data"]));
        string of = (string)target["id"]!;
        await _rig.EventuallyAsync(() => _rig.TypesOf(of).Count >= 3, "the target's events");
        Assert.Equal(["outdialtarget_created", "outdialtarget_updated", "outdialtarget_updated"], _rig.TypesOf(of));
        Assert.True(JsonNode.DeepEquals(target, _rig.EventsOf("outdialtarget_updated")[^1]["data"]));
        await CampaignRig.QuietAsync(3);
        Assert.Single(_rig.Uas.Calls);
        await _rig.StoppedAsync(campaign);
        foreach (string method in new[] { "PUT", "POST" })
            Assert.Equal(404, (await _rig.Host.AskAsync(method, "/campaigncalls/" + id, """{"status":"dialing"}""")).Status);
        var gone = await _rig.Host.DoneAsync("DELETE", "/campaigncalls/" + id);
        Assert.NotNull(gone["tm_delete"]);
        await _rig.EventuallyAsync(() => _rig.TypesOf(id)[^1] is "campaigncall_deleted", "the event");
        DialerHost.Refuses(404, "CAMPAIGNCALL_NOT_FOUND", await _rig.Host.AskAsync("DELETE", "/campaigncalls/" + id));
        Assert.NotNull((await _rig.Host.DoneAsync("GET", "/campaigncalls/" + id))["tm_delete"]);
        Assert.Single(await _rig.CallsAsync(campaign));
        Assert.Empty((await _rig.Host.DoneAsync("GET", "/campaigncalls?deleted=false"))["result"]!.AsArray());
    }

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task What_is_not_answered_fails_for_the_reason_that_the_far_end_gives()
    {
        // Cases 53, 55, 59.
        string[] users = ["busy", "noans", "decline", "nf", "err"];
        string list = await _rig.ListAsync(users), campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        var calls = await _rig.CallsAsync(campaign);
        Assert.Equal(5, calls.Count);
        Assert.All(calls, call => Assert.Equal(("done", "fail"), ((string?)call["status"], (string?)call["result"])));
        var stats = await _rig.Host.DoneAsync("GET", $"/campaigns/{campaign}/stats");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"busy":1,"failed":2,"noanswer":2}"""), stats["attempts"]!["reasons"]), stats.ToJsonString());
        Assert.Equal((5, 0, 5), ((int)stats["attempts"]!["fail"]!, (int)stats["attempts"]!["success"]!, (int)stats["targets"]!["done"]!));
    }

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task A_stop_with_hangup_cancels_what_rings_and_ends_what_is_up()
    {
        // Case 53, of hang-ups by the API.
        string list = await _rig.ListAsync("wait", "ring");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1, ring: 30_000));
        await _rig.RunAsync(campaign);
        await _rig.EventuallyAsync(async () => _rig.Uas.Calls.Count == 2
            && (await _rig.CallsAsync(campaign)).Any(call => (string?)call["status"] is "progressing"), "both are up");
        await _rig.StopAsync(campaign, hangsUp: true);
        await _rig.StoppedAsync(campaign);
        var calls = (await _rig.CallsAsync(campaign)).ToDictionary(call => (string)call["destination"]!["target"]!, call =>
            (string)call["result"]!);
        Assert.Equal(("success", "fail"), (calls[_rig.Uas.At("wait")], calls[_rig.Uas.At("ring")]));
        await _rig.EventuallyAsync(() => _rig.Uas.Of("ring").Single().CancelledAt is not null, "a CANCEL");
        await _rig.EventuallyAsync(() => _rig.Uas.Of("wait").Single().ByeAt is not null, "a BYE");
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task The_plans_ring_time_ends_a_call_that_rings_and_one_that_says_nothing()
    {
        // Case 54.
        string list = await _rig.ListAsync("ring", "silent");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1, ring: 5000));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        UasCall ring = _rig.Uas.Of("ring").Single(), silent = _rig.Uas.Of("silent").Single();
        await _rig.EventuallyAsync(() => ring.CancelledAt is not null, "a CANCEL");
        Assert.Null(silent.CancelledAt);
        Assert.All(await _rig.CallsAsync(campaign), call =>
        {
            Assert.Equal("fail", (string?)call["result"]);
            // By the node's own clock: what the far end hears of its beginning it may hear late.
            var rang = Moment(call["tm_update"]) - Moment(call["tm_create"]);
            Assert.True(rang.TotalSeconds > 4.9, $"{rang} is before its time");
        });
        var stats = await _rig.Host.DoneAsync("GET", $"/campaigns/{campaign}/stats");
        Assert.Equal("""{"dialout":2}""", stats["attempts"]!["reasons"]!.ToJsonString());
        // What comes too late ends at once.
        silent.IsHeard = true;
        _rig.Uas.Answer(silent, 180, "Ringing");
        await _rig.EventuallyAsync(() => silent.CancelledAt is not null, "a CANCEL");
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task A_single_target_is_idle_between_its_tries_and_has_all_of_them()
    {
        // Cases 57, 58.
        string list = await _rig.ListAsync("seq-busy-busy-ok-1");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(3, interval: 2000));
        await _rig.RunAsync(campaign);
        for (int tries = 1; tries < 3; tries++)
        {
            await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count == tries, "a try");
            int made = tries;
            await _rig.EventuallyAsync(async () => await _rig.TargetOfAsync(list) is var target
                && ("idle", made) == ((string?)target["status"], (int)target["try_count_0"]!), "idle behind it");
            Assert.Equal("run", await _rig.StatusAsync(campaign));
        }
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count == 3, "the third try");
        await _rig.StoppedAsync(campaign);
        Assert.Equal(3, _rig.Uas.Calls.Count);
        Assert.Equal(["fail", "fail", "success"], (await _rig.CallsAsync(campaign)).Reverse().Select(call => (string)call["result"]!));
        Assert.Equal([1, 2, 3], (await _rig.CallsAsync(campaign)).Reverse().Select(call => (int)call["try_count"]!));
        for (int i = 1; i < 3; i++)
            Assert.True(CampaignRig.Between(_rig.Uas.Calls[i - 1].At, _rig.Uas.Calls[i].At).TotalSeconds > 1.95);
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task Who_has_had_all_tries_is_done_and_a_reset_begins_anew()
    {
        // Cases 59, 63.
        string list = await _rig.ListAsync("busy");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(2, interval: 500,
            more: ""","max_try_count_1":2,"max_try_count_2":2,"max_try_count_3":2,"max_try_count_4":2"""));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal(2, _rig.Uas.Calls.Count);
        Assert.Equal("done", (string?)(await _rig.TargetOfAsync(list))["status"]);
        Assert.Equal("exhausted", (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign))["stop_reason"]);

        await _rig.Host.DoneAsync("POST", $"/outdials/{list}/reset?status=done");
        var target = await _rig.TargetOfAsync(list);
        Assert.Equal(("idle", 0), ((string?)target["status"], (int)target["try_count_0"]!));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal(4, _rig.Uas.Calls.Count);
        await _rig.Host.DoneAsync("POST", $"/outdials/{list}/targets/{target["id"]}/reset");
        Assert.Equal("idle", (string?)(await _rig.TargetOfAsync(list))["status"]);
        DialerHost.Refuses(403, "PERMISSION_DENIED",
            await _rig.Host.AskAsync("POST", $"/outdials/{list}/targets/{target["id"]}/reset", null, _rig.Host.Second));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _rig.Host.AskAsync("POST", $"/outdials/{list}/reset", null, _rig.Host.Second));
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task Addresses_are_called_in_their_order_and_holes_are_none()
    {
        // Cases 61, 62, 67.
        var host = _rig.Host;
        string list = await _rig.ListAsync();
        string At(string user) => $$"""{"type":"sip","target":"{{_rig.Uas.At(user)}}"}""";
        await host.DoneAsync("POST", $"/outdials/{list}/targets", $$"""{"destination_0":{{At("busy")}},"destination_2":{{At("ok-1")}}}""");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(0, more: ""","max_try_count_2":1"""));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal("ok-1", Assert.Single(_rig.Uas.Calls).User);
        Assert.Equal(2, (int)(await _rig.CallsAsync(campaign))[0]["destination_index"]!);

        list = await _rig.ListAsync();
        await host.DoneAsync("POST", $"/outdials/{list}/targets", $$"""{"destination_3":{{At("busy")}}}""");
        await host.DoneAsync("POST", $"/outdials/{list}/targets", """{"destination_0":{"type":"email","target":"a@example.com"}}""");
        await _rig.TargetAsync(list, "ok-1");
        campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1,
            more: ""","max_try_count_1":1,"max_try_count_2":1,"max_try_count_3":1,"max_try_count_4":1"""));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal(["ok-1", "busy", "ok-1"], _rig.Uas.Calls.Select(call => call.User));
        var calls = (await _rig.CallsAsync(campaign)).Reverse().ToList();
        Assert.Equal([(3, "fail"), (0, "fail"), (0, "success")], calls.Select(call => ((int)call["destination_index"]!,
            (string)call["result"]!)));
        Assert.Equal(("none", CampaignRig.Nobody, "email"), ((string?)calls[1]["reference_type"], (string?)calls[1]["reference_id"],
            (string?)calls[1]["destination"]!["type"]));
    }

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task An_agent_is_called_where_he_can_be_rung_and_an_extension_of_nobody_costs_no_other_call()
    {
        string list = await _rig.ListAsync();
        string agent = (string)(await _rig.Host.DoneAsync("POST", "/agents", $$"""
            {"username":"ann@example.com","password":"correct horse","permission":16,
             "addresses":[{"type":"email","target":"a@example.com"},{"type":"sip","target":"{{_rig.Uas.At("ok-1")}}"}]}
            """))["id"]!;
        foreach (var (type, target) in new[] { ("extension", "nobody"), ("agent", agent) })
            await _rig.Host.DoneAsync("POST", $"/outdials/{list}/targets",
                $$"""{"destination_0":{"type":"{{type}}","target":"{{target}}"} }""");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(1));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        Assert.Equal("ok-1", Assert.Single(_rig.Uas.Calls).User);
        var calls = (await _rig.CallsAsync(campaign)).Reverse().ToList();
        Assert.Equal([("extension", "none", "fail"), ("agent", "call", "success")], calls.Select(call =>
            ((string)call["destination"]!["type"]!, (string)call["reference_type"]!, (string)call["result"]!)));
        Assert.Equal(agent, (string?)calls[1]["destination"]!["target"]);
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task The_second_address_is_called_once_the_first_has_been_busy_as_often_as_the_plan_allows()
    {
        string list = await _rig.ListAsync();
        string At(string user) => $$"""{"type":"sip","target":"{{_rig.Uas.At(user)}}"}""";
        await _rig.Host.DoneAsync("POST", $"/outdials/{list}/targets",
            $$"""{"destination_0":{{At("busy")}},"destination_1":{{At("ok-1")}}}""");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(2, interval: 500, more: ""","max_try_count_1":2"""));
        await _rig.RunAsync(campaign);
        await _rig.StoppedAsync(campaign);
        var calls = (await _rig.CallsAsync(campaign)).Reverse().ToList();
        Assert.Equal([(0, 1, "done", "fail"), (0, 2, "done", "fail"), (1, 1, "done", "success")],
            calls.Select(call => ((int)call["destination_index"]!, (int)call["try_count"]!, (string)call["status"]!,
                (string)call["result"]!)));
        Assert.Equal([_rig.Uas.At("busy"), _rig.Uas.At("busy"), _rig.Uas.At("ok-1")],
            calls.Select(call => (string)call["destination"]!["target"]!));
        Assert.Equal(["busy", "busy", "ok-1"], _rig.Uas.Calls.Select(call => call.User));
        for (int i = 1; i < 3; i++)
            Assert.True(CampaignRig.Between(_rig.Uas.Calls[i - 1].At, _rig.Uas.Calls[i].At).TotalMilliseconds > 450);
        var target = await _rig.TargetOfAsync(list);
        Assert.Equal(("done", 2, 1), ((string?)target["status"], (int)target["try_count_0"]!, (int)target["try_count_1"]!));
        Assert.Equal("exhausted", (string?)(await _rig.Host.DoneAsync("GET", "/campaigns/" + campaign))["stop_reason"]);
        // The seed's members, all of them and each address with its five.
        string[] members = ["id", "campaign_id", "outplan_id", "outdial_id", "outdial_target_id", "queue_id", "activeflow_id",
            "reference_type", "reference_id", "status", "result", "source", "destination", "destination_index", "try_count", "tm_create",
            "tm_update"];
        Assert.All(calls, call => Assert.All(members, name => Assert.True(call.ContainsKey(name), name)));
        foreach (string address in new[] { "source", "destination" })
            Assert.All(calls, call => Assert.Equal(Five, call[address]!.AsObject().Select(member => member.Key).Order()));
    }

    [Fact, Depth("the dialler's own tests have the same")]
    public async Task Who_waits_for_a_second_try_holds_up_nobody_else()
    {
        // Case 65.
        string list = await _rig.ListAsync("busy");
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(2, interval: 60_000));
        await _rig.RunAsync(campaign);
        await _rig.EventuallyAsync(() => _rig.Uas.Calls.Count == 1, "the first one");
        await CampaignRig.QuietAsync(5);
        await _rig.TargetAsync(list, "ok-1");
        await _rig.EventuallyAsync(() => _rig.Uas.Of("ok-1").Any(), "the second one");
        Assert.Equal("idle", (string?)(await _rig.TargetOfAsync(list))["status"]);
    }

    [Fact, Depth("the gate has a call of a campaign to its end, never called again; the dialler's own tests have the rules")]
    public async Task Who_was_taken_off_the_list_is_not_called_and_a_call_that_is_up_goes_on()
    {
        // Cases 66, 69.
        string list = await _rig.ListAsync("wait", "seq-wait-wait", "ring");
        string first = (string)(await _rig.TargetOfAsync(list, 0))["id"]!, second = (string)(await _rig.TargetOfAsync(list, 1))["id"]!;
        var gone = await _rig.Host.DoneAsync("DELETE", $"/outdials/{list}/targets/{first}");
        Assert.NotNull(gone["tm_delete"]);
        DialerHost.Refuses(404, "OUTDIAL_TARGET_NOT_FOUND", await _rig.Host.AskAsync("DELETE", $"/outdials/{list}/targets/{first}"));
        string campaign = await _rig.CampaignAsync(list, await _rig.PlanAsync(2, interval: 0, ring: 3000),
            """{"actions":[{"type":"sleep","option":{"duration":60000}}]}""");
        await _rig.RunAsync(campaign);
        await _rig.EventuallyAsync(async () => (await _rig.CallsAsync(campaign)).Any(call =>
            (string?)call["status"] is "progressing"), "up");
        DialerHost.Refuses(409, "STATE_INVALID", await _rig.Host.AskAsync("PUT", $"/outdials/{list}/targets/{second}",
            """{"destination_0":{"type":"tel","target":"+15550001111"}}"""));
        await _rig.Host.DoneAsync("DELETE", $"/outdials/{list}/targets/{second}");
        var talks = Assert.Single(_rig.Uas.Of("seq-wait-wait"));
        _rig.Uas.Bye(talks);
        await _rig.StoppedAsync(campaign);
        Assert.Null(talks.ByeAt);       // it ended by its far end's word, and by no other
        Assert.Empty(_rig.Uas.Of("wait"));
        Assert.Single(_rig.Uas.Of("seq-wait-wait"));
        Assert.All(await _rig.CallsAsync(campaign), call => Assert.Equal("done", (string?)call["status"]));
        var ring = _rig.Uas.Of("ring").ToList();
        Assert.Equal(2, ring.Count);
        Assert.True(ring[1].At > ring[0].CancelledAt);      // one after the other
    }

    private static DateTime Moment(JsonNode? text) => DateTime.Parse((string)text!, CultureInfo.InvariantCulture);
}
