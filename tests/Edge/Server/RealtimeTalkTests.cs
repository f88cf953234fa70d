using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Lab.Models;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A caller talks with a model that hears and speaks itself by OpenAI's realtime protocol, on a call of the node's own.</summary>
public sealed class RealtimeTalkTests : IDisposable
{
    private const string Key = "sk-of-the-voice-1234";
    private const string Long = "We have nine sizes of pizza, and the largest of them feeds a whole family with guests.";

    private readonly AgentRig _rig = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    public static TheoryData<bool> Forms => Depth.Rows(gate: [false], deep: [true]);

    [Theory, MemberData(nameof(Forms))]
    public async Task Case_38_a_caller_who_speaks_over_the_reply_cuts_it_where_he_heard_it_and_tools_are_run_here(bool isOld)
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var shop = await TestServer.StartAsync(async c =>
            await c.Response.WriteAsync($"ten euros for {(await JsonNode.ParseAsync(c.Request.Body))!["size"]}"));
        await using var model = await RealtimeDouble.StartAsync(isOld);
        await File.WriteAllTextAsync(Path.Combine(_rig.Folder.Path, "voice.key"), Key + "\n", Stop);
        await using var node = await _rig.StartAsync(voice, Agent(model, shop));
        using var peer = new SipPeer(node.Node.Settings.Sip);
        string ok = await AgentRig.CallAsync(peer);
        using var caller = new SpokenCaller(peer, ok);

        await _rig.LinesAsync(node, 1);
        await caller.HearsNothingMoreAsync("the greeting is over");
        var before = caller.HeardTone;
        await SayAsync(caller, ToneWords.Yes);
        await Eventually.TrueAsync(() => caller.HeardTone - before > TimeSpan.FromSeconds(1), "a second of the reply");
        // A word in two pieces is two, and the second cuts the answer to the first.
        Assert.DoesNotContain(model.Told, told => (string?)told["type"] == "conversation.item.truncate");
        caller.Hertz = ToneWords.No;
        var truncated = await Eventually.SomeAsync(() => ValueTask.FromResult(model.Told
            .FirstOrDefault(told => (string?)told["type"] == "conversation.item.truncate")), "the reply is cut");
        // What was on its way is heard behind that.
        await caller.HearsNothingMoreAsync("nothing more of it is heard");
        int heard = (int)(caller.HeardTone - before).TotalMilliseconds, played = (int)truncated["audio_end_ms"]!;
        Assert.InRange(played, heard - 100, heard + 100);
        Assert.InRange(played, 900, model.Sent[(string)truncated["item_id"]!]);
        caller.Hertz = 0;

        var lines = await _rig.LinesAsync(node, 5);
        Assert.Equal(("assistant: Good morning.", "user: yes", "user: no", "assistant: It is ten euros."),
            (lines[0], lines[1], lines[3], lines[4]));
        string cut = lines[2]["assistant: ".Length..].Replace(" (interrupted)", "", StringComparison.Ordinal);
        Assert.EndsWith("(interrupted)", lines[2], StringComparison.Ordinal);
        Assert.StartsWith(cut, Long, StringComparison.Ordinal);
        Assert.InRange(cut.Length, 1, Long.Length - 1);

        Assert.Equal($"/realtime?model=gpt-realtime Bearer {Key}", model.Asked);
        var session = model.Told[0]["session"]!;
        Assert.Equal(("realtime", "verse", 24_000), ((string?)session["type"], (string?)session["audio"]!["output"]!["voice"],
            (int)session["audio"]!["input"]!["format"]!["rate"]!));
        Assert.Equal(["price"], session["tools"]!.AsArray().Select(tool => (string?)tool!["name"]));
        Assert.Equal("ten euros for large", (string?)Assert.Single(model.Told,
            told => told["item"]?["type"]?.ToString() == "function_call_output")["item"]!["output"]);
        // Keys are words.
        peer.Send(peer.Inside(ok, AgentRig.Number, "INFO", 2).Replace("Content-Length: 0\n",
            "Content-Type: application/dtmf-relay\nContent-Length: 10\n", StringComparison.Ordinal) + "Signal=7\n");
        await Eventually.SomeAsync(() => ValueTask.FromResult(model.Told.FirstOrDefault(told =>
            (string?)told["item"]?["content"]?[0]?["text"] == "pressed 7")), "the key");
        peer.Send(peer.Inside(ok, AgentRig.Number, "BYE", 3));
        string trace = (await _rig.TraceAsync(node)).ToJsonString();
        Assert.Contains("tool price: 200 after", trace, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, trace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_lost_in_a_talk_is_asked_anew_knows_what_was_said_and_ends_the_call_where_it_is_lost_again_at_once()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await RealtimeDouble.StartAsync();
        await using var node = await _rig.StartAsync(voice, $$"""
            {
              "transcript": true, "greeting": "Good morning.",
              "instructions": "Be kind.\nWHEN yes SAY Well.\nWHEN no SAY Fine.\nEND",
              "model": {"speaks": "realtime", "base_url": "{{model.Url}}", "name": "gpt-realtime"}
            }
            """);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        string ok = await AgentRig.CallAsync(peer);
        using var caller = new SpokenCaller(peer, ok);
        await _rig.LinesAsync(node, 1);
        await SayAsync(caller, ToneWords.Yes);
        await _rig.LinesAsync(node, 3);

        await model.ExpireAsync();
        await Eventually.TrueAsync(() => Sessions() == 2, "asked anew");
        await Task.Delay(500, Stop);
        Assert.Equal(["Good morning.", "yes", "Well."], model.Told.Select(told => (string?)told["item"]?["content"]?[0]?["text"])
            .Where(text => text is not null));
        await SayAsync(caller, ToneWords.No);
        Assert.Equal(["assistant: Good morning.", "user: yes", "assistant: Well.", "user: no", "assistant: Fine."],
            await _rig.LinesAsync(node, 5));
        // Nobody waited for its words: it was asked for those of the greeting alone.
        Assert.Single(model.Told, told => (string?)told["type"] == "response.create");

        await model.ExpireAsync();
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));
        Assert.Equal(2, Sessions());

        int Sessions() => model.Told.Count(told => (string?)told["type"] == "session.update");
    }

    [Fact, Depth("the gate has a talk with such a model; Pure has what is asked for once more where an answer fails")]
    public async Task Whoever_may_not_interrupt_a_greeting_is_heard_where_none_can_be_said()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await RealtimeDouble.StartAsync();
        model.Fails = 2;
        await using var node = await _rig.StartAsync(voice, $$"""
            {
              "transcript": true, "greeting": "Good morning.", "interruptions": {"disable_greeting_interruption": true},
              "instructions": "Be kind.\nWHEN yes SAY Well.\nEND",
              "model": {"speaks": "realtime", "base_url": "{{model.Url}}", "name": "gpt-realtime"}
            }
            """);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        string ok = await AgentRig.CallAsync(peer);
        using var caller = new SpokenCaller(peer, ok);
        await Eventually.TrueAsync(() => model.Told.Count(told => (string?)told["type"] == "response.create") == 2, "asked for twice");
        await Task.Delay(300, Stop);
        await SayAsync(caller, ToneWords.Yes);
        Assert.Equal(["user: yes", "assistant: Well."], await _rig.LinesAsync(node, 2));
        peer.Send(peer.Inside(ok, AgentRig.Number, "BYE", 2));
    }

    [Fact, Depth("the gate has a model that is lost in a talk and asked anew")]
    public async Task A_model_that_reads_and_writes_goes_on_where_one_that_speaks_cannot_be_had()
    {
        await using var voice = await AgentRig.VoiceAsync();
        var (rules, fault) = ModelRules.Read("WHEN yes SAY Well.");
        Assert.Null(fault);
        await using var writes = await LabModel.StartAsync(rules!, new(IPAddress.Loopback, 0), Key, _ => { }, Stop);
        await using var busy = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await File.WriteAllTextAsync(Path.Combine(_rig.Folder.Path, "model.key"), Key + "\n", Stop);
        await using var node = await _rig.StartAsync(voice, $$"""
            {
              "transcript": true, "greeting": "Good morning.", "voice": "OpenAI.verse", "instructions": "Be kind.",
              "turns": {"on_no_punctuation_seconds": 0.4},
              "model": {"speaks": "realtime", "base_url": "{{busy.Url}}", "name": "gpt-realtime"},
              "fallback": {"base_url": "{{writes.BaseUrl}}", "name": "rules", "key_file": "model.key"}
            }
            """);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        string ok = await AgentRig.CallAsync(peer);
        using var caller = new ToneCaller(ok, _rig.Words);
        await _rig.LinesAsync(node, 1);
        await caller.SayAsync(ToneWords.Yes);
        Assert.Equal(["assistant: Good morning.", "user: yes", "assistant: Well."], await _rig.LinesAsync(node, 3));
        Assert.Contains("the model is given up, and rules goes on", (await _rig.TraceAsync(node)).ToJsonString(), StringComparison.Ordinal);
        peer.Send(peer.Inside(ok, AgentRig.Number, "BYE", 2));
    }

    private static async Task SayAsync(SpokenCaller caller, int hertz)
    {
        caller.Hertz = hertz;
        await Task.Delay(600, Stop);
        caller.Hertz = 0;
    }

    private static string Agent(RealtimeDouble model, TestServer shop) => $$"""
        {
          "transcript": true, "greeting": "Good morning.", "voice": "OpenAI.verse",
          "instructions": "Be kind.\nWHEN yes SAY {{Long}}\nWHEN no CALL price {\"size\": \"large\"}\nWHEN euros SAY It is ten euros.\nEND",
          "model": {"speaks": "realtime", "base_url": "{{model.Url}}", "name": "gpt-realtime", "key_file": "voice.key"},
          "tools": [
            {"kind": "webhook", "name": "price", "description": "What a pizza costs", "url": "{{shop.Url}}/",
             "parameters": {"type": "object", "properties": {"size": {"type": "string"} }, "required": ["size"]} }
          ]
        }
        """;
}
