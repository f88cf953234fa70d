using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>Who has subscribed to a team's calls hears of each change, in order (CH29).</summary>
public sealed class ChakraWebhookTests
{
    private const string All = """["call.created","call.updated","call.disposed","call.deleted"]""", Secret = "a secret of the team";

    /// <summary>PostgreSQL is deep, as for calls of other faces.</summary>
    public static TheoryData<bool> OnPostgres => Depth.Rows([false], [true]);

    [Theory, MemberData(nameof(OnPostgres))]
    public async Task A_call_is_told_of_from_its_begin_to_its_disposition(bool isPostgres)
    {
        await using var host = await ChakraHost.StartAsync(isPostgres);
        await using var hook = await Sink.StartAsync();
        await using var disposed = await Sink.StartAsync();
        await using var others = await Sink.StartAsync();
        await using var late = await Sink.StartAsync();
        await host.DoneAsync("PUT", "/config", """{"dispositions":["paid"]}""");
        var made = await SubscribeAsync(host, hook, All, Secret);
        Assert.Equal((true, hook.Url + "/hook"), ((bool)made["hasSecret"]!, (string?)made["url"]));
        Assert.DoesNotContain(Secret, (await host.DoneAsync("GET", "/webhook")).ToJsonString(), StringComparison.Ordinal);
        await SubscribeAsync(host, disposed, """["call.disposed"]""");
        await SubscribeAsync(host, others, All, token: host.Other);

        string id = await host.DialAsync("now-2");
        var talks = await host.BecomesAsync(id, "IN_PROGRESS");
        await Eventually.TrueAsync(() => Words(hook, id).Contains("IN_PROGRESS"), "the answer is told");
        await SubscribeAsync(host, late, All);
        (await host.Far.CalledAsync("now-2")).Hangup();
        var left = await host.BecomesAsync(id, "DISCONNECTED_NOT_DISPOSED");
        // What has happened is told before what is said of it, though nobody waits for it here.
        var done = await host.DoneAsync("POST", $"/call/{id}/dispose", """{"disposition":"paid","notes":"later"}""");
        await host.DoneAsync("PUT", "/call/" + id, """{"forTask":"t1"}""");
        var linked = await host.CallAsync(id);
        await host.DoneAsync("PUT", "/call/" + id, """{"forTask":"t1"}""");     // says nothing new
        await host.DoneAsync("DELETE", "/call/" + id);
        await Eventually.TrueAsync(() => Events(hook, id).Any(e => Name(e) is "call.deleted"), "the end is told");

        var told = Events(hook, id);
        Assert.Equal("call.created", Name(told[0]));
        Assert.Equal(["call.updated", "call.disposed", "call.updated", "call.deleted"], told.TakeLast(4).Select(Name));
        Assert.All(told[1..^4], e => Assert.Equal("call.updated", Name(e)));
        // It may ring too shortly to be shown, and each word is told once.
        Assert.Equal(Words(hook, id).Distinct(), Words(hook, id)[..^2]);
        Assert.Equal(["QUEUED", "IN_PROGRESS", "DISCONNECTED_NOT_DISPOSED", "COMPLETED"],
            Words(hook, id)[..^2].Where(word => word != "RINGING"));
        Holds(told);
        foreach (var (shown, word) in new[] { (talks, "IN_PROGRESS"), (left, "DISCONNECTED_NOT_DISPOSED"), (done, "COMPLETED") })
            Assert.Equal(shown.ToJsonString(), told.First(e => (string?)e["after"]!["callStatus"] == word)["after"]!.ToJsonString());
        Assert.Equal(linked.ToJsonString(), told[^2]["after"]!.ToJsonString());
        Assert.Equal(["forTask", "updatedAt"], told[^2]["changed"]!.AsArray().Select(name => (string)name!).Order());
        Assert.Equal(("paid", "later"), ((string?)told[^3]["disposition"]!["disposition"], (string?)told[^3]["disposition"]!["notes"]));
        Assert.True((bool)told[^1]["after"]!["isDeleted"]!);

        foreach (var received in hook.All)
        {
            string expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), received.Body));
            Assert.Equal("sha256=" + expected, received["x-chakra-signature"]);
            Assert.StartsWith("v1,", received["webhook-signature"], StringComparison.Ordinal);
            Assert.NotEmpty(received["x-chakra-signature-ed25519"]);
        }
        Assert.Equal("call.disposed", Name(Assert.Single(Events(disposed, id))));
        Assert.False(disposed.All[0].Headers.ContainsKey("x-chakra-signature"));
        Assert.Empty(others.All);
        // Who comes later hears what happens from then on.
        await Eventually.TrueAsync(() => Events(late, id).Any(e => Name(e) is "call.deleted"), "the end is told there too");
        Assert.Equal("DISCONNECTED_NOT_DISPOSED", Words(late, id)[0]);
        Assert.DoesNotContain(Events(late, id), e => Name(e) is "call.created");

        await LoggedAsync(host, hook);
        await EndedAsync(host, hook, made);
        Assert.Empty(others.All);
    }

    /// <summary>CH18: one call, one event.</summary>
    private static async Task LoggedAsync(ChakraHost host, Sink hook)
    {
        const string call = """{"to":"+15550177001","from":"+15550100000","type":"OUTBOUND","provider":"twilio","providerCallId":"CA1"}""";
        string id = "";
        for (int i = 0; i < 3; i++) id = (string)(await host.DoneAsync("POST", "/call/log", call))["id"]!;
        await host.DoneAsync("POST", "/call/log", call.Replace("}", ""","callStatus":"BUSY"}""", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => Events(hook, id).Count > 1, "both are told");
        Assert.Equal(["call.created", "call.updated"], Events(hook, id).Select(Name));
        Assert.Equal(["UNKNOWN", "BUSY"], Words(hook, id));
        Holds(Events(hook, id));
    }

    private static async Task EndedAsync(ChakraHost host, Sink hook, JsonNode made)
    {
        await host.RefusesAsync(404, null, "DELETE", "/webhook/" + made["id"], token: host.Other);
        await host.DoneAsync("DELETE", "/webhook/" + made["id"]);
        await host.RefusesAsync(404, null, "DELETE", "/webhook/" + made["id"]);
        Assert.Equal(2, (await host.DoneAsync("GET", "/webhook")).AsArray().Count);
        int before = hook.All.Count;
        await host.DoneAsync("POST", "/call/log", """{"to":"+15550177001","from":"+15550100000","type":"OUTBOUND"}""");
        Assert.Equal(before, hook.All.Count);
        foreach (var (field, json) in new[]
            {
                ("events", $$"""{"url":"{{hook.Url}}","events":["call.lost"]}"""), ("events", $$"""{"url":"{{hook.Url}}","events":[]}"""),
                ("url", $$"""{"url":"http://169.254.169.254/x","events":{{All}}}"""),
                ("url", $$"""{"url":"ftp://a.example","events":{{All}}}"""),
                ("secret", $$"""{"url":"{{hook.Url}}","events":{{All}},"secret":"short"}"""),
                ("colour", $$"""{"url":"{{hook.Url}}","events":{{All}},"colour":"red"}"""),
            })
            await host.RefusesAsync(400, field, "POST", "/webhook", json);
    }

    /// <summary>What is said to have changed is what differs, and each event goes on from the one before.</summary>
    private static void Holds(List<JsonNode> told)
    {
        JsonNode? last = null;
        foreach (var e in told)
        {
            var (before, after) = (e["before"] as JsonObject, e["after"]!.AsObject());
            ChakraRules.Hold(after);
            Assert.InRange((long)e["occurredAt"]!, 1_000_000_000_000, 9_999_999_999_999);
            Assert.Equal(
                (before ?? []).Select(field => field.Key).Union(after.Select(field => field.Key))
                    .Where(name => !JsonNode.DeepEquals(before?[name], after[name])).Order(),
                e["changed"]!.AsArray().Select(name => (string)name!).Order());
            Assert.Equal(Name(e) is "call.created", before is null);
            if (last is not null) Assert.Equal((string?)last["callStatus"], (string?)before!["callStatus"]);
            last = after;
        }
        Assert.Equal(told.Count, told.Select(e => (string)e["id"]!).Distinct().Count());
    }

    private static Task<JsonNode> SubscribeAsync(ChakraHost host, Sink hook, string events, string? secret = null, string? token = null) =>
        host.DoneAsync("POST", "/webhook",
            $$"""{"url":"{{hook.Url}}/hook","events":{{events}}{{(secret is null ? "" : $",\"secret\":\"{secret}\"")}}}""", token);

    private static List<JsonNode> Events(Sink hook, string id) =>
        [.. hook.All.Select(received => JsonNode.Parse(received.Text)!).Where(e => (string?)e["after"]!["id"] == id)];

    private static List<string> Words(Sink hook, string id) => [.. Events(hook, id).Select(e => (string)e["after"]!["callStatus"]!)];

    private static string Name(JsonNode told) => (string)told["event"]!;
}
