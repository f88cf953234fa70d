using System.Text.Json.Nodes;
using Ringwright.Testing;
using static Ringwright.Interop.Cases.VirtualDialer;

namespace Ringwright.Interop.Cases;

/// <summary>Timed cases of campaigns whose calls agents take, by a clock that the test moves, on the lab's people.</summary>
[Depth("the gate has the dialler's rules by a clock of their own, and campaigns and queues of this API on the wall's")]
[Collection(nameof(VirtualDialing))]
public sealed class VirtualQueueTests(VirtualNode node) : IAsyncLifetime
{
    private const string Busy = "+15550020", Absent = "+15550030", Person = "+15550000";

    private VirtualDialer _dialer = null!;       // set before each test

    public async ValueTask InitializeAsync() => _dialer = await VirtualDialer.StartAsync(node);

    public ValueTask DisposeAsync() => _dialer.DisposeAsync();

    /// <summary>A campaign that calls six who never answer, for the agents of that queue.</summary>
    private async Task<string> RingingAsync(string queue, int level, int first) => await _dialer.CampaignAsync(
        await _dialer.ListAsync([.. Enumerable.Range(first, 6).Select(i => $"{Absent}{i}")]), await _dialer.PlanAsync(1),
        $$"""{"actions":[],"queue_id":"{{queue}}","service_level":{{level}}}""");

    /// <summary>How many are called at the same time at most, until all have been.</summary>
    private async Task<int> MostAtOnceAsync(string campaign)
    {
        int most = 0;
        await _dialer.UntilAsync(async () =>
        {
            var calls = await _dialer.CallsAsync(campaign);
            most = Math.Max(most, calls.Count(call => (string?)call["status"] is "dialing"));
            return calls.Count == 6 && calls.All(call => (string?)call["status"] is "done");
        }, "all have been called", 120);
        return most;
    }

    /// <summary>Somebody who is called and waits in the queue when he answers.</summary>
    private Task<JsonObject> WaitsAsync(string queue, string number) => _dialer.AskAsync("POST", "calls", $$"""
        {"source":{"type":"tel","target":"{{_dialer.Number}}"},"destinations":[{"type":"tel","target":"{{number}}"}],
         "actions":[{"type":"queue_join","option":{"queue_id":"{{queue}}"} }]}
        """);

    private async Task<string?> WaitingAsync(JsonObject call) =>
        (string?)(await _dialer.QueuecallAsync((string)call["id"]!))?["status"];

    [Fact] // cases 78, 93
    public async Task Who_answers_reaches_an_agent_who_is_busy_from_then_on_until_he_says_otherwise()
    {
        string agent = await _dialer.AgentAsync(Person + "110"), queue = await _dialer.QueueAsync();
        await _dialer.SetAgentAsync(agent, "available");
        string campaign = await _dialer.CampaignAsync(await _dialer.ListAsync(Talker(6)), await _dialer.PlanAsync(1),
            $$"""{"actions":[],"queue_id":"{{queue}}"}""");
        await _dialer.RunAsync(campaign);
        await _dialer.StoppedAsync(campaign);
        var call = Assert.Single(await _dialer.CallsAsync(campaign));
        Assert.Equal(("done", "success", queue), ((string?)call["status"], (string?)call["result"], (string?)call["queue_id"]));
        JsonObject? queued = null;
        await _dialer.UntilAsync(async () => (queued = await _dialer.QueuecallAsync((string)call["reference_id"]!)) is not null
            && (string?)queued["status"] is "done", "he has been served", 10);
        Assert.Equal(agent, (string?)queued!["service_agent_id"]);
        Assert.InRange((int)queued["duration_service"]!, 3_000, 6_500);
        string id = (string)queued["id"]!;
        await Eventually.TrueAsync(() => _dialer.TypesOf(id, "queuecall_").SequenceEqual(
            ["queuecall_created", "queuecall_waiting", "queuecall_connecting", "queuecall_serviced", "queuecall_done"]),
            () => string.Join(", ", _dialer.TypesOf(id, "queuecall_")));
        await Eventually.TrueAsync(() => StatusesTold().SequenceEqual(["available", "ringing", "busy"]),
            () => string.Join(", ", StatusesTold()));

        await _dialer.PassAsync(30);
        Assert.Equal("busy", (string?)(await _dialer.AskAsync("GET", "agents/" + agent))["status"]);
        Assert.Equal("available", (string?)(await _dialer.SetAgentAsync(agent, "available"))["status"]);

        IEnumerable<string> StatusesTold() =>
            _dialer.EventsOf(agent, "agent_status_updated").Select(told => (string)told["data"]!["status"]!);
    }

    [Fact] // cases 79, 85, 89
    public async Task Nobody_is_called_without_an_agent_and_nobody_more_while_one_waits_for_him()
    {
        string agent = await _dialer.AgentAsync(Absent + "120"), queue = await _dialer.QueueAsync();
        string campaign = await _dialer.CampaignAsync(await _dialer.ListAsync(Talker(4), Talker(5)), await _dialer.PlanAsync(1),
            $$"""{"actions":[],"queue_id":"{{queue}}"}""");
        await _dialer.RunAsync(campaign);
        await _dialer.PassAsync(12);
        Assert.Empty(await _dialer.CallsAsync(campaign));
        Assert.Equal("run", await _dialer.StatusAsync(campaign));

        await _dialer.SetAgentAsync(agent, "available");
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count == 1, "the first is called", 6);
        await _dialer.UntilAsync(() => _dialer.IsFirstAsync(campaign, "done"), "he gives up", 10);
        var calls = await _dialer.CallsAsync(campaign);
        // The agent rang all the while, and the second was not called before that was over.
        var over = VirtualDialer.TimeOf(await _dialer.CallOfAsync(calls[0]), "tm_hangup");
        Assert.All(calls.Skip(1), call => Assert.True(VirtualDialer.TimeOf(call, "tm_create") >= over));
        JsonObject? queued = null;
        await _dialer.UntilAsync(async () => (queued = await _dialer.QueuecallAsync((string)calls[0]["reference_id"]!)) is not null
            && (string?)queued["status"] is "abandoned", "he has left the queue", 5);
        Assert.InRange((int)queued!["duration_waiting"]!, 3_500, 4_500);
    }

    [Fact] // case 91
    public async Task Who_has_waited_longest_is_served_first()
    {
        string agent = await _dialer.AgentAsync(Person + "130"), queue = await _dialer.QueueAsync();
        var first = await WaitsAsync(queue, Person + "131");
        await _dialer.PassAsync(3);
        var second = await WaitsAsync(queue, Person + "132");
        await _dialer.PassAsync(3);
        await _dialer.SetAgentAsync(agent, "available");
        await _dialer.UntilAsync(async () => await WaitingAsync(first) is "service", "the first is served", 10);
        Assert.Equal("waiting", await WaitingAsync(second));
        foreach (var call in new[] { first, second }) await _dialer.AskAsync("POST", $"calls/{call["id"]}/hangup");
        await _dialer.UntilAsync(async () => await WaitingAsync(first) is "done" && await WaitingAsync(second) is "abandoned",
            "both are over", 10);
    }

    [Fact] // case 90
    public async Task When_an_agent_does_not_answer_another_one_takes_the_call()
    {
        string refusing = await _dialer.AgentAsync(Busy + "210"), answering = await _dialer.AgentAsync(Person + "211");
        string queue = await _dialer.QueueAsync();
        await _dialer.SetAgentAsync(refusing, "available");
        var call = await WaitsAsync(queue, Person + "212");
        await _dialer.PassAsync(3);
        Assert.Equal("waiting", await WaitingAsync(call));
        await _dialer.SetAgentAsync(answering, "available");
        await _dialer.UntilAsync(async () => await WaitingAsync(call) is "service", "somebody takes it", 15);
        Assert.Equal(answering, (string?)(await _dialer.QueuecallAsync((string)call["id"]!))?["service_agent_id"]);
        Assert.Equal("available", (string?)(await _dialer.AskAsync("GET", "agents/" + refusing))["status"]);
        await _dialer.AskAsync("POST", $"calls/{call["id"]}/hangup");
        await _dialer.UntilAsync(async () => await WaitingAsync(call) is "done", "it is over", 10);
    }

    [Fact] // cases 81, 82
    public async Task As_many_are_called_as_the_level_makes_of_the_free_agents_rounded_down()
    {
        string queue = await _dialer.QueueAsync();
        foreach (string number in new[] { "220", "221" })
            await _dialer.SetAgentAsync(await _dialer.AgentAsync(Person + number), "available");
        string twice = await RingingAsync(queue, level: 200, first: 230);
        await _dialer.RunAsync(twice);
        Assert.Equal(4, await MostAtOnceAsync(twice));

        // Half of three is one.
        string half = await RingingAsync(queue, level: 50, first: 240);
        await _dialer.SetAgentAsync(await _dialer.AgentAsync(Person + "222"), "available");
        await _dialer.RunAsync(half);
        Assert.Equal(1, await MostAtOnceAsync(half));
    }

    [Fact] // case 82
    public async Task Half_of_one_free_agent_calls_nobody()
    {
        string queue = await _dialer.QueueAsync();
        await _dialer.SetAgentAsync(await _dialer.AgentAsync(Person + "270"), "available");
        string campaign = await RingingAsync(queue, level: 50, first: 280);
        await _dialer.RunAsync(campaign);
        await _dialer.PassAsync(12);
        Assert.Empty(await _dialer.CallsAsync(campaign));
        Assert.Equal("run", await _dialer.StatusAsync(campaign));
    }

    [Fact] // case 86
    public async Task An_agent_counts_when_he_has_a_tag_of_the_queue()
    {
        string tag = (string)(await _dialer.AskAsync("POST", "tags", """{"name":"sales"}"""))["id"]!;
        string queue = (string)(await _dialer.AskAsync("POST", "queues",
            $$"""{"name":"tagged","routing_method":"random","tag_ids":["{{tag}}"]}"""))["id"]!;
        string agent = await _dialer.AgentAsync(Person + "290");
        await _dialer.SetAgentAsync(agent, "available");
        string campaign = await RingingAsync(queue, level: 100, first: 291);
        await _dialer.RunAsync(campaign);
        await _dialer.PassAsync(12);
        Assert.Empty(await _dialer.CallsAsync(campaign));
        await _dialer.AskAsync("PUT", $"agents/{agent}/tag_ids", $$"""{"tag_ids":["{{tag}}"]}""");
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count > 0, "somebody is called for him", 6);
    }

    [Fact] // cases 83, 87
    public async Task Nobody_is_called_at_level_0_nor_for_an_agent_who_is_not_available()
    {
        string agent = await _dialer.AgentAsync(Person + "250"), queue = await _dialer.QueueAsync();
        await _dialer.SetAgentAsync(agent, "available");
        string campaign = await RingingAsync(queue, level: 0, first: 260);
        await _dialer.RunAsync(campaign);
        await _dialer.PassAsync(12);
        Assert.Empty(await _dialer.CallsAsync(campaign));
        foreach (string status in new[] { "away", "busy", "offline" })
        {
            await _dialer.SetAgentAsync(agent, status);
            await _dialer.AskAsync("PUT", $"campaigns/{campaign}/service_level", """{"service_level":100}""");
            await _dialer.PassAsync(6);
            Assert.Empty(await _dialer.CallsAsync(campaign));
        }
        await _dialer.AskAsync("PUT", $"campaigns/{campaign}/service_level", """{"service_level":0}""");
        await _dialer.SetAgentAsync(agent, "available");
        await _dialer.PassAsync(6);
        Assert.Empty(await _dialer.CallsAsync(campaign));
        await _dialer.AskAsync("PUT", $"campaigns/{campaign}/service_level", """{"service_level":100}""");
        await _dialer.UntilAsync(async () => (await _dialer.CallsAsync(campaign)).Count > 0, "somebody is called", 6);
        await Eventually.TrueAsync(() => _dialer.TypesOf(campaign, "campaign_updated").Count >= 3, "the changes are told");
    }
}
