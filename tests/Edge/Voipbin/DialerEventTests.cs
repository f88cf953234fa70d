using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Server;
using Ringwright.Testing;
using Ringwright.Voipbin;

namespace Ringwright.Edge.Voipbin;

/// <summary>What a customer is told of its resources.</summary>
public sealed class DialerEventTests
{
    private const string Signature = "x-voipbin-signature";

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A102_an_event_carries_the_resource_as_it_is_read()
    {
        await using var host = await DialerHost.StartAsync();
        await using var hook = await Sink.StartAsync();
        await host.DoneAsync("PUT", "/customer", $$"""{"name":"acme","webhook_uri":"{{hook.Url}}/hook"}""");
        var made = await host.DoneAsync("POST", "/outplans", """{"name":"plan"}""");
        var changed = await host.DoneAsync("PUT", "/outplans/" + made["id"], """{"name":"other"}""");
        var deleted = await host.DoneAsync("DELETE", "/outplans/" + made["id"]);
        await host.DoneAsync("POST", "/outplans", """{"name":"theirs"}""", host.Second);       // nobody is told
        var events = await EventsAsync(hook, 3);
        Assert.Equal(["outplan_created", "outplan_updated", "outplan_deleted"], events.Select(e => (string)e["type"]!));
        foreach (var (expected, told) in new[] { made, changed, deleted }.Zip(events))
            Assert.True(JsonNode.DeepEquals(expected, told["data"]), $"{expected.ToJsonString()}\n{told.ToJsonString()}");

        var (agent, _) = await host.AgentAsync("agent", 16);
        await host.DoneAsync("PUT", $"/agents/{agent}/status", """{"status":"away"}""");
        events = (await EventsAsync(hook, 5))[3..];
        Assert.Equal(["agent_created", "agent_status_updated"], events.Select(e => (string)e["type"]!));
        Assert.All(hook.All, received => Assert.False(received.Headers.ContainsKey(Signature)));
        Assert.DoesNotContain(hook.All, received => received.Text.Contains("password", StringComparison.Ordinal));
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A9_A23_a_campaign_is_told_as_it_is_made_changed_and_deleted()
    {
        await using var host = await DialerHost.StartAsync();
        await using var hook = await Sink.StartAsync();
        await host.DoneAsync("PUT", "/customer", $$"""{"name":"acme","webhook_uri":"{{hook.Url}}/hook"}""");
        string id = (string)(await host.DoneAsync("POST", "/campaigns", """{"name":"x"}"""))["id"]!;
        await host.DoneAsync("PUT", "/campaigns/" + id, """{"name":"y","detail":"d","service_level":50}""");
        await host.DoneAsync("DELETE", "/campaigns/" + id);
        DialerHost.Refuses(404, "CAMPAIGN_NOT_FOUND", await host.AskAsync("DELETE", "/campaigns/" + id));
        await Eventually.TrueAsync(() => Told().Count >= 3, "three events");
        var told = Told();
        Assert.Equal(["campaign_created", "campaign_updated", "campaign_deleted"], told.Select(e => (string)e["type"]!));
        Assert.Equal(["x", "y", "y"], told.Select(e => (string)e["data"]!["name"]!));
        Assert.Null(told[0]["data"]!["tm_update"]);
        Assert.Equal(("d", 50), ((string?)told[1]["data"]!["detail"], (int)told[1]["data"]!["service_level"]!));
        Assert.NotNull(told[1]["data"]!["tm_update"]);
        Assert.NotNull(told[2]["data"]!["tm_delete"]);

        List<JsonNode> Told() =>
            [.. hook.All.Select(received => JsonNode.Parse(received.Text)!).Where(e => (string?)e["data"]!["id"] == id)];
    }

    [Fact]
    public async Task A99_A101_what_fails_is_sent_again_byte_for_byte_and_signed()
    {
        const string secret = "a secret of the customer";
        await using var host = await DialerHost.StartAsync();
        int asked = 0;
        await using var hook = await Sink.StartAsync(_ => Interlocked.Increment(ref asked) < 3 ? 500 : 200);
        await using var refusing = await Sink.StartAsync(404);
        var customer = await host.DoneAsync("PUT", "/customer", $$"""{"webhook_uri":"{{hook.Url}}","signing_secret":"{{secret}}"}""");
        Assert.DoesNotContain(secret, customer.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await host.DoneAsync("GET", "/customer")).ToJsonString(), StringComparison.Ordinal);
        await host.DoneAsync("POST", "/tags", """{"name":"Größe \" <b>"}""");
        await EventsAsync(hook, 3);
        byte[] body = hook.All[0].Body;
        string expected = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
        Assert.All(hook.All, received =>
            Assert.Equal((expected, Convert.ToHexString(body)), (received[Signature], Convert.ToHexString(received.Body))));
        Assert.Equal("Größe \" <b>", (string?)JsonNode.Parse(body)!["data"]!["name"]);

        // What is not said keeps the secret, and the empty text takes it away.
        await host.DoneAsync("PUT", "/customer", $$"""{"webhook_uri":"{{refusing.Url}}"}""");
        await host.DoneAsync("POST", "/tags", """{"name":"2"}""");
        Assert.True((await EventsAsync(refusing, 1)).Count == 1 && refusing.All[0].Headers.ContainsKey(Signature));
        await host.DoneAsync("PUT", "/customer", $$"""{"webhook_uri":"{{hook.Url}}","signing_secret":""}""");
        await host.DoneAsync("POST", "/tags", """{"name":"3"}""");
        await EventsAsync(hook, 4);
        Assert.False(hook.All[3].Headers.ContainsKey(Signature));
        Assert.Single(refusing.All);        // 404 is an answer
        DialerHost.Refuses(400, "INVALID_ARGUMENT",
            await host.AskAsync("PUT", "/customer", """{"webhook_uri":"http://169.254.169.254/x"}"""));
        DialerHost.Refuses(400, "INVALID_ARGUMENT", await host.AskAsync("PUT", "/customer", """{"webhook_uri":"ftp://example.com"}"""));
    }

    [Fact]
    public void A99_three_tries_are_a_second_apart() =>
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)], new VoipbinWebhookFormat().Waits);

    [Fact]
    public async Task A99_too_many_is_an_answer_and_is_not_asked_again()
    {
        await using var host = await DialerHost.StartAsync();
        await using var busy = await Sink.StartAsync(429);
        var customer = await host.DoneAsync("PUT", "/customer", $$"""{"webhook_uri":"{{busy.Url}}"}""");
        await host.DoneAsync("POST", "/tags", """{"name":"x"}""");
        // It is there when nothing follows any more.
        var delivery = await Eventually.SomeAsync(async () => (await new OperatorClient(host.Node).DataAsync("GET",
            $"/accounts/{customer["id"]}/webhook_deliveries")).AsArray().FirstOrDefault(), "the event is over");
        Assert.Single(delivery["attempts"]!.AsArray());
        Assert.Single(busy.All);
    }

    private static async Task<List<JsonNode>> EventsAsync(Sink hook, int count)
    {
        await Eventually.TrueAsync(() => hook.All.Count >= count, $"{count} events");
        return [.. hook.All.Select(received => JsonNode.Parse(received.Text)!)];
    }
}
