using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Lab.Models;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>An assistant calls somebody at a set time, by a trunk, through the gate, and talks to whoever answers.</summary>
public sealed class AssistantScheduleTests
{
    private const string Number = "+13125550100", Callee = "+13125550177";

    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task It_calls_at_its_time_talks_and_is_completed_and_a_rule_of_the_gate_keeps_it_from_calling()
    {
        await using var voice = await AgentRig.VoiceAsync();
        var (rules, fault) = ModelRules.Read("ELSE SAY Well.");
        Assert.Null(fault);
        await using var model = await LabModel.StartAsync(rules!, new(IPAddress.Loopback, 0), null, _ => { }, Stop);
        await using var node = await RunningNode.StartAsync(
            settings => settings with { SpeechUrl = new($"{voice.Url}/v1"), Llm = new(model.BaseUrl.ToString()) },
            recognisers: name => name is null ? _words : null);
        using var carrier = new SipPeer(node.Node.Settings.Sip);
        var trunk = await node.Socket.SendAsync(HttpMethod.Post, "operator/v1/trunks",
            new JsonObject { ["name"] = "carrier", ["host"] = "127.0.0.1", ["port"] = carrier.Local.Port }, Stop);
        await node.Socket.SendAsync(HttpMethod.Post, "operator/v1/routes",
            new JsonObject { ["trunk_id"] = (string?)trunk["data"]!["id"], ["prefix"] = "+" }, Stop);
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number }) }, Stop);
        string assistant = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", """
            {"name":"a","model":"m","instructions":"Remind {{telnyx_end_user_target}}.","greeting":"A {{what}} for {{telnyx_call_to}}."}
            """))["id"]!;

        string premium = await OrderAsync(node, assistant, "+19005550100");
        var refused = await OverAsync(node, assistant, premium);
        Assert.Equal("failed", (string?)refused["status"]);
        Assert.Equal(["premium_number"], refused["errors"]!.AsArray().Select(error => (string?)error));
        Assert.True(carrier.HasHeardNothing);

        string scheduled = await OrderAsync(node, assistant, Callee);
        string invite = await carrier.HearAsync("INVITE");
        Assert.StartsWith($"INVITE sip:{Callee}@", invite, StringComparison.Ordinal);
        Assert.Contains($"sip:{Number}@", SipPeer.Header(invite, "From"), StringComparison.Ordinal);
        var begun = await EventAsync(node, assistant, scheduled);
        Assert.Equal("in_progress", (string?)begun["status"]);
        string ok = carrier.Response(invite, "200 OK", carrier.Sdp);
        carrier.Send(ok);
        await carrier.HearAsync("ACK");
        using var callee = new ToneCaller(invite, _words);
        string messages = $"/v2/ai/conversations/{begun["conversation_id"]}/messages";
        var greeting = await Eventually.SomeAsync(async () =>
            (await SendAsync(node, HttpMethod.Get, messages))["data"]!.AsArray().FirstOrDefault(), "the greeting was heard");
        Assert.Equal(("assistant", $"A table for {Callee}."), ((string?)greeting["role"], (string?)greeting["text"]));
        carrier.Send(Bye(carrier, invite));
        var over = await OverAsync(node, assistant, scheduled);
        Assert.Equal(("completed", 0), ((string?)over["status"], over["errors"]!.AsArray().Count));
        var talk = (await SendAsync(node, HttpMethod.Get, $"/v2/ai/conversations/{begun["conversation_id"]}"))["data"]!["metadata"]!;
        Assert.Equal((assistant, Callee, "7"), ((string?)talk["assistant_id"], (string?)talk["telnyx_end_user_target"],
            (string?)talk["order"]));
        Assert.StartsWith("v3:", (string?)talk["call_control_id"], StringComparison.Ordinal);
    }

    /// <summary>Of the side that was called.</summary>
    private static string Bye(SipPeer peer, string invite) => $"""
        BYE {System.Text.RegularExpressions.Regex.Match(SipPeer.Header(invite, "Contact"), "<([^>]+)>").Groups[1].Value} SIP/2.0
        Via: SIP/2.0/UDP {peer.Local};branch=z9hG4bKbye;rport
        Max-Forwards: 70
        From: {SipPeer.Header(invite, "To")};tag=peer
        To: {SipPeer.Header(invite, "From")}
        Call-ID: {SipPeer.Header(invite, "Call-ID")}
        CSeq: 1 BYE
        Content-Length: 0


        """;

    private static async Task<string> OrderAsync(RunningNode node, string assistant, string to) =>
        (string)(await SendAsync(node, HttpMethod.Post, $"/v2/ai/assistants/{assistant}/scheduled_events", $$"""
            {"telnyx_conversation_channel":"phone_call","telnyx_end_user_target":"{{to}}","telnyx_agent_target":"{{Number}}",
             "scheduled_at_fixed_datetime":"{{DateTimeOffset.UtcNow:O}}","conversation_metadata":{"order":7},
             "dynamic_variables":{"what":"table"} }
            """))["scheduled_event_id"]!;

    private static Task<JsonNode> EventAsync(RunningNode node, string assistant, string scheduled) =>
        SendAsync(node, HttpMethod.Get, $"/v2/ai/assistants/{assistant}/scheduled_events/{scheduled}");

    private static Task<JsonNode> OverAsync(RunningNode node, string assistant, string scheduled) => Eventually.SomeAsync(async () =>
        await EventAsync(node, assistant, scheduled) is var now && (string?)now["status"] is "completed" or "failed" ? now : null,
        "it is over");

    private static async Task<JsonNode> SendAsync(RunningNode node, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
