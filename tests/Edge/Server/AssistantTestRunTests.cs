using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Edge.Speech;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Tests of assistants really run: person, assistant and judge are the lab's model, which answers by rules.</summary>
public sealed class AssistantTestRunTests
{
    private const string Assistants = "/v2/ai/assistants", Tests = "/v2/ai/assistants/tests";

    private const string Rules = """
        WHEN criteria SAY {"verdicts": [{"criterion": 1, "passed": true, "reason": "It was."}, {"criterion": 2, "passed": false, "reason": "No."}]}
        WHEN begins SAY A pizza please.
        WHEN pizza CALL price_of {}
        WHEN euros SAY Ten, says the shop.
        WHEN server SAY Nobody knows, says the shop.
        WHEN shop SAY Thanks, goodbye.
        WHEN shop CALL hangup
        WHEN goodbye SAY Bye.
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_suite_runs_in_conversations_that_can_be_read_and_each_criterion_has_its_verdict()
    {
        await using var shop = await TestServer.StartAsync(c => c.Response.Body.WriteAsync("ten euros"u8.ToArray(), Stop).AsTask());
        await using var rig = await ModelRig.ByRulesAsync(Rules);
        string assistant = await AssistantAsync(rig, shop);
        string one = await TestAsync(rig, assistant), dry = await TestAsync(rig, assistant, more: """ ,"description": "[dry] no shop" """);

        var started = (await rig.SendAsync(HttpMethod.Post, $"{Tests}/test-suites/pizza/runs")).AsArray();
        string suiteRun = (string)started[0]!["test_suite_run_id"]!;
        Assert.All(started, run => Assert.Equal(("pending", suiteRun, "pending", 2), ((string)run!["status"]!,
            (string)run["test_suite_run_id"]!, (string)run["detail_status"]![1]!["status"]!, run["detail_status"]!.AsArray().Count)));
        Assert.Equal([one, dry], started.Select(run => (string)run!["test_id"]!).Order().OrderBy(id => id == dry));

        var run = await OverAsync(rig, one);
        Assert.Equal(("failed", "passed", "failed"), ((string?)run["status"], (string?)run["detail_status"]![0]!["status"],
            (string?)run["detail_status"]![1]!["status"]));
        Assert.Equal("polite: passed. It was.\nquick: failed. No.", (string?)run["logs"]);
        Assert.NotNull(run["completed_at"]);
        Assert.Equal(
            [
                "user: A pizza please.", "assistant: ", "tool: ten euros", "assistant: Ten, says the shop.", "user: Thanks, goodbye.",
                "assistant: Bye.",
            ], await MessagesAsync(rig, run));
        Assert.True(JsonNode.DeepEquals(run, await rig.SendAsync(HttpMethod.Get, $"{Tests}/{one}/runs/{run["run_id"]}")));

        // No shop was asked for the other one.
        run = await OverAsync(rig, dry);
        Assert.Contains("tool: Not done: this is a test, and no server is asked in it.", await MessagesAsync(rig, run));
        Assert.Equal(1, shop.Requests);
        var judged = rig.Asked.Last(asked => asked["response_format"] is not null);
        Assert.Equal(("json_schema", true), ((string?)judged["response_format"]!["type"],
            ((string?)judged["messages"]![1]!["content"])!.Contains("assistant calls price_of {}", StringComparison.Ordinal)));

        Assert.Equal(2, await CountAsync(rig, $"test-suites/pizza/runs?test_suite_run_id={suiteRun}"));
        Assert.Equal(0, await CountAsync(rig, "test-suites/pizza/runs?status=passed"));
        Assert.Equal(1, await CountAsync(rig, $"{one}/runs?status=failed"));
        await rig.SendAsync(HttpMethod.Delete, $"{Tests}/{one}");
        Assert.Equal(1, await CountAsync(rig, "test-suites/pizza/runs"));
    }

    [Fact]
    public async Task A_run_is_of_the_version_that_is_asked_for_and_what_cannot_run_says_why()
    {
        await using var shop = await TestServer.StartAsync(c => c.Response.Body.WriteAsync("ten euros"u8.ToArray(), Stop).AsTask());
        await using var rig = await ModelRig.ByRulesAsync(
            "WHEN broken DO 503\nWHEN criteria SAY No idea." + Rules[Rules.IndexOf('\n', StringComparison.Ordinal)..]);
        string assistant = await AssistantAsync(rig, shop), test = await TestAsync(rig, assistant);
        string second = (string)(await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}",
            new() { ["instructions"] = "The second.", ["promote_to_main"] = false }))["version_id"]!;
        await rig.SendAsync(HttpMethod.Post, $"{Tests}/{test}/runs", new() { ["destination_version_id"] = second });
        var run = await OverAsync(rig, test);
        Assert.Equal(("error", "error"), ((string?)run["status"], (string?)run["detail_status"]![0]!["status"]));
        Assert.Equal("There is no verdict: there is no list of verdicts.", (string?)run["logs"]);
        Assert.Contains("The second.", rig.Asked.Select(asked => (string?)asked["messages"]![0]!["content"]));
        var talk = (await rig.SendAsync(HttpMethod.Get, $"/v2/ai/conversations/{run["conversation_id"]}"))["data"]!["metadata"]!;
        Assert.Equal((assistant, second, "web_chat"), ((string?)talk["assistant_id"], (string?)talk["assistant_version_id"],
            (string?)talk["telnyx_conversation_channel"]));

        await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}", new() { ["greeting"] = "It is all broken." });
        string mute = await TestAsync(rig, assistant);
        await rig.SendAsync(HttpMethod.Post, $"{Tests}/{mute}/runs");
        run = await OverAsync(rig, mute);
        Assert.Equal(("error", "The person of the test could not be played: its server answered 503."),
            ((string?)run["status"], (string?)run["logs"]));
        Assert.Equal(["assistant: It is all broken."], await MessagesAsync(rig, run));

        await RefusedAsync(rig, $"{test}/runs", new() { ["destination_version_id"] = Guid.NewGuid().ToString() }, 400, "no version");
        await RefusedAsync(rig, "test-suites/nobody/runs", [], 404, "10005");
        await RefusedAsync(rig, $"{Guid.NewGuid()}/runs", [], 404, "10005");
        string call = await TestAsync(rig, assistant, suite: "calls", more: """ ,"telnyx_conversation_channel": "phone_call" """);
        await RefusedAsync(rig, $"{call}/runs", [], 422, "10041: tests by phone_call");
        await RefusedAsync(rig, "test-suites/calls/runs", [], 422, "10041: tests by phone_call");
    }

    private static Task<string> AssistantAsync(ModelRig rig, TestServer shop) => rig.MakeAsync(Assistants, JsonNode.Parse($$"""
        {"name": "a", "model": "some/model", "instructions": "Sell pizza.",
         "tools": [{"type": "webhook", "webhook": {"name": "price_of", "description": "Prices", "url": "{{shop.Url}}/" } }]}
        """)!.AsObject());

    private static async Task<string> TestAsync(ModelRig rig, string assistant, string suite = "pizza", string more = "") =>
        (string)(await rig.SendAsync(HttpMethod.Post, Tests, JsonNode.Parse($$"""
            {"name": "order", "destination": "{{assistant}}", "instructions": "Order a meal.", "test_suite": "{{suite}}",
             "rubric": [{"name": "polite", "criteria": "It is polite."}, {"name": "quick", "criteria": "It is quick."}] {{more}} }
            """)!.AsObject()))["test_id"]!;

    /// <summary>The only run of a test, when it is over.</summary>
    private static Task<JsonNode> OverAsync(ModelRig rig, string test) => Eventually.SomeAsync(async () =>
        (await rig.SendAsync(HttpMethod.Get, $"{Tests}/{test}/runs"))["data"]!.AsArray() is [{ } run]
            && (string?)run["status"] is "passed" or "failed" or "error" ? run : null, "a run that is over");

    private static async Task<List<string>> MessagesAsync(ModelRig rig, JsonNode run) =>
        [.. (await rig.SendAsync(HttpMethod.Get, $"/v2/ai/conversations/{run["conversation_id"]}/messages"))["data"]!.AsArray()
            .Select(message => $"{message!["role"]}: {message["text"]}")];

    private static async Task<int> CountAsync(ModelRig rig, string path) =>
        (int)(await rig.SendAsync(HttpMethod.Get, $"{Tests}/{path}"))["meta"]!["total_results"]!;

    private static async Task RefusedAsync(ModelRig rig, string path, JsonObject body, int status, string says)
    {
        var (answered, text) = await rig.PostAsync($"{Tests}/{path}", body);
        Assert.True(answered == (HttpStatusCode)status, text);
        Assert.Contains(says, text, StringComparison.Ordinal);
    }
}
