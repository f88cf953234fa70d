using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>Callers wait in a queue on a running node, are taken by an agent, give up, or are there when the node is killed.</summary>
[Collection(nameof(TurnNode))]
public sealed class QueueTests(TurnNode node)
{
    private const int Low = 440, High = 1_000, Other = 700;

    [Fact]
    public async Task The_longest_waiting_caller_is_taken_and_hears_the_agent()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var first = new Phone(node, Low);
        await using var second = new Phone(node, Other);
        await using var agent = new Phone(node, High);
        string queue = NewQueue();
        var a = await WaitingAsync(customer, first, queue, 1);
        await WaitingAsync(customer, second, queue, 2);
        Assert.Equal([1, 2], customer.Payloads("call.enqueued").Select(e => (int)e["current_position"]!));
        var shown = (await customer.GetAsync($"queues/{queue}")).Data;
        Assert.Equal((queue, 2, 100), ((string?)shown["name"], (int)shown["current_size"]!, (int)shown["max_size"]!));
        var calls = (await customer.GetAsync($"queues/{queue}/calls")).Data.AsArray();
        Assert.Equal([1, 2], calls.Select(call => (int)call!["queue_position"]!));
        Assert.Equal((string?)a["call_control_id"], (string?)calls[0]!["call_control_id"]);
        var page = JsonNode.Parse((await customer.GetAsync($"queues/{queue}/calls?page[limit]=1")).Text)!;
        string after = (string)page["meta"]!["cursors"]!["after"]!;
        var next = (await customer.GetAsync($"queues/{queue}/calls?page[limit]=1&page[after]={after}")).Data;
        Assert.Equal(2, (int)next[0]!["queue_position"]!);

        var b = await customer.DialAsync($"sip:agent@127.0.0.1:{agent.Port}");
        await customer.CountAsync("call.answered", 3);
        await customer.ActAsync(b, "bridge", new() { ["queue"] = queue });
        await Task.WhenAll(first.HearsAsync(High), agent.HearsAsync(Low));
        var left = await customer.NextAsync("call.dequeued");
        Assert.Equal(("bridged", 1, (string?)a["call_control_id"]),
            ((string?)left["reason"], (int)left["queue_position"]!, (string?)left["call_control_id"]));
        Assert.Equal(1, (int)(await customer.GetAsync($"queues/{queue}/calls")).Data[0]!["queue_position"]!);

        second.Hangup();
        Assert.Equal("hangup", (string?)(await customer.NextAsync("call.dequeued", 2))["reason"]);
        await customer.CountAsync("call.hangup", 1);
        await IsGoneAsync(customer, queue);
        (await customer.TryActAsync(b, "bridge", new() { ["queue"] = queue })).Refuses(422, "10015");
        agent.Hangup();
        await first.IsOverAsync();
    }

    [Fact] // case 41
    public async Task After_the_longest_wait_the_call_is_parked_and_takes_commands()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var caller = new Phone(node, Low);
        string queue = NewQueue();
        var call = await WaitingAsync(customer, caller, queue, 1, ("max_wait_time_secs", 2));
        var left = await customer.NextAsync("call.dequeued");
        Assert.Equal("timeout", (string?)left["reason"]);
        // By the node's own clock: a busy machine has the caller wait for longer than he may.
        var (answered, gone) = (await customer.WebhookAsync(w => w.Type == "call.answered", "the answer"),
            await customer.WebhookAsync(w => w.Type == "call.dequeued", "the end of the wait"));
        Assert.InRange((int)left["wait_time_secs"]!, 2, (At(gone) - At(answered)).TotalSeconds);
        (await customer.TryActAsync(call, "leave_queue")).Refuses(422, "90035");
        (await customer.TryActAsync(call, "enqueue", new() { ["queue_name"] = queue, ["max_size"] = 1 })).IsOk();
        (await customer.TryActAsync(call, "enqueue", new() { ["queue_name"] = queue })).Refuses(422, "90038");
        (await customer.TryActAsync(call, "leave_queue")).IsOk();
        Assert.Equal("leave", (string?)(await customer.NextAsync("call.dequeued", 2))["reason"]);
        (await customer.TryActAsync(call, "bridge", new() { ["queue"] = queue })).Refuses(422, "10015");
        (await customer.TryActAsync(call, "send_dtmf", new() { ["digits"] = "1" })).IsOk();
        caller.Hangup();
        await customer.NextAsync("call.hangup");
    }

    [Fact, Depth("OpenActivitiesTests in Edge end queues of a killed node; the gate kills a hundred calls")]
    public async Task Killed_while_ten_wait_the_queue_and_each_call_end_once()
    {
        await using var killed = new RunningNode();
        await killed.InitializeAsync();
        await using var customer = await Customer.CreateAsync(killed, 0);
        string queue = NewQueue();
        var callers = Enumerable.Range(0, 10).Select(_ => new Phone(killed, Low)).ToArray();
        for (int i = 0; i < callers.Length; i++) await WaitingAsync(customer, callers[i], queue, i + 1);
        Assert.Equal(10, (int)(await customer.GetAsync($"queues/{queue}")).Data["current_size"]!);

        await killed.KillAsync();
        await killed.StartAgainAsync();
        await customer.CountAsync("call.hangup", 10);
        foreach (var caller in callers) await caller.IsOverAsync();
        await IsGoneAsync(customer, queue);
        Assert.Equal(10, customer.Payloads("call.hangup").DistinctBy(e => (string?)e["call_control_id"]).Count());
        // and the name is free
        await using var next = new Phone(killed, Low);
        await WaitingAsync(customer, next, queue, 11);
        Assert.Equal(1, (int)(await customer.NextAsync("call.enqueued", 11))["current_position"]!);
        foreach (var caller in callers) await caller.DisposeAsync();
    }

    /// <summary>Its end and those of its calls are told side by side.</summary>
    private static async Task IsGoneAsync(Customer customer, string queue) => await Eventually.SomeAsync(
        async () => (await customer.GetAsync($"queues/{queue}")) is { Status: 404 } gone ? gone : null, "the queue has ended");

    private static DateTimeOffset At(Webhook webhook) =>
        DateTimeOffset.Parse((string)webhook.Data["occurred_at"]!, System.Globalization.CultureInfo.InvariantCulture);

    private static string NewQueue() => $"queue {Guid.NewGuid():N}";

    /// <param name="nth">Of this customer's callers.</param>
    private static async Task<JsonObject> WaitingAsync(Customer customer, Phone caller, string queue, int nth,
        params (string Name, JsonNode? Value)[] more)
    {
        caller.Call(customer.Number);
        var call = await customer.NextAsync("call.initiated", nth);
        await customer.ActAsync(call, "answer");
        await customer.CountAsync("call.answered", nth);
        var body = new JsonObject { ["queue_name"] = queue };
        foreach (var (name, value) in more) body[name] = value;
        await customer.ActAsync(call, "enqueue", body);
        await customer.CountAsync("call.enqueued", nth);
        return call;
    }
}
