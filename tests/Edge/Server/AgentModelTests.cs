using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Lab.Models;
using Ringwright.Server;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A caller talks with an agent that a model thinks for: over HTTP, with a tool over HTTP. The model is the lab's, which answers by rules.
/// </summary>
public sealed class AgentModelTests : IDisposable
{
    private const string Key = "sk-of-the-model-1234";

    private readonly AgentRig _rig = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task A_caller_is_answered_by_a_model_that_has_asked_a_tool_and_that_ends_the_call()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var shop = await TestServer.StartAsync(async c =>
        {
            var asked = await JsonNode.ParseAsync(c.Request.Body);
            string shop = c.Request.Path.Value![1..];
            await c.Response.WriteAsync($"a {asked!["size"]} one for {shop} is ten euros, {c.Request.Headers["x-shop"]}");
        });
        await using var model = await ModelAsync("""
            WHEN yes CALL price {"size": "large"}
            WHEN euros SAY It is so: {{said}}.
            WHEN no SAY Goodbye.
            WHEN no CALL hangup
            """);
        await File.WriteAllTextAsync(Path.Combine(_rig.Folder.Path, "model.key"), Key + "\n", Stop);
        await using var node = await _rig.StartAsync(voice, Agent(model, shop));
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new ToneCaller(await AgentRig.CallAsync(peer), _rig.Words);

        await _rig.LinesAsync(node, 1);
        await caller.SayAsync(ToneWords.Yes);
        await _rig.LinesAsync(node, 3);
        await caller.SayAsync(ToneWords.No);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        Assert.Equal(
            [
                "assistant: A pizza from Uno?", "user: yes", "assistant: It is so: a large one for Uno is ten euros, Uno.", "user: no",
                "assistant: Goodbye.",
            ], await _rig.LinesAsync(node, 5));
        string trace = (await _rig.TraceAsync(node)).ToJsonString();
        Assert.Contains("tool price: 200 after", trace, StringComparison.Ordinal);
        Assert.Contains("by ringwright-lab-rules-", trace, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, trace, StringComparison.Ordinal);
        // Ahead, too: a caller whose voice comes with a gap is asked about once more, with the same words.
        Assert.Equal(3, model.Asked.Select(asked => asked["messages"]!.ToJsonString()).Distinct(StringComparer.Ordinal).Count());
        // The model is told what was heard, and the one result under the id of its call.
        var last = model.Asked[^1]["messages"]!.AsArray();
        Assert.Equal(["system", "assistant", "user", "assistant", "tool", "assistant", "user"],
            last.Select(message => (string?)message!["role"]));
        Assert.Equal((string?)last[3]!["tool_calls"]![0]!["id"], (string?)last[4]!["tool_call_id"]);
        Assert.Equal("You work for Uno.", ((string)last[0]!["content"]!).Split('\n')[0]);
    }

    [Fact, Depth("the gate has a talk that asks its tool, is written down and hangs up, and models that fail in writing")]
    public async Task A_model_that_fails_is_asked_twice_and_the_caller_is_told_what_the_model_never_hears_of()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await ModelAsync("""
            WHEN yes DO 500
            WHEN no SAY Goodbye.
            WHEN no CALL hangup
            """);
        await File.WriteAllTextAsync(Path.Combine(_rig.Folder.Path, "model.key"), Key, Stop);
        await using var node = await _rig.StartAsync(voice, Agent(model, voice, asksAhead: false));
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new ToneCaller(await AgentRig.CallAsync(peer), _rig.Words);

        await _rig.LinesAsync(node, 1);
        await caller.SayAsync(ToneWords.Yes);
        await _rig.LinesAsync(node, 3);
        await caller.SayAsync(ToneWords.No);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        Assert.Equal(["assistant: A pizza from Uno?", "user: yes", "assistant: Pardon?", "user: no", "assistant: Goodbye."],
            await _rig.LinesAsync(node, 5));
        Assert.Equal(3, model.Asked.Count);
        Assert.Equal(["system", "assistant", "user", "user"],
            model.Asked[^1]["messages"]!.AsArray().Select(message => (string?)message!["role"]));
        Assert.Contains("its server answered 500", (await _rig.TraceAsync(node)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_not_there_is_found_before_the_node_starts_and_nothing_of_a_bad_one_is_told()
    {
        const string Definition = """{"instructions": "x", "model": {"base_url": "http://127.0.0.1:9/v1", "name": "m", "key_file": "k"}}""";
        File.WriteAllText(Path.Combine(_rig.Folder.Path, "order.json"), Definition);
        Assert.EndsWith("order.json: model.key_file: there is no such file", Refused(), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_rig.Folder.Path, "k"), "sk-one\nsk-two");
        string refused = Refused();
        Assert.Contains("order.json: model.key_file: it must have one key", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", refused, StringComparison.Ordinal);
    }

    private string Refused() => Assert.Throws<StartRefused>(() => ServeFlags.Read(
        name => name switch
        {
            "--agents" => _rig.Folder.Path,
            "--agent-lines" => $"{AgentRig.Number}=order",
            _ => null,
        }, _ => null)).Message;

    private static async Task<LabModel> ModelAsync(string rules)
    {
        var (read, fault) = ModelRules.Read(rules);
        Assert.Null(fault);
        return await LabModel.StartAsync(read!, new(IPAddress.Loopback, 0), Key, _ => { }, Stop);
    }

    private static string Agent(LabModel model, TestServer shop, bool asksAhead = true) => $$$"""
        {
          "transcript": true, "greeting": "A pizza from {{shop}}?", "instructions": "You work for {{shop}}.", "variables": {"shop": "Uno"},
          "turns": {"on_no_punctuation_seconds": 0.4}, "apology": "Pardon?",
          "asks_ahead": {{{(asksAhead ? "true" : "false")}}},
          "model": {"base_url": "{{{model.BaseUrl}}}", "name": "rules", "key_file": "model.key"},
          "tools": [
            {"kind": "webhook", "name": "price", "description": "What a pizza costs", "url": "{{{shop.Url}}}/{{shop}}",
             "headers": {"x-shop": "{{shop}}"},
             "parameters": {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]}},
            {"kind": "hangup"}
          ]
        }
        """;
}
