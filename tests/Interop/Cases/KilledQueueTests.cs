using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>kill -9 in the middle of a queue with agents: one caller talks, for one an agent rings, and one waits.</summary>
[Depth("the gate closes in Edge what a dead process has left of queues; here one dies")]
public sealed class KilledQueueTests
{
    [Failure("process-killed")]
    [Fact]
    public async Task Each_caller_and_each_agent_is_told_once()
    {
        await using var node = new RunningNode("--api-rate", "100000");
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        // The node was called once before it was handed out.
        string[] earlier = await IdsAsync(customer, "calls");
        await using var told = await Sink.StartAsync();
        await SendAsync(customer, HttpMethod.Put, "customer", new() { ["webhook_uri"] = told.Root + "events" });
        string queue = await PostAsync(customer, "queues", new() { ["name"] = "Queue", ["routing_method"] = "random" });
        using var talking = new Phone(node);
        using var ringing = new Phone(node);
        using var waiting = new Phone(node);
        using var agent = new Phone(node);
        using var other = new Phone(node);

        string busy = await AgentAsync(customer, agent);
        var talks = await QueuedAsync(customer, queue, talking);
        var served = await agent.RingsAsync();
        await served.AcceptAsync();
        await IsAsync(customer, $"agents/{busy}", "busy");
        await talks.SpeaksToAsync(served);
        string rung = await AgentAsync(customer, other);
        var expects = await QueuedAsync(customer, queue, ringing);
        var rings = await other.RingsAsync();
        rings.Ring();
        await IsAsync(customer, $"agents/{rung}", "ringing");
        var waits = await QueuedAsync(customer, queue, waiting);
        await StandAsync(customer, "connecting", "service", "waiting");

        await node.KillAsync();
        int before = told.Taken.Count;
        await node.StartAgainAsync();
        foreach (var call in new[] { talks, served, expects, waits }) await call.ReceivesAsync("BYE");
        await rings.ReceivesAsync("CANCEL");
        await StandAsync(customer, "abandoned", "abandoned", "done");
        await IsAsync(customer, $"agents/{rung}", "available");
        // Who has talked stays busy until he says otherwise.
        Assert.Equal("busy", (string?)(await SendAsync(customer, HttpMethod.Get, $"agents/{busy}", null))["status"]);

        string[] calls = [.. (await IdsAsync(customer, "calls")).Except(earlier)], queuecalls = await IdsAsync(customer, "queuecalls");
        Assert.Equal((5, 3), (calls.Length, queuecalls.Length));
        await Eventually.TrueAsync(() => calls.Concat(queuecalls).All(id => Ends(told, before, id) > 0), "all ends are told");
        // He is rung for who comes now, and nobody was told anything twice.
        var next = await QueuedAsync(customer, queue, talking);
        var again = await other.RingsAsync();
        await again.AcceptAsync();
        await next.SpeaksToAsync(again);
        Assert.All(calls.Concat(queuecalls), id => Assert.Equal(1, Ends(told, before, id)));
        Assert.Equal(1, told.Taken.Skip(before).Count(one => (string?)one.Body["type"] is "agent_status_updated"
            && (string?)one.Data["id"] == rung && (string?)one.Data["status"] is "available"));
        Assert.All(new[] { talks, served, expects, waits }, call => Assert.Single(call.Received("BYE")));
        Assert.Single(rings.Received("CANCEL"));
        Assert.Equal((1, 2), (agent.InviteCount, other.InviteCount));
    }

    /// <summary>So often it was told that the resource is at its end.</summary>
    private static int Ends(Sink told, int from, string id) => told.Taken.Skip(from).Count(one => (string?)one.Data["id"] == id
        && (string?)one.Body["type"] is "call_hangup" or "queuecall_done" or "queuecall_abandoned");

    private static async Task<PhoneCall> QueuedAsync(Customer customer, string queue, Phone phone)
    {
        await SendAsync(customer, HttpMethod.Post, "calls", new()
        {
            ["source"] = new JsonObject { ["type"] = "tel", ["target"] = customer.Number },
            ["destinations"] = new JsonArray(Address(phone)),
            ["actions"] = new JsonArray(new JsonObject
            {
                ["type"] = "queue_join", ["option"] = new JsonObject { ["queue_id"] = queue },
            }),
        });
        var call = await phone.RingsAsync();
        await call.AcceptAsync();
        return call;
    }

    private static async Task<string> AgentAsync(Customer customer, Phone phone)
    {
        string id = await PostAsync(customer, "agents", new()
        {
            ["username"] = $"agent-{Guid.NewGuid():N}@example.com", ["password"] = "a password of an agent", ["permission"] = 16,
            ["addresses"] = new JsonArray(Address(phone)),
        });
        await SendAsync(customer, HttpMethod.Put, $"agents/{id}/status", new() { ["status"] = "available" });
        return id;
    }

    private static JsonObject Address(Phone phone) => new() { ["type"] = "sip", ["target"] = phone.Uri["sip:".Length..] };

    private static async Task StandAsync(Customer customer, params string[] statuses) => await Eventually.SomeAsync(async () =>
        (await SendAsync(customer, HttpMethod.Get, "queuecalls", null))["result"]!.AsArray().Select(one => (string)one!["status"]!)
            .Order(StringComparer.Ordinal).SequenceEqual(statuses) ? "so" : null, $"queuecalls are {string.Join(", ", statuses)}");

    private static async Task IsAsync(Customer customer, string path, string status) => await Eventually.SomeAsync(
        async () => (string?)(await SendAsync(customer, HttpMethod.Get, path, null))["status"] == status ? status : null,
        $"{path} is {status}");

    private static async Task<string[]> IdsAsync(Customer customer, string path) =>
        [.. (await SendAsync(customer, HttpMethod.Get, path, null))["result"]!.AsArray().Select(one => (string)one!["id"]!)];

    private static async Task<string> PostAsync(Customer customer, string path, JsonObject body) =>
        (string)(await SendAsync(customer, HttpMethod.Post, path, body))["id"]!;

    private static async Task<JsonNode> SendAsync(Customer customer, HttpMethod method, string path, JsonObject? body)
    {
        var answer = await customer.TryAsync(method, "/v1.0/" + path, body);
        Assert.True(answer.Status is 200, $"{method} {path}: {answer.Status} {answer.Text}");
        return JsonNode.Parse(answer.Text)!;
    }
}
