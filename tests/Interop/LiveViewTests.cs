using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>What <c>ringwright rooms</c> and <c>ringwright queues</c> print while calls confer and wait on a running node.</summary>
[Collection(nameof(TurnNode))]
public sealed class LiveViewTests(TurnNode node)
{
    private const int Low = 440, High = 1_000, Other = 700;

    [Fact]
    public async Task Rooms_shows_who_is_muted_and_who_whispers_to_whom_until_it_is_over()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var a = new Phone(node, Low);
        await using var b = new Phone(node, Other);
        await using var c = new Phone(node, High);
        var (first, second, third) = (await AnsweredAsync(customer, a, 1), await AnsweredAsync(customer, b, 2),
            await AnsweredAsync(customer, c, 3));
        string name = $"board \u001b[2J{Guid.NewGuid():N}";     // a terminal would clear itself
        string id = (string)(await customer.SendAsync(HttpMethod.Post, "conferences", Call(first, ("name", name))))["id"]!;
        await customer.SendAsync(HttpMethod.Post, $"conferences/{id}/actions/join", Call(second, ("mute", true)));
        await customer.SendAsync(HttpMethod.Post, $"conferences/{id}/actions/join", Call(third, ("supervisor_role", "whisper"),
            ("whisper_call_control_ids", new JsonArray((string?)first["call_control_id"])), ("end_conference_on_exit", true)));
        await customer.CountAsync("conference.participant.joined", 3);

        string[] listed = await LinesAsync("rooms");
        Assert.StartsWith("ACCOUNT  NAME", listed[0], StringComparison.Ordinal);
        string row = Assert.Single(listed, line => line.EndsWith(id, StringComparison.Ordinal));
        Assert.Matches(@"^default  board \uFFFD\[2J[0-9a-f]{32}  in progress  \S+ \S+  3\s+1\s+0\s+1\s", row);
        string[] shown = await LinesAsync("rooms", name);
        Assert.Contains(shown, line => line.StartsWith($"id {id}, 3 take part", StringComparison.Ordinal));
        Assert.Matches(@"^\+15550199\d{3}  \S+  muted  +-  ", shown[^2]);
        Assert.Matches($@"^\+15550199\d{{3}}  \S+  leaving ends it  whisper to {System.Text.RegularExpressions.Regex.Escape(Number(a))}  ",
            shown[^1]);
        var told = JsonNode.Parse(string.Join('\n', await LinesAsync("rooms", id, "--json")))!;
        Assert.Equal((string?)first["call_leg_id"], (string?)told["participants"]![2]!["whispers_to"]![0]);

        await customer.SendAsync(HttpMethod.Post, $"conferences/{id}/actions/update", Call(third, ("supervisor_role", "monitor")));
        await customer.SendAsync(HttpMethod.Post, $"conferences/{id}/actions/hold", []);
        Assert.Contains("on hold, leaving ends it  monitor", (await LinesAsync("rooms", id))[^1], StringComparison.Ordinal);
        c.Hangup();
        await customer.NextAsync("conference.ended");
        var (exit, _, errors) = await node.TryRunAsync("rooms", id);
        Assert.Equal((2, $"ringwright: there is no live conference '{id}' (ringwright rooms lists them)"), (exit, errors.Trim()));
        Assert.DoesNotContain(id, string.Join('\n', await LinesAsync("rooms")), StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has one of each: a view of rooms, a refer that completes")]
    public async Task Queues_shows_places_and_waits()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var a = new Phone(node, Low);
        await using var b = new Phone(node, High);
        string name = $"support {Guid.NewGuid():N}";
        foreach (var (phone, nth) in new[] { (a, 1), (b, 2) })
        {
            var call = await AnsweredAsync(customer, phone, nth);
            await customer.ActAsync(call, "enqueue", new() { ["queue_name"] = name, ["max_size"] = 5 });
            await customer.CountAsync("call.enqueued", nth);
        }
        Assert.Contains(await LinesAsync("queues"), line =>
            line.StartsWith($"default  {name}  2        5 ", StringComparison.Ordinal));
        string[] shown = await LinesAsync("queues", name);
        Assert.StartsWith($"queue '{name}' of account 'default': 2 wait and 5 may, ", shown[0], StringComparison.Ordinal);
        Assert.Matches($@"^1      {System.Text.RegularExpressions.Regex.Escape(Number(a))}  \d+ s    [0-9a-f-]{{36}}$", shown[^2]);
        Assert.StartsWith($"2      {Number(b)}  ", shown[^1], StringComparison.Ordinal);
        a.Hangup();
        b.Hangup();
        await customer.CountAsync("call.hangup", 2);
        var (exit, _, errors) = await node.TryRunAsync("queues", name);
        Assert.Equal((2, $"ringwright: there is no live queue '{name}' (ringwright queues lists them)"), (exit, errors.Trim()));
    }

    private async Task<string[]> LinesAsync(params string[] command)
    {
        string said = await node.RunAsync(command);
        TestContext.Current.TestOutputHelper!.WriteLine($"$ ./ringwright {string.Join(' ', command)}\n{said}");     // there is a test
        return [.. said.Split('\n').Where(line => line.Length > 0)];
    }

    private static async Task<JsonObject> AnsweredAsync(Customer customer, Phone caller, int nth)
    {
        caller.Call(customer.Number);
        var call = await customer.NextAsync("call.initiated", nth);
        await customer.ActAsync(call, "answer");
        await customer.CountAsync("call.answered", nth);
        return call;
    }

    private static JsonObject Call(JsonNode call, params (string Name, JsonNode? Value)[] more)
    {
        var body = new JsonObject { ["call_control_id"] = (string?)call["call_control_id"] };
        foreach (var (name, value) in more) body[name] = value;
        return body;
    }

    /// <summary>What a phone calls itself.</summary>
    private static string Number(Phone phone) => $"+15550199{phone.Port % 1000:000}";
}
