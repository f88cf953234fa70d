using System.Text.Json.Nodes;
using Ringwright.Testing;
using static Ringwright.Interop.Cases.VirtualDialer;

namespace Ringwright.Interop.Cases;

/// <summary>Timed cases of the dialer's API by a clock that the test moves, on the lab's people.</summary>
[Depth("the gate has the dialler's rules by a clock of their own, and campaigns and queues of this API on the wall's")]
[Collection(nameof(VirtualDialing))]
public sealed class VirtualDialerTests(VirtualNode node) : IAsyncLifetime
{
    private const string Busy = "+15550020", Absent = "+15550030", Declines = "+15550040", NoNumber = "+15550050", Machine = "+15550010",
        Person = "+15550000";

    private VirtualDialer _dialer = null!;       // set before each test

    public async ValueTask InitializeAsync() => _dialer = await VirtualDialer.StartAsync(node);

    public ValueTask DisposeAsync() => _dialer.DisposeAsync();

    [Fact] // cases 31, 33, 34, 35, 49
    public async Task Six_are_called_half_a_second_apart_in_the_order_of_the_list_and_all_are_up()
    {
        string[] numbers = [.. Enumerable.Range(101, 6).Select(i => $"{Person}{i}")];
        string list = await _dialer.ListAsync(numbers), plan = await _dialer.PlanAsync(1);
        string campaign = await _dialer.CampaignAsync(list, plan);
        var begun = await _dialer.NowAsync();
        Assert.Equal("run", (string?)(await _dialer.RunAsync(campaign))["status"]);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count == 6, "six are called", 10);

        var calls = await _dialer.CallsAsync(campaign);
        Assert.Equal(numbers, calls.Select(call => (string)call["destination"]!["target"]!));
        var made = calls.Select(call => VirtualDialer.TimeOf(call, "tm_create")).ToList();
        Assert.InRange((made[0] - begun).TotalSeconds, 0.8, 2.5);
        for (int i = 1; i < made.Count; i++) Assert.InRange((made[i] - made[i - 1]).TotalSeconds, 0.3, 0.7);
        await _dialer.PassAsync(2);
        foreach (var call in await _dialer.CallsAsync(campaign))
        {
            Assert.Equal((campaign, plan, list, VirtualDialer.Nobody), ((string?)call["campaign_id"], (string?)call["outplan_id"],
                (string?)call["outdial_id"], (string?)call["queue_id"]));
            Assert.Equal(("progressing", "", "call", 0, 1), ((string?)call["status"], (string?)call["result"],
                (string?)call["reference_type"], (int)call["destination_index"]!, (int)call["try_count"]!));
            Assert.Equal(("tel", _dialer.Number), ((string?)call["source"]!["type"], (string?)call["source"]!["target"]));
            var leg = await _dialer.CallOfAsync(call);
            Assert.Equal(("progressing", (string?)call["activeflow_id"]), ((string?)leg["status"], (string?)leg["activeflow_id"]));
        }
    }

    [Fact] // cases 50, 51, 102
    public async Task A_campaigncall_dials_progresses_and_is_done_and_nobody_is_called_again()
    {
        string list = await _dialer.ListAsync(Talker(3)), campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(5));
        await _dialer.RunAsync(campaign);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count == 1, "he is called", 10);
        var call = (await _dialer.CallsAsync(campaign))[0];
        Assert.Equal(("dialing", ""), ((string?)call["status"], (string?)call["result"]));
        Assert.Equal("progressing", (string?)(await _dialer.TargetOfAsync(list))["status"]);
        await _dialer.UntilAsync(() => _dialer.IsFirstAsync(campaign, "progressing"), "he answers", 5);
        Assert.Equal("", (string?)(await _dialer.CallsAsync(campaign))[0]["result"]);
        await _dialer.UntilAsync(() => _dialer.IsFirstAsync(campaign, "done"), "he hangs up", 10);
        Assert.Equal("success", (string?)(await _dialer.CallsAsync(campaign))[0]["result"]);
        Assert.InRange(VirtualDialer.Seconds(await _dialer.CallOfAsync(call), "tm_progressing", "tm_hangup"), 2.9, 3.5);

        await _dialer.PassAsync(15);
        Assert.Single(await _dialer.CallsAsync(campaign));
        var target = await _dialer.TargetOfAsync(list);
        Assert.Equal(("done", 1), ((string?)target["status"], (int)target["try_count_0"]!));
        Assert.Equal("stop", await _dialer.StatusAsync(campaign));
        string id = (string)call["id"]!;
        await Eventually.TrueAsync(() => _dialer.EventsOf(id, "campaigncall_").Count == 3, "its events");
        var told = _dialer.EventsOf(id, "campaigncall_");
        Assert.Equal(["campaigncall_created", "campaigncall_updated", "campaigncall_updated"], told.Select(one => (string)one["type"]!));
        Assert.Equal(["dialing", "progressing", "done"], told.Select(one => (string)one["data"]!["status"]!));
        Assert.Equal(["", "", "success"], told.Select(one => (string)one["data"]!["result"]!));
    }

    [Fact] // cases 53, 54
    public async Task Each_end_before_an_answer_has_its_reason_and_fails()
    {
        string list = await _dialer.ListAsync(Busy + "201", Declines + "202", NoNumber + "203", Absent + "204");
        string campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(1));
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        var calls = await _dialer.CallsAsync(campaign);
        Assert.All(calls, call => Assert.Equal(("done", "fail"), ((string?)call["status"], (string?)call["result"])));
        var legs = new List<JsonObject>();
        foreach (var call in calls) legs.Add(await _dialer.CallOfAsync(call));
        Assert.Equal(["busy", "noanswer", "failed", "dialout"], legs.Select(leg => (string)leg["hangup_reason"]!));
        // The plan lets it ring for five seconds.
        Assert.InRange(VirtualDialer.Seconds(legs[^1], "tm_create", "tm_hangup"), 4.3, 5.7);
    }

    [Fact] // cases 57, 58, 59
    public async Task Whoever_is_busy_is_idle_between_his_tries_and_done_behind_the_last()
    {
        string list = await _dialer.ListAsync(Busy + "301"), campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(3));
        await _dialer.RunAsync(campaign);
        await _dialer.UntilAsync(() => _dialer.IsFirstAsync(campaign, "done"), "the first try is over", 10);
        await _dialer.PassAsync(1);
        var target = await _dialer.TargetOfAsync(list);
        Assert.Equal(("idle", 1), ((string?)target["status"], (int)target["try_count_0"]!));
        Assert.Equal("run", await _dialer.StatusAsync(campaign));
        await _dialer.StoppedAsync(campaign);

        var calls = await _dialer.CallsAsync(campaign);
        Assert.Equal([1, 2, 3], calls.Select(call => (int)call["try_count"]!));
        for (int i = 1; i < calls.Count; i++)
        {
            double gap = (VirtualDialer.TimeOf(calls[i], "tm_create") - VirtualDialer.TimeOf(calls[i - 1], "tm_update")).TotalSeconds;
            Assert.InRange(gap, 2.9, 8.5);
        }
        await _dialer.PassAsync(15);
        Assert.Equal(3, (await _dialer.CallsAsync(campaign)).Count);
        Assert.Equal("done", (string?)(await _dialer.TargetOfAsync(list))["status"]);
        Assert.Equal("exhausted", (string?)(await _dialer.AskAsync("GET", "campaigns/" + campaign))["stop_reason"]);
    }

    [Fact] // cases 61, 62
    public async Task Two_tries_at_the_first_number_come_before_the_next_one_and_holes_are_passed_over()
    {
        string list = await _dialer.ListAsync(), plan = await _dialer.PlanAsync(2, interval: 1_000,
            more: ""","max_try_count_1":1,"max_try_count_2":0,"max_try_count_3":1""");
        string whole = await _dialer.TargetAsync(list, (0, Busy + "401"), (1, Talker(2)));
        string holed = await _dialer.TargetAsync(list, (2, Busy + "402"), (3, Person + "403"));
        string campaign = await _dialer.CampaignAsync(list, plan, """{"actions":[{"type":"sleep","option":{"duration":1000} }]}""");
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        var calls = await _dialer.CallsAsync(campaign);
        Assert.Equal([(0, 1, "fail"), (0, 2, "fail"), (1, 1, "success")], TriesOf(whole));
        Assert.Equal([(3, 1, "success")], TriesOf(holed));

        IEnumerable<(int, int, string)> TriesOf(string target) => calls.Where(call => (string?)call["outdial_target_id"] == target)
            .Select(call => ((int)call["destination_index"]!, (int)call["try_count"]!, (string)call["result"]!));
    }

    [Fact] // cases 38, 65
    public async Task Who_is_added_is_called_within_seconds_though_another_waits_for_a_retry()
    {
        string list = await _dialer.ListAsync();
        string campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(2, interval: 60_000), """{"end_handle":"continue"}""");
        await _dialer.RunAsync(campaign);
        await _dialer.PassAsync(15);
        Assert.Equal("run", await _dialer.StatusAsync(campaign));
        await _dialer.TargetAsync(list, (0, Busy + "501"));
        await _dialer.UntilAsync(() => _dialer.IsFirstAsync(campaign, "done"), "the first is busy", 6);
        await _dialer.PassAsync(5);
        var added = await _dialer.NowAsync();
        await _dialer.TargetAsync(list, (0, Talker(1)));
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count == 2, "the second is called", 6);
        var second = (await _dialer.CallsAsync(campaign))[1];
        Assert.Equal(Talker(1), (string?)second["destination"]!["target"]);
        Assert.InRange((VirtualDialer.TimeOf(second, "tm_create") - added).TotalSeconds, 0, 6);
        await _dialer.PassAsync(20);
        Assert.Equal((2, "run"), ((await _dialer.CallsAsync(campaign)).Count, await _dialer.StatusAsync(campaign)));
    }

    [Fact] // case 47
    public async Task A_plan_that_is_changed_holds_for_who_waits_already()
    {
        string list = await _dialer.ListAsync(Busy + "601"), plan = await _dialer.PlanAsync(2, interval: 60_000);
        string campaign = await _dialer.CampaignAsync(list, plan);
        await _dialer.RunAsync(campaign);
        await _dialer.UntilAsync(() => _dialer.IsFirstAsync(campaign, "done"), "the first try is over", 10);
        await _dialer.PassAsync(10);
        Assert.Single(await _dialer.CallsAsync(campaign));
        await _dialer.AskAsync("PUT", $"outplans/{plan}/dial_info", $$"""
            {"source":{"type":"tel","target":"{{_dialer.Number}}"},"dial_timeout":5000,"try_interval":1000,"max_try_count_0":2}
            """);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count == 2, "the second try", 6);
    }

    [Fact] // case 97
    public async Task The_next_campaign_runs_when_the_list_is_exhausted_and_not_when_somebody_stops_it()
    {
        string plan = await _dialer.PlanAsync(1), second = await _dialer.CampaignAsync(await _dialer.ListAsync(Talker(2)), plan);
        string next = $$"""{"next_campaign_id":"{{second}}"}""";
        string first = await _dialer.CampaignAsync(await _dialer.ListAsync(Busy + "701"), plan, next);
        await _dialer.RunAsync(first);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(second)).Count == 1, "the next one calls");
        Assert.Equal("stop", await _dialer.StatusAsync(first));
        await _dialer.StoppedAsync(second);

        string third = await _dialer.CampaignAsync(await _dialer.ListAsync(Absent + "702"), plan, next);
        await _dialer.RunAsync(third);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(third)).Count == 1, "it calls");
        await _dialer.StopAsync(third, hangsUp: true);
        await _dialer.StoppedAsync(third);
        await _dialer.PassAsync(10);
        Assert.Equal(("stop", 1), (await _dialer.StatusAsync(second), (await _dialer.CallsAsync(second)).Count));
    }

    [Fact] // cases 74, 75
    public async Task The_end_of_the_actions_hangs_up_and_none_at_all_at_once()
    {
        string plan = await _dialer.PlanAsync(1);
        string none = await _dialer.CampaignAsync(await _dialer.ListAsync(Person + "801"), plan, """{"actions":[]}""");
        string two = await _dialer.CampaignAsync(await _dialer.ListAsync(Person + "802"), plan,
            """{"actions":[{"type":"sleep","option":{"duration":2000} }]}""");
        foreach (var (campaign, least, most) in new[] { (none, 0.0, 1.0), (two, 1.3, 2.7) })
        {
            await _dialer.RunAsync(campaign);
            await _dialer.StoppedAsync(campaign);
            var call = Assert.Single(await _dialer.CallsAsync(campaign));
            Assert.Equal("success", (string?)call["result"]);
            var leg = await _dialer.CallOfAsync(call);
            Assert.Equal(("local", "normal"), ((string?)leg["hangup_by"], (string?)leg["hangup_reason"]));
            Assert.InRange(VirtualDialer.Seconds(leg, "tm_progressing", "tm_hangup"), least, most);
        }
    }

    [Fact] // cases 37, 39
    public async Task An_empty_list_and_a_missing_one_stop_within_seconds_and_call_nobody()
    {
        string plan = await _dialer.PlanAsync(1);
        string[] campaigns =
        [
            await _dialer.CampaignAsync(await _dialer.ListAsync(), plan), await _dialer.CampaignAsync(VirtualDialer.Nobody, plan),
            await _dialer.CampaignAsync(await _dialer.ListAsync(Person + "151"), VirtualDialer.Nobody),
        ];
        foreach (string campaign in campaigns)
        {
            await _dialer.RunAsync(campaign);
            await _dialer.StoppedAsync(campaign, 3);
            Assert.Empty(await _dialer.CallsAsync(campaign));
            await Eventually.TrueAsync(() => _dialer.TypesOf(campaign, "campaign_").SequenceEqual(
                ["campaign_created", "campaign_status_run", "campaign_status_stop"]),
                () => string.Join(", ", _dialer.TypesOf(campaign, "campaign_")));
        }
    }

    [Fact] // cases 41, 43
    public async Task A_stop_ends_the_calling_and_a_run_goes_on_at_the_same_pace()
    {
        string list = await _dialer.ListAsync([.. Enumerable.Range(160, 20).Select(i => $"{Person}{i}")]);
        string campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(1));
        await _dialer.RunAsync(campaign);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count >= 3, "three are called", 10);
        Assert.Equal("stopping", (string?)(await _dialer.StopAsync(campaign))["status"]);
        int made = (await _dialer.CallsAsync(campaign)).Count;
        await _dialer.PassAsync(8);
        int sent = (await _dialer.CallsAsync(campaign)).Count;
        Assert.InRange(sent, made, made + 1);
        Assert.Equal("stopping", await _dialer.StatusAsync(campaign));

        Assert.Equal("run", (string?)(await _dialer.RunAsync(campaign))["status"]);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count >= sent + 5, "it goes on", 10);
        // Two loops would need half the time.
        var times = (await _dialer.CallsAsync(campaign)).Skip(sent).Select(call => VirtualDialer.TimeOf(call, "tm_create")).ToList();
        for (int i = 1; i < times.Count; i++) Assert.InRange((times[i] - times[i - 1]).TotalSeconds, 0.3, 0.7);
    }

    [Fact] // cases 66, 69
    public async Task A_target_is_called_once_at_a_time_and_one_that_is_deleted_not_again()
    {
        string list = await _dialer.ListAsync(Absent + "181", Absent + "182", Absent + "183");
        string campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(2, interval: 0));
        string before = (string)(await _dialer.TargetOfAsync(list))["id"]!, during = (string)(await _dialer.TargetOfAsync(list, 1))["id"]!;
        await _dialer.AskAsync("DELETE", $"outdials/{list}/targets/{before}");
        await _dialer.RunAsync(campaign);
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count == 2, "both are called", 10);
        await _dialer.AskAsync("DELETE", $"outdials/{list}/targets/{during}");
        await _dialer.StoppedAsync(campaign);
        var calls = await _dialer.CallsAsync(campaign);
        Assert.DoesNotContain(calls, call => (string?)call["outdial_target_id"] == before);
        var deleted = Assert.Single(calls, call => (string?)call["outdial_target_id"] == during);
        Assert.Equal(("done", "fail"), ((string?)deleted["status"], (string?)deleted["result"]));
        var twice = calls.Where(call => (string?)call["outdial_target_id"] != during).ToList();
        Assert.Equal([1, 2], twice.Select(call => (int)call["try_count"]!));
        var over = VirtualDialer.TimeOf(await _dialer.CallOfAsync(twice[0]), "tm_hangup");
        Assert.True(VirtualDialer.TimeOf(twice[1], "tm_create") >= over, "the second try waits for the end of the first");
    }

    [Fact] // case 73
    public async Task A_flow_that_hangs_up_as_busy_fails_and_the_target_is_called_again()
    {
        string list = await _dialer.ListAsync(Person + "191"), campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(2),
            """{"actions":[{"type":"hangup","option":{"reason":"busy"} }]}""");
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        var calls = await _dialer.CallsAsync(campaign);
        Assert.Equal([(1, "fail"), (2, "fail")], calls.Select(call => ((int)call["try_count"]!, (string)call["result"]!)));
        foreach (var call in calls) Assert.Equal("busy", (string?)(await _dialer.CallOfAsync(call))["hangup_reason"]);
        Assert.Equal("done", (string?)(await _dialer.TargetOfAsync(list))["status"]);
    }

    [Fact] // case 70
    public async Task A_machine_is_hung_up_on_fails_and_is_called_again()
    {
        Tool.Require("espeak-ng");
        string campaign = await _dialer.CampaignAsync(await _dialer.ListAsync(Machine + "901"), await _dialer.PlanAsync(2),
            """{"actions":[{"type":"amd","option":{"machine_handle":"hangup"} },{"type":"sleep","option":{"duration":20000} }]}""");
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        var calls = await _dialer.CallsAsync(campaign);
        Assert.Equal([(1, "fail"), (2, "fail")], calls.Select(call => ((int)call["try_count"]!, (string)call["result"]!)));
        foreach (var call in calls) Assert.Equal("amd", (string?)(await _dialer.CallOfAsync(call))["hangup_reason"]);
    }

    [Fact] // case 71
    public async Task A_person_who_says_a_word_and_waits_hears_what_comes_next()
    {
        Tool.Require("espeak-ng");
        string campaign = await _dialer.CampaignAsync(await _dialer.ListAsync(Person + "911"), await _dialer.PlanAsync(2),
            """{"actions":[{"type":"amd","option":{"machine_handle":"hangup"} },{"type":"sleep","option":{"duration":3000} }]}""");
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        var call = Assert.Single(await _dialer.CallsAsync(campaign));
        Assert.Equal("success", (string?)call["result"]);
        Assert.Equal("normal", (string?)(await _dialer.CallOfAsync(call))["hangup_reason"]);
        Assert.Equal(["amd", "sleep"], await DoneAsync((string)call["activeflow_id"]!));
    }

    [Theory] // case 77
    [InlineData('1', true), InlineData('2', false)]
    public async Task A_key_chooses_between_a_recording_and_the_end(char key, bool isRecorded)
    {
        const string One = "00000000-0000-4000-8000-000000000001", Two = "00000000-0000-4000-8000-000000000002";
        Tool.Require("espeak-ng");
        var made = await _dialer.AskAsync("POST", "calls", $$"""
            {"source":{"type":"tel","target":"{{_dialer.Number}}"},"destinations":[{"type":"tel","target":"+1555007{{key}}001"}],
             "actions":[{"type":"talk","option":{"text":"Please press a key.","language":"en-US"} },
              {"type":"digits_receive","option":{"length":1,"duration":20000} },
              {"type":"branch","option":{"target_ids":{"1":"{{One}}","2":"{{Two}}"} } },{"type":"hangup"},
              {"id":"{{One}}","type":"recording_start","option":{"format":"wav"} },
              {"type":"sleep","option":{"duration":1500} },{"type":"stop"},{"id":"{{Two}}","type":"hangup"}]}
            """);
        string path = "calls/" + made["id"];
        await _dialer.UntilAsync(async () => (string?)(await _dialer.AskAsync("GET", path))["status"] is "hangup", "the call is over");
        var over = await _dialer.AskAsync("GET", path);
        string[] done = isRecorded ? ["talk", "digits_receive", "branch", "recording_start", "sleep", "stop"]
            : ["talk", "digits_receive", "branch", "hangup"];
        Assert.Equal(done, await DoneAsync((string)over["activeflow_id"]!));
        Assert.Equal(isRecorded ? 1 : 0, over["recording_ids"]!.AsArray().Count);
    }

    /// <summary>What a run has carried out.</summary>
    private async Task<IReadOnlyList<string>> DoneAsync(string run) => [.. (await _dialer.AskAsync("GET", "activeflows/" + run))
        ["executed_actions"]!.AsArray().Select(action => (string)action!["type"]!)];

    [Fact] // cases 94, 95
    public async Task A_campaign_without_calls_runs_its_actions_for_each_target()
    {
        string list = await _dialer.ListAsync(Person + "141", Person + "142");
        string campaign = await _dialer.CampaignAsync(list, await _dialer.PlanAsync(1), $$"""
            {"type":"flow","actions":[{"type":"talk","option":{"text":"Nobody hears this.","language":"en-US"} },
             {"type":"webhook_send","option":{"uri":"{{_dialer.Hook.Root}}each","method":"POST","sync":true,
              "data":"{\"of\":\"${voipbin.campaigncall.id}\"}"} }]}
            """);
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        var calls = await _dialer.CallsAsync(campaign);
        Assert.Equal(2, calls.Count);
        Assert.All(calls, call => Assert.Equal(("none", VirtualDialer.Nobody, "done", "success"), ((string?)call["reference_type"],
            (string?)call["reference_id"], (string?)call["status"], (string?)call["result"])));
        Assert.Equal<string>(calls.Select(call => (string)call["id"]!).Order(StringComparer.Ordinal), _dialer.Hook.Taken
            .Where(webhook => webhook.Url.EndsWith("/each", StringComparison.Ordinal)).Select(webhook => (string)webhook.Body["of"]!)
            .Order(StringComparer.Ordinal));
        Assert.Equal("done", (string?)(await _dialer.TargetOfAsync(list))["status"]);
    }

    [Fact] // case 99
    public async Task An_event_that_is_refused_comes_twice_more_a_second_apart_and_one_that_is_not_found_does_not()
    {
        var times = new List<(string Type, DateTimeOffset At)>();
        _dialer.Hook.React("hook", async webhook =>
        {
            string type = (string)webhook.Body["type"]!;
            // The node's clock stands while it waits for this answer.
            var at = await _dialer.NowAsync();
            lock (times)
            {
                times.Add((type, at));
                return type is "outdial_created" ? 404 : times.Count(one => one.Type == type) < 3 ? 500 : 200;
            }
        });
        await _dialer.PlanAsync(1);
        await _dialer.ListAsync();
        await _dialer.PassAsync(10);
        await Eventually.TrueAsync(() => Of("outplan_created").Count == 3, "three attempts");
        var tries = Of("outplan_created");
        for (int i = 1; i < 3; i++) Assert.InRange((tries[i] - tries[i - 1]).TotalSeconds, 0.9, 1.6);
        Assert.Single(Of("outdial_created"));
        Assert.Single(_dialer.Hook.Taken.Where(webhook => (string?)webhook.Body["type"] is "outplan_created")
            .Select(webhook => webhook.Body.ToJsonString()).Distinct());

        List<DateTimeOffset> Of(string type)
        {
            lock (times) return [.. times.Where(one => one.Type == type).Select(one => one.At)];
        }
    }
}
