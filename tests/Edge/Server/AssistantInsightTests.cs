using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Lab.Models;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// What is found out of a talk on a call by the node's own model, which is the lab's and answers by rules: of what it is sent, and of
/// nothing else.
/// </summary>
public sealed class AssistantInsightTests
{
    private const string Number = "+15550100000";

    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task A_talk_is_judged_when_its_call_is_over_and_all_who_asked_are_told()
    {
        var heard = new ConcurrentQueue<(string Path, string Body, bool IsSigned)>();
        await using var sink = await TestServer.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            heard.Enqueue((c.Request.Path, await reader.ReadToEndAsync(Stop), c.Request.Headers.ContainsKey("telnyx-signature-ed25519")));
        });
        await using var voice = await AgentRig.VoiceAsync();
        // The transcript has the word role; a repair says what does not fit.
        var (rules, fault) = ModelRules.Read("""
            WHEN "fit the schema" SAY {"topic": "pizza"}
            WHEN role SAY It was about pizza.
            """);
        Assert.Null(fault);
        await using var model = await LabModel.StartAsync(rules!, new(IPAddress.Loopback, 0), null, _ => { }, Stop);
        await using var node = await RunningNode.StartAsync(
            settings => settings with { SpeechUrl = new($"{voice.Url}/v1"), Llm = new(model.BaseUrl.ToString()) },
            recognisers: name => name is null ? _words : null);

        string plain = await MadeAsync(node, "/v2/ai/conversations/insights", """{"name":"about","instructions":"Say what it was about."}""");
        string strict = await MadeAsync(node, "/v2/ai/conversations/insights",
            """{"name":"topic","instructions":"Find the topic.","json_schema":{"type":"object","required":["topic"]}}""");
        string group = await MadeAsync(node, "/v2/ai/conversations/insight-groups", $$"""{"name":"after","webhook":"{{sink.Url}}/all"}""");
        foreach (string insight in new[] { plain, strict })
            await SendAsync(node, HttpMethod.Post, $"/v2/ai/conversations/insight-groups/{group}/insights/{insight}/assign");
        string assistant = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", $$$"""
            {"name":"a","model":"m","instructions":"Sell.","greeting":"A pizza?","insight_settings":{"insight_group_id":"{{{group}}}"} }
            """))["id"]!;

        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer, $"{sink.Url}/calls");
        using var caller = new ToneCaller(ok, _words);
        string conversation = (string)(await SendAsync(node, HttpMethod.Post,
            $"/v2/calls/{Uri.EscapeDataString(call)}/actions/ai_assistant_start", $$$"""{"assistant":{"id":"{{{assistant}}}"}}"""))
            ["data"]!["conversation_id"]!;
        await Eventually.SomeAsync(async () => (await SendAsync(node, HttpMethod.Get,
            $"/v2/ai/conversations/{conversation}/messages"))["data"]!.AsArray().FirstOrDefault(), "the greeting was heard");
        peer.Send(peer.Inside(ok, Number, "BYE", 2));

        await Eventually.TrueAsync(() => heard.Any(one => one.Path == "/all")
            && heard.Any(one => one.Path == "/calls" && TypeOf(one.Body) is "call.conversation_insights.generated"), "both are told");
        var run = Assert.Single((await SendAsync(node, HttpMethod.Get,
            $"/v2/ai/conversations/{conversation}/conversations-insights"))["data"]!.AsArray())!;
        Assert.Equal("completed", (string?)run["status"]);
        Assert.Equal([(plain, "It was about pizza."), (strict, """{"topic": "pizza"}""")], run["conversation_insights"]!.AsArray()
            .Select(result => ((string)result!["insight_id"]!, (string)result["result"]!)));
        Assert.All(heard, one => Assert.True(one.IsSigned));
        var types = heard.Where(one => one.Path == "/calls").Select(one => TypeOf(one.Body)).ToList();
        Assert.True(types.IndexOf("call.hangup") < types.IndexOf("call.conversation_insights.generated"), string.Join(' ', types));
        var told = JsonNode.Parse(heard.Single(one => one.Path == "/all").Body)!["data"]!["payload"]!;
        Assert.Equal((call, conversation, group, "pizza"), ((string?)told["call_control_id"], (string?)told["conversation_id"],
            (string?)told["insight_group_id"], (string?)told["results"]![1]!["result"]!["topic"]));
        // It said prose once, and was told what was wrong.
        var asked = model.Asked.Where(request => request["stream"]!.GetValueKind() is System.Text.Json.JsonValueKind.False).ToList();
        Assert.Equal([0, 1, 1], asked.Select(request => request["response_format"] is null ? 0 : 1).Order());
        Assert.All(asked, request => Assert.Contains("A pizza?", (string?)request["messages"]![1]!["content"], StringComparison.Ordinal));
    }

    private static string? TypeOf(string body) => (string?)JsonNode.Parse(body)!["data"]!["event_type"];

    private static async Task<(string Call, string Ok)> AnsweredAsync(RunningNode node, SipPeer peer, string hook)
    {
        string application = (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications",
            $$"""{"application_name":"judged","webhook_event_url":"{{hook}}"}"""))["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        peer.Send(peer.Invite(Number));
        await peer.HearAsync("SIP/2.0 180");
        string call = await Eventually.SomeAsync(async () => (string?)(await SendAsync(node, HttpMethod.Get,
            "/v2/call_events?filter[name]=call.initiated"))["data"]!.AsArray().FirstOrDefault()?["metadata"]!["event"]!["payload"]!
            ["call_control_id"], "the call is there");
        await SendAsync(node, HttpMethod.Post, $"/v2/calls/{Uri.EscapeDataString(call)}/actions/answer", "{}");
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        return (call, ok);
    }

    private static async Task<string> MadeAsync(RunningNode node, string path, string body) =>
        (string)(await SendAsync(node, HttpMethod.Post, path, body))["data"]!["id"]!;

    private static async Task<JsonNode> SendAsync(RunningNode node, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
