using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A customer's own program talks on a call that is commanded, as newer clients have it: over a real WebSocket, with words that are tones.
/// </summary>
public sealed class RelayCommandTests
{
    private const string Start = "conversation_relay_start", Cut = "conversation_relay_stop";

    /// <summary>Who understands the caller.</summary>
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_answers_and_ends_and_the_call_is_its_commanders_again()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var program = await RelayProgram.StartAsync(static async (all, socket) =>
        {
            await all.HearAsync(socket, "prompt");
            await RelayProgram.SpeakAsync(socket, "Goodbye.");
            await RelayProgram.SayAsync(socket, """{"type":"end"}""");
            await all.HearAsync(socket, "nothing more");
        });
        await using var node = await StartAsync(voice.Url);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);

        var order = new JsonObject
        {
            ["conversation_relay_settings"] = new JsonObject { ["url"] = SocketOf(program) },
            ["language"] = "en-US", ["command_id"] = "once",
            ["assistant"] = new JsonObject { ["dynamic_variables"] = new JsonObject { ["who"] = "Ada", ["tier"] = "gold" } },
            ["custom_parameters"] = new JsonObject { ["tier"] = "silver", ["open"] = 2 },
        };
        string session = await BeginAsync(node, call, order);
        // A repeat is the same talk.
        Assert.Equal(session, await BeginAsync(node, call, order));
        await caller.SayAsync(ToneWords.Yes);
        var ended = await EndAsync(node, session);
        Assert.Equal("assistant_hangup", (string?)ended["reason"]);

        var told = program.Told();
        var setup = told[0];
        Assert.Equal(("setup", session, call, call, "inbound", "active"), ((string?)setup["type"], (string?)setup["sessionId"],
            (string?)setup["callSid"], (string?)setup["callControlId"], (string?)setup["direction"], (string?)setup["callStatus"]));
        Assert.Equal("""{"who":"Ada","tier":"silver","open":"2"}""", setup["customParameters"]!.ToJsonString());
        Assert.Equal("yes", (string?)Assert.Single(told, message => (string?)message["type"] == "prompt")["voicePrompt"]);
        Assert.Equal("10015", (await RefusedAsync(node, call, Cut, [])).Code);
        await AssistantCallTests.ActAsync(node, call, "hangup", []);
        peer.Send(peer.Response(await peer.HearAsync("BYE"), "200 OK"));
    }

    [Fact, Depth("the gate has a program that a command connects from its setup to its end")]
    public async Task A_program_is_stopped_lost_and_not_reached_and_the_call_goes_on()
    {
        await using var voice = await AgentRig.VoiceAsync();
        bool dies = false;
        await using var program = await RelayProgram.StartAsync(async (all, socket) =>
        {
            await all.HearAsync(socket, "setup");
            if (!dies) await all.HearAsync(socket, "nothing more");
        });
        await using var node = await StartAsync(voice.Url);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);

        string stopped = await BeginAsync(node, call, new() { ["url"] = SocketOf(program) });
        await Eventually.TrueAsync(() => program.Told().Any(message => (string?)message["type"] == "setup"), "it is connected");
        Assert.Equal("10015", (await RefusedAsync(node, call, Start, new() { ["url"] = SocketOf(program) })).Code);
        await AssistantCallTests.ActAsync(node, call, Cut, []);
        Assert.Equal("stopped", (string?)(await EndAsync(node, stopped))["reason"]);

        dies = true;
        string lost = await BeginAsync(node, call, new() { ["conversation_relay_url"] = SocketOf(program) });
        Assert.Equal("customer_disconnect", (string?)(await EndAsync(node, lost))["reason"]);

        string missed = await BeginAsync(node, call, new() { ["url"] = "ws://127.0.0.1:9/relay" });
        Assert.Equal("not_reached", (string?)(await EndAsync(node, missed))["reason"]);

        foreach (var (body, pointer) in new (string, string)[]
        {
            ("{}", "/url"), ("""{"url":"http://127.0.0.1:9/x"}""", "/url"), ("""{"url":"ws://127.0.0.1:9/#x"}""", "/url"),
            ("""{"url":"ws://127.0.0.1:9/","interruptible":"never"}""", "/interruptible"),
            ("""{"url":"ws://127.0.0.1:9/","transcription":{"model":"x"}}""", "/transcription"),
            ("""{"url":"ws://127.0.0.1:9/","transcription_engine":"Deepgram"}""", "/transcription_engine"),
            ("""{"url":"ws://127.0.0.1:9/","voice_settings":{"api_key_ref":"x"}}""", "/voice_settings/api_key_ref"),
            ("""{"url":"ws://127.0.0.1:9/","tts_provider":"aws"}""", "/tts_provider"),
            ("""{"url":"ws://127.0.0.1:9/","languages":[{"voice":"female"}]}""", "/languages/0/language"),
            ("""{"url":"ws://127.0.0.1:9/","languages":[{"language":"de","tts_provider":"aws"}]}""", "/languages/0/tts_provider"),
        })
            Assert.Equal((body, pointer), (body, (await RefusedAsync(node, call, Start, JsonNode.Parse(body)!.AsObject())).Pointer));
        await AssistantCallTests.ActAsync(node, call, "hangup", []);
        peer.Send(peer.Response(await peer.HearAsync("BYE"), "200 OK"));
    }

    [Fact, Depth("the gate has a program that a command connects from its setup to its end")]
    public async Task A_program_talks_from_the_answer_on()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var program = await RelayProgram.StartAsync(static async (all, socket) =>
        {
            await all.HearAsync(socket, "prompt");
            await RelayProgram.SayAsync(socket, """{"type":"end"}""");
            await all.HearAsync(socket, "nothing more");
        });
        await using var node = await StartAsync(voice.Url);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer,
            new() { ["conversation_relay_config"] = new JsonObject { ["url"] = SocketOf(program) } });
        using var caller = new ToneCaller(ok, _words);
        await caller.SayAsync(ToneWords.Yes);
        var ended = await AssistantCallTests.EventAsync(node, "call.conversation.ended");
        var setup = program.Told()[0];
        Assert.Equal(("assistant_hangup", (string?)setup["sessionId"], call),
            ((string?)ended["reason"], (string?)ended["conversation_id"], (string?)setup["callControlId"]));
        Assert.Equal("/conversation_relay_config/url",
            (await RefusedAsync(node, call, "answer", new() { ["conversation_relay_config"] = new JsonObject() })).Pointer);
        await AssistantCallTests.ActAsync(node, call, "hangup", []);
        peer.Send(peer.Response(await peer.HearAsync("BYE"), "200 OK"));
    }

    [Fact, Depth("the gate has a program that a command connects from its setup to its end")]
    public async Task A_program_talks_with_whom_a_dial_has_reached_and_knows_the_call()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var program = await RelayProgram.StartAsync(static async (all, socket) =>
        {
            await all.HearAsync(socket, "prompt");
            await RelayProgram.SayAsync(socket, """{"type":"end"}""");
            await all.HearAsync(socket, "nothing more");
        });
        await using var node = await StartAsync(voice.Url);
        using var callee = new SipPeer(node.Node.Settings.Sip);
        string call = (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/calls", new()
        {
            ["connection_id"] = await AssistantCallTests.ApplicationAsync(node), ["from"] = AssistantCallTests.Number,
            ["to"] = $"sip:callee@{callee.Local}", ["conversation_relay_config"] = new JsonObject { ["url"] = SocketOf(program) },
        }))["data"]!["call_control_id"]!;
        string invite = await callee.HearAsync("INVITE");
        callee.Send(callee.Response(invite, "200 OK", callee.Sdp));
        using var caller = new ToneCaller(invite, _words);
        var setup = await Eventually.SomeAsync(
            () => new ValueTask<JsonObject?>(program.Told().FirstOrDefault(message => (string?)message["type"] == "setup")),
            "it is connected");
        await caller.SayAsync(ToneWords.Yes);
        await AssistantCallTests.EventAsync(node, "call.conversation.ended");
        Assert.Equal((call, "outbound", AssistantCallTests.Number),
            ((string?)setup["callControlId"], (string?)setup["direction"], (string?)setup["from"]));
        await AssistantCallTests.ActAsync(node, call, "hangup", []);
        callee.Send(callee.Response(await callee.HearAsync("BYE"), "200 OK"));
    }

    private Task<RunningNode> StartAsync(string voice) => RunningNode.StartAsync(
        settings => settings with { SpeechUrl = new($"{voice}/v1") }, recognisers: name => name is null ? _words : null);

    private static string SocketOf(RelayProgram program) => $"{program.Url.Replace("http", "ws", StringComparison.Ordinal)}/relay";

    private static async Task<string> BeginAsync(RunningNode node, string call, JsonObject body) =>
        (string)(await AssistantCallTests.ActAsync(node, call, Start, body))["data"]!["conversation_relay_id"]!;

    private static Task<JsonNode> EndAsync(RunningNode node, string session) => Eventually.SomeAsync(async () =>
    {
        var events = await AssistantCallTests.SendAsync(node, HttpMethod.Get, "/v2/call_events?filter[name]=call.conversation.ended");
        return events["data"]!.AsArray().Select(e => e!["metadata"]!["event"]!["payload"]!)
            .FirstOrDefault(told => (string?)told["conversation_id"] == session);
    }, "its end");

    private static async Task<(string? Code, string? Pointer)> RefusedAsync(RunningNode node, string call, string action, JsonObject body)
    {
        using var answer = await node.Api.PostAsync($"/v2/calls/{Uri.EscapeDataString(call)}/actions/{action}",
            new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["errors"]![0]!;
        return ((string?)error["code"], (string?)error["source"]?["pointer"]);
    }
}
