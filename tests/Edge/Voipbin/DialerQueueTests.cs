using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Section D of the dialer's cases in real time: callers in queues, and agents who are rung for them.</summary>
public sealed class DialerQueueTests : IAsyncLifetime
{
    private CallingHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await CallingHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task D78_an_answered_call_reaches_the_agent_and_both_hear_each_other()
    {
        string queue = await _host.QueueAsync(), agent = await _host.AgentAsync("ring-agent-1000");
        var call = await _host.QueuedAsync("now-caller-700", queue);
        Assert.Equal(("outgoing", "dialing", ""), ((string?)call["direction"], (string?)call["status"], (string?)call["hangup_reason"]));
        var caller = await _host.Far.CalledAsync("now-caller-700");
        var rung = await _host.Far.CalledAsync("ring-agent-1000");
        long ringsAt = Stopwatch.GetTimestamp();
        // Whom he will talk to, by a number that the account may show.
        Assert.Equal("+15559876543", rung.Caller);
        Assert.StartsWith("\"now-caller-700\"", rung.From, StringComparison.Ordinal);
        await caller.HearsAsync(425);        // while the agent rings
        var rang = Stopwatch.GetElapsedTime(ringsAt);
        rung.Answer();
        await Task.WhenAll(caller.HearsAsync(1000), rung.HearsAsync(700));
        var waiting = await _host.QueuecallAsync(call);
        string id = (string)waiting["id"]!;
        var served = await _host.ShownAsync("/queuecalls/" + id, "status", "service");
        Assert.Equal((queue, agent, "call"),
            ((string?)served["queue_id"], (string?)served["service_agent_id"], (string?)served["reference_type"]));
        int waited = (int)served["duration_waiting"]!;
        var took = Time(served, "tm_service") - Time(served, "tm_create");
        Assert.InRange(waited, (int)took.TotalMilliseconds - 1, (int)took.TotalMilliseconds + 1);
        Assert.True(waited >= (int)rang.TotalMilliseconds, $"{waited} ms, and it rang for {rang}");
        var shown = await _host.Api.DoneAsync("GET", "/queues/" + queue);
        Assert.Equal([id], shown["service_queuecall_ids"]!.AsArray().Select(one => (string)one!));
        Assert.Equal((1, 1, 0), Counts(shown));
        await _host.ShownAsync("/agents/" + agent, "status", "busy");
        caller.Hangup();
        await Eventually.TrueAsync(() => rung.IsOver, "the agent's call is over");
        var done = await _host.ShownAsync("/queuecalls/" + id, "status", "done");
        Assert.True((int)done["duration_service"]! > 0 && done["tm_end"] is not null && done["tm_service"] is not null);
        await _host.ToldAsync(id, "queuecall_created", "queuecall_waiting", "queuecall_connecting", "queuecall_serviced", "queuecall_done");
        // He is busy until he says otherwise.
        await Eventually.TrueAsync(() => StatusesTold().SequenceEqual(["available", "ringing", "busy"]),
            () => $"his statuses are told, and not {string.Join(", ", StatusesTold())}");
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        Assert.Equal("busy", (string?)(await _host.Api.DoneAsync("GET", "/agents/" + agent))["status"]);
        Assert.Empty((await _host.Api.DoneAsync("GET", "/queues/" + queue))["service_queuecall_ids"]!.AsArray());
        // The agent's call is shown as what it is.
        string leg = (string)(await _host.Api.DoneAsync("GET", "/calls"))["result"]!.AsArray()
            .Single(one => (string?)one!["master_call_id"] == (string?)call["id"])!["groupcall_id"]!;
        var group = await _host.ShownAsync("/groupcalls/" + leg, "status", "hangup");
        Assert.Equal(("ring_all", 1), ((string?)group["ring_method"], (int)group["call_count"]!));
        await _host.ToldAsync(leg, "groupcall_created", "groupcall_progressing", "groupcall_hangup");
    }

    [Fact, Depth("the gate has an answered call that reaches an agent, and who has waited longest; rules of queues are Pure's")]
    public async Task D93_who_has_talked_is_rung_for_nobody_until_he_says_that_he_is_available()
    {
        string queue = await _host.QueueAsync(), agent = await _host.AgentAsync("now-agent-1000");
        var first = await _host.QueuedAsync("now-first-700", queue);
        var rung = await _host.Far.CalledAsync("now-agent-1000");
        await rung.HearsAsync(700);
        await _host.ShownAsync("/agents/" + agent, "status", "busy");
        // Both sides hang up.
        _host.Far.To("now-first-700").Single().Hangup();
        rung.Hangup();
        await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(first))["id"], "status", "done");

        var second = await _host.QueuedAsync("now-second-600", queue);
        string waiting = (string)(await _host.QueuecallAsync(second))["id"]!;
        await _host.ShownAsync("/queuecalls/" + waiting, "status", "waiting");
        await Task.Delay(2_500, TestContext.Current.CancellationToken);
        Assert.Equal("busy", (string?)(await _host.Api.DoneAsync("GET", "/agents/" + agent))["status"]);
        Assert.Equal("waiting", (string?)(await _host.Api.DoneAsync("GET", "/queuecalls/" + waiting))["status"]);
        Assert.Single(_host.Far.To("now-agent-1000"));

        Assert.Equal("available", (string?)(await _host.StatusAsync(agent, "available"))["status"]);
        var again = await _host.Far.CalledAsync("now-agent-1000", nth: 2);
        await again.HearsAsync(600);
        var served = await _host.ShownAsync("/queuecalls/" + waiting, "status", "service");
        Assert.Equal(agent, (string?)served["service_agent_id"]);
        Assert.Equal(2, _host.Far.To("now-agent-1000").Count());
    }

    [Fact, Depth("the gate has an answered call, who gives up and who has waited longest; free agents in DialerAgentTests")]
    public async Task Who_has_talked_is_available_again_when_his_queue_has_left_him_alone_for_long_enough()
    {
        string queue = await _host.QueueAsync(""","wrap_up_timeout":1500"""), agent = await _host.AgentAsync("now-agent-1000");
        Assert.Equal(1500, (int)(await _host.Api.DoneAsync("GET", "/queues/" + queue))["wrap_up_timeout"]!);
        string other = await _host.QueueAsync();
        Assert.False((await _host.Api.DoneAsync("GET", "/queues/" + other)).ContainsKey("wrap_up_timeout"));
        var call = await _host.QueuedAsync("now-first-700", queue);
        var rung = await _host.Far.CalledAsync("now-agent-1000");
        await rung.HearsAsync(700);
        await _host.ShownAsync("/agents/" + agent, "status", "busy");
        long begun = Stopwatch.GetTimestamp();
        _host.Far.To("now-first-700").Single().Hangup();
        await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(call))["id"], "status", "done");
        await _host.ShownAsync("/agents/" + agent, "status", "available");
        var took = Stopwatch.GetElapsedTime(begun);
        Assert.True(took >= TimeSpan.FromMilliseconds(1500), $"after {took}");
    }

    [Fact]
    public async Task D89_a_caller_who_gives_up_is_abandoned_and_his_wait_is_measured()
    {
        string queue = await _host.QueueAsync();
        long begunAt = Stopwatch.GetTimestamp();
        var call = await _host.QueuedAsync("now-caller-700", queue);
        var caller = await _host.Far.CalledAsync("now-caller-700");
        await caller.HearsAsync(425);
        var waiting = await _host.QueuecallAsync(call);
        string id = (string)waiting["id"]!;
        await _host.ShownAsync("/queuecalls/" + id, "status", "waiting");
        Assert.Equal([id], (await _host.Api.DoneAsync("GET", "/queues/" + queue))["wait_queuecall_ids"]!.AsArray()
            .Select(one => (string)one!));
        await Task.Delay(2_000, TestContext.Current.CancellationToken);
        caller.Hangup();
        var left = await _host.ShownAsync("/queuecalls/" + id, "status", "abandoned");
        var took = Time(left, "tm_end") - Time(left, "tm_create");
        Assert.InRange((int)left["duration_waiting"]!, (int)took.TotalMilliseconds - 1, (int)took.TotalMilliseconds + 1);
        Assert.InRange(took, TimeSpan.FromSeconds(2), Stopwatch.GetElapsedTime(begunAt));
        await _host.ToldAsync(id, "queuecall_created", "queuecall_waiting", "queuecall_abandoned");
        Assert.Equal((1, 0, 1), Counts(await _host.Api.DoneAsync("GET", "/queues/" + queue)));
        var over = await _host.ShownAsync("/calls/" + call["id"], "status", "hangup");
        Assert.Equal(("remote", "normal"), ((string?)over["hangup_by"], (string?)over["hangup_reason"]));
        DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("POST", $"/queuecalls/{id}/kick"));
        Assert.NotNull((await _host.Api.DoneAsync("DELETE", "/queuecalls/" + id))["tm_delete"]);
        DialerHost.Refuses(404, "QUEUECALL_NOT_FOUND", await _host.Api.AskAsync("DELETE", "/queuecalls/" + id));
    }

    [Fact, Depth("the gate has an answered call that reaches an agent, and who has waited longest; rules of queues are Pure's")]
    public async Task D90_when_an_agent_does_not_answer_the_next_one_is_rung()
    {
        string queue = await _host.QueueAsync(), refusing = await _host.AgentAsync("noans-agent-1000");
        var call = await _host.QueuedAsync("now-caller-700", queue);
        await _host.Far.CalledAsync("noans-agent-1000");
        await _host.ShownAsync("/agents/" + refusing, "status", "available");
        string answering = await _host.AgentAsync("ok-agent-900");
        var rung = await _host.Far.CalledAsync("ok-agent-900");
        var caller = _host.Far.To("now-caller-700").Single();
        await Task.WhenAll(caller.HearsAsync(900), rung.HearsAsync(700));
        await _host.ShownAsync("/agents/" + refusing, "status", "available");
        var served = await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(call))["id"], "status", "service");
        Assert.Equal(answering, (string?)served["service_agent_id"]);
        // He who left is not hung up on: his flow goes on, and is over.
        rung.Hangup();
        await Eventually.TrueAsync(() => caller.IsOver, "the flow ends the call");
        Assert.Equal("normal", (string?)(await _host.ShownAsync("/calls/" + call["id"], "status", "hangup"))["hangup_reason"]);
    }

    [Fact]
    public async Task D91_who_has_waited_longest_is_served_first()
    {
        string queue = await _host.QueueAsync();
        var first = await _host.QueuedAsync("now-first-700", queue);
        await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(first))["id"], "status", "waiting");
        var second = await _host.QueuedAsync("now-second-600", queue);
        await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(second))["id"], "status", "waiting");
        await _host.AgentAsync("now-agent-1000");
        var rung = await _host.Far.CalledAsync("now-agent-1000");
        await rung.HearsAsync(700);
        Assert.StartsWith("\"now-first-700\"", rung.From, StringComparison.Ordinal);
        Assert.Equal("waiting", (string?)(await _host.QueuecallAsync(second))["status"]);
        Assert.Single(_host.Far.To("now-agent-1000"));
    }

    /// <summary>The name of a call's source is for whoever is called by it.</summary>
    [Fact]
    public async Task An_agent_is_shown_whom_he_will_talk_to_and_not_as_whom_that_one_was_called()
    {
        string queue = await _host.QueueAsync();
        await _host.AgentAsync("ring-agent-1000");
        await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543","target_name":"Acme Shop"},
             "destinations":[{{{_host.Far.Address("now-named-700")}}}],
             "actions":[{"type":"queue_join","option":{"queue_id":"{{{queue}}}"} }]}
            """);
        Assert.StartsWith("\"Acme Shop\" ", (await _host.Far.CalledAsync("now-named-700")).From, StringComparison.Ordinal);
        Assert.StartsWith("\"now-named-700\" ", (await _host.Far.CalledAsync("ring-agent-1000")).From, StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has an answered call that reaches an agent, and who has waited longest; rules of queues are Pure's")]
    public async Task Nobody_is_rung_twice_at_once_whoever_waits_where()
    {
        string[] queues = [await _host.QueueAsync(), await _host.QueueAsync()];
        for (int i = 0; i < 6; i++) await _host.QueuedAsync($"now-caller{i}-700", queues[i % 2]);
        await Eventually.TrueAsync(() => _host.Far.Calls.Count(call => call.IsUp) == 6, "six wait");
        string agent = await _host.AgentAsync("ring-agent-1000");
        await _host.Far.CalledAsync("ring-agent-1000");
        // What he sets himself meanwhile changes nothing of that.
        await _host.StatusAsync(agent, "available");
        await Task.Delay(3_000, TestContext.Current.CancellationToken);
        var rung = Assert.Single(_host.Far.To("ring-agent-1000"));
        rung.Answer();
        await rung.HearsAsync(700);
        await _host.ShownAsync("/agents/" + agent, "status", "busy");
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        Assert.Single(_host.Far.To("ring-agent-1000"));
    }

    [Fact, Depth("the gate has an answered call that reaches an agent, and who has waited longest; rules of queues are Pure's")]
    public async Task Time_and_kicks_take_callers_out_and_their_flows_go_on()
    {
        string shortWait = await _host.QueueAsync(""","wait_timeout":1500"""),
            shortTalk = await _host.QueueAsync(""","service_timeout":1500""");
        long begunAt = Stopwatch.GetTimestamp();
        var late = await _host.QueuedAsync("now-late-700", shortWait);
        string lateId = (string)(await _host.QueuecallAsync(late))["id"]!;
        var abandoned = await _host.ShownAsync("/queuecalls/" + lateId, "status", "abandoned");
        Assert.InRange((int)abandoned["duration_waiting"]!, 1_450, Stopwatch.GetElapsedTime(begunAt).TotalMilliseconds);
        var over = await _host.ShownAsync("/calls/" + late["id"], "status", "hangup");
        Assert.Equal(("local", "normal"), ((string?)over["hangup_by"], (string?)over["hangup_reason"]));

        string agent = await _host.AgentAsync("now-agent-1000");
        begunAt = Stopwatch.GetTimestamp();
        var talks = await _host.QueuedAsync("now-talks-700", shortTalk);
        var done = await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(talks))["id"], "status", "done");
        Assert.InRange((int)done["duration_service"]!, 1_450, Stopwatch.GetElapsedTime(begunAt).TotalMilliseconds);
        await Eventually.TrueAsync(() => _host.Far.To("now-agent-1000").Single().IsOver, "both are separated");

        await _host.StatusAsync(agent, "offline");
        var kicked = await _host.QueuedAsync("now-kicked-700", shortTalk);
        await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(kicked))["id"], "status", "waiting");
        await _host.Api.DoneAsync("POST", $"/queuecalls/reference_id/{kicked["id"]}/kick");
        await _host.ShownAsync("/queuecalls/" + (await _host.QueuecallAsync(kicked))["id"], "status", "abandoned");
        await _host.ShownAsync("/calls/" + kicked["id"], "status", "hangup");

        // While somebody rings for him.
        string ringing = await _host.AgentAsync("ring-agent-1000");
        var kicked2 = await _host.QueuedAsync("now-kicked2-700", shortTalk);
        var rung = await _host.Far.CalledAsync("ring-agent-1000");
        string id = (string)(await _host.QueuecallAsync(kicked2))["id"]!;
        await _host.ShownAsync("/queuecalls/" + id, "status", "connecting");
        await _host.Api.DoneAsync("POST", $"/queuecalls/{id}/kick");
        await _host.ShownAsync("/queuecalls/" + id, "status", "abandoned");
        await Eventually.TrueAsync(() => rung.IsCancelled, "the agent rings no more");
        await _host.ShownAsync("/agents/" + ringing, "status", "available");
    }

    [Fact, Depth("the gate has an answered call that reaches an agent, and who has waited longest; rules of queues are Pure's")]
    public async Task Whoever_finds_no_agent_within_two_seconds_is_told_and_let_go_where_the_flow_says_so()
    {
        string queue = await _host.QueueAsync(), agent = await _host.AgentAsync("ring-agent-1000");
        var call = await _host.QueuedAsync("now-lost-700", queue, ""","abandoned_text":"Nobody is free. We are sorry." """);
        // He rings, and does not answer in time.
        var rung = await _host.Far.CalledAsync("ring-agent-1000");
        string id = (string)(await _host.QueuecallAsync(call))["id"]!;
        var abandoned = await _host.ShownAsync("/queuecalls/" + id, "status", "abandoned");
        Assert.InRange((int)abandoned["duration_waiting"]!, 1_950, 20_000);
        await Eventually.TrueAsync(() => rung.IsCancelled, "the agent rings no more");
        var over = await _host.ShownAsync("/calls/" + call["id"], "status", "hangup");
        Assert.Equal(("local", "normal"), ((string?)over["hangup_by"], (string?)over["hangup_reason"]));
        await _host.ShownAsync("/agents/" + agent, "status", "available");
    }

    [Fact, Depth("the queue's own tests have the same")]
    public async Task An_agent_with_several_addresses_is_rung_at_all_or_one_after_the_other()
    {
        string queue = await _host.QueueAsync();
        string all = await _host.AgentAsync("ring-desk-1000", "available", "", "ok-mobile-900");
        var call = await _host.QueuedAsync("now-caller-700", queue);
        var desk = await _host.Far.CalledAsync("ring-desk-1000");
        var mobile = await _host.Far.CalledAsync("ok-mobile-900");
        await mobile.HearsAsync(700);
        await Eventually.TrueAsync(() => desk.IsCancelled, "the other rings no more");
        Assert.False(mobile.IsOver);
        _host.Far.To("now-caller-700").Single().Hangup();
        await _host.ShownAsync("/calls/" + call["id"], "status", "hangup");
        await _host.Api.DoneAsync("DELETE", "/agents/" + all);

        await _host.AgentAsync("noans-desk-1000", "available", ""","ring_method":"linear" """, "ok-second-900");
        await _host.QueuedAsync("now-caller2-700", queue);
        var second = await _host.Far.CalledAsync("ok-second-900");
        await second.HearsAsync(700);
        Assert.Single(_host.Far.To("noans-desk-1000"));
    }

    private IEnumerable<string> StatusesTold() => _host.Events.Where(told => (string?)told["type"] == "agent_status_updated")
        .Select(told => (string)told["data"]!["status"]!);

    private static (int, int, int) Counts(JsonObject queue) =>
        ((int)queue["total_incoming_count"]!, (int)queue["total_serviced_count"]!, (int)queue["total_abandoned_count"]!);

    private static DateTime Time(JsonObject shown, string field) =>
        DateTime.Parse((string)shown[field]!, CultureInfo.InvariantCulture);
}
