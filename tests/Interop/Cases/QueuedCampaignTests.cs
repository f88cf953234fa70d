using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A campaign whose calls wait for agents, by the dialer's API alone, with phones at both ends.</summary>
public sealed class QueuedCampaignTests(RunningNode node) : CallCase(node)
{
    private static readonly string Nobody = Guid.Empty.ToString();

    [Fact] // case 78
    public async Task Who_answers_talks_to_an_agent_and_both_hear_each_other()
    {
        var customer = await StrangerAsync();
        var (contact, agent) = (NewPhone(), NewPhone());
        string who = await AgentAsync(customer, agent), campaign = await CampaignAsync(customer, contact);
        Assert.Equal("available", await FieldAsync(customer, $"agents/{who}", "status"));

        await PutAsync(customer, $"campaigns/{campaign}/status", new() { ["status"] = "run" });
        var called = await contact.RingsAsync();
        Assert.Equal("dialing", (string?)(await CallsAsync(customer, campaign))[0]!["status"]);
        await called.AcceptAsync();
        var served = await agent.RingsAsync();
        await IsAsync(customer, $"agents/{who}", "status", "ringing");
        await served.AcceptAsync();
        await IsAsync(customer, $"agents/{who}", "status", "busy");
        await called.SpeaksToAsync(served);
        await served.SpeaksToAsync(called);

        var attempt = (await CallsAsync(customer, campaign))[0]!;
        Assert.Equal(("progressing", "", "call", 1), ((string?)attempt["status"], (string?)attempt["result"],
            (string?)attempt["reference_type"], (int)attempt["try_count"]!));
        var call = await GetAsync(customer, $"calls/{(string)attempt["reference_id"]!}");
        Assert.Equal(("progressing", (string?)attempt["activeflow_id"]), ((string?)call["status"], (string?)call["activeflow_id"]));
        // What it names is there.
        foreach (var (field, path) in new[] { ("activeflow_id", "activeflows"), ("queue_id", "queues") })
        {
            string named = (string)attempt[field]!;
            Assert.Equal(named, await FieldAsync(customer, $"{path}/{named}", "id"));
        }
        string queued = (string)(await GetAsync(customer, "queuecalls"))["result"]![0]!["id"]!;
        var waited = await GetAsync(customer, $"queuecalls/{queued}");
        Assert.Equal(("service", who, (string?)call["id"]),
            ((string?)waited["status"], (string?)waited["service_agent_id"], (string?)waited["reference_id"]));

        called.Bye();
        await served.ReceivesAsync("BYE");
        await IsAsync(customer, $"campaigns/{campaign}", "status", "stop");
        var done = (await CallsAsync(customer, campaign))[0]!;
        Assert.Equal(("done", "success"), ((string?)done["status"], (string?)done["result"]));
        await IsAsync(customer, $"queuecalls/{queued}", "status", "done");
        // Until he says otherwise.
        Assert.Equal("busy", await FieldAsync(customer, $"agents/{who}", "status"));
        Assert.Equal((1, 1), (contact.InviteCount, agent.InviteCount));
    }

    [Fact, Depth("the gate joins one to his agent; DialerQueueTests in Edge have one who gives up")] // case 89
    public async Task Who_hangs_up_while_he_waits_frees_the_agent_who_was_rung()
    {
        var customer = await StrangerAsync();
        var (contact, agent) = (NewPhone(), NewPhone());
        string who = await AgentAsync(customer, agent), campaign = await CampaignAsync(customer, contact);
        await PutAsync(customer, $"campaigns/{campaign}/status", new() { ["status"] = "run" });
        var called = await contact.RingsAsync();
        var waiting = Stopwatch.StartNew();
        await called.AcceptAsync();
        var rung = await agent.RingsAsync();
        rung.Ring();
        await Task.Delay(1_000, TestContext.Current.CancellationToken);     // what he waits
        called.Bye();
        await rung.ReceivesAsync("CANCEL");
        await IsAsync(customer, $"agents/{who}", "status", "available");
        await IsAsync(customer, $"campaigns/{campaign}", "status", "stop");
        string id = (string)(await GetAsync(customer, "queuecalls"))["result"]![0]!["id"]!;
        await IsAsync(customer, $"queuecalls/{id}", "status", "abandoned");
        var queued = await GetAsync(customer, $"queuecalls/{id}");
        Assert.InRange((int)queued["duration_waiting"]!, 900, waiting.ElapsedMilliseconds);
        Assert.Equal("done", (string?)(await CallsAsync(customer, campaign))[0]!["status"]);
    }

    private static async Task<string> AgentAsync(Customer customer, Phone phone)
    {
        string id = await PostAsync(customer, "agents", new()
        {
            ["username"] = $"agent-{Guid.NewGuid():N}@example.com", ["password"] = "a password of an agent", ["name"] = "Agent",
            ["permission"] = 16, ["ring_method"] = "ringall",
            ["addresses"] = new JsonArray(Address(phone)),
        });
        await PutAsync(customer, $"agents/{id}/status", new() { ["status"] = "available" });
        return id;
    }

    private static async Task<string> CampaignAsync(Customer customer, Phone contact)
    {
        string queue = await PostAsync(customer, "queues", new() { ["name"] = "Queue", ["routing_method"] = "random" });
        string outplan = await PostAsync(customer, "outplans", new()
        {
            ["name"] = "Once", ["source"] = new JsonObject { ["type"] = "tel", ["target"] = customer.Number }, ["dial_timeout"] = 20_000,
            ["max_try_count_0"] = 1,
        });
        string outdial = await PostAsync(customer, "outdials", new() { ["name"] = "List" });
        await PostAsync(customer, $"outdials/{outdial}/targets", new() { ["name"] = "Ada", ["destination_0"] = Address(contact) });
        return await PostAsync(customer, "campaigns", new()
        {
            ["name"] = "Campaign", ["type"] = "call", ["service_level"] = 100, ["end_handle"] = "stop", ["actions"] = new JsonArray(),
            ["outplan_id"] = outplan, ["outdial_id"] = outdial, ["queue_id"] = queue, ["next_campaign_id"] = Nobody,
        });
    }

    private static JsonObject Address(Phone phone) => new() { ["type"] = "sip", ["target"] = phone.Uri["sip:".Length..] };

    private static async Task<string> PostAsync(Customer customer, string path, JsonObject body) =>
        (string)(await SendAsync(customer, HttpMethod.Post, path, body))["id"]!;

    private static Task<JsonNode> PutAsync(Customer customer, string path, JsonObject body) =>
        SendAsync(customer, HttpMethod.Put, path, body);

    private static Task<JsonNode> GetAsync(Customer customer, string path) => SendAsync(customer, HttpMethod.Get, path, null);

    private static async Task<JsonArray> CallsAsync(Customer customer, string campaign) =>
        (await GetAsync(customer, $"campaigns/{campaign}/campaigncalls"))["result"]!.AsArray();

    private static async Task<string?> FieldAsync(Customer customer, string path, string field) =>
        (string?)(await GetAsync(customer, path))[field];

    private static async Task IsAsync(Customer customer, string path, string field, string value) => await Eventually.SomeAsync(async () =>
        await FieldAsync(customer, path, field) is { } now && now == value ? now : null, $"{field} of {path} is {value}");

    private static async Task<JsonNode> SendAsync(Customer customer, HttpMethod method, string path, JsonObject? body)
    {
        var answer = await customer.TryAsync(method, "/v1.0/" + path, body);
        Assert.True(answer.Status is 200, $"{method} {path}: {answer.Status} {answer.Text}");
        return JsonNode.Parse(answer.Text)!;
    }
}
