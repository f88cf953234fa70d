using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A customer's own program talks on a call that a document commands: over a real WebSocket, with a voice that is a tone and words that are
/// tones.
/// </summary>
public sealed class RelayCallTests
{
    private const string Number = "+15550100000";

    /// <summary>Who understands the caller.</summary>
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_greets_answers_ends_and_hands_the_call_on()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var program = await RelayProgram.StartAsync(static async (all, socket) =>
        {
            await all.HearAsync(socket, "setup");
            await all.HearAsync(socket, "prompt");
            await RelayProgram.SayAsync(socket, """{"type":"text","token":"You said ","last":false}""");
            await RelayProgram.SayAsync(socket, """{"type":"dance"}""");
            await RelayProgram.SayAsync(socket, """{"type":"text","token":"yes.","last":true}""");
            await all.HearAsync(socket, "prompt");
            await RelayProgram.SpeakAsync(socket, "Goodbye.");
            await RelayProgram.SayAsync(socket, """{"type":"end","handoffData":"{\"to\":\"desk\"}"}""");
            await all.HearAsync(socket, "nothing more");
        });
        program.Attributes = """welcomeGreeting="Welcome." events="speaker-events tokens-played" """;
        await using var node = await StartAsync(voice.Url);
        await ConnectAsync(node, program.Url);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new ToneCaller(await CallAsync(peer, "talk"), _words);

        var told = new List<JsonObject>();
        await HeardAsync(program, told, "Welcome.");
        await caller.SayAsync(ToneWords.Yes);
        await HeardAsync(program, told, "You said yes.");
        await caller.SayAsync(ToneWords.No);
        var action = await program.ActionAsync();
        peer.Send(peer.Response(await peer.HearAsync("BYE"), "200 OK"));
        await Eventually.TrueAsync(() => program.Closed.Status is not null, "its socket is closed");
        told.AddRange(program.Told());

        var setup = told[0];
        Assert.Equal(("setup", "inbound", Number, "Ada"), ((string?)setup["type"], (string?)setup["direction"], (string?)setup["to"],
            (string?)setup["customParameters"]!["who"]));
        Assert.Equal(["yes", "no"], told.Where(message => (string?)message["type"] == "prompt").Select(message =>
            (string?)message["voicePrompt"]));
        Assert.All(told.Where(message => (string?)message["type"] == "prompt"), message => Assert.True((bool)message["last"]!));
        Assert.Contains("64107, its type is unknown", (string?)Assert.Single(told, message => (string?)message["type"] == "error")
            ["description"], StringComparison.Ordinal);
        Assert.Equal(["Welcome.", "You said yes.", "Goodbye."], Infos(told, "tokensPlayed"));
        Assert.Equal(["on", "off"], Infos(told, "agentSpeaking").Take(2));
        Assert.Contains("on", Infos(told, "clientSpeaking"));
        Assert.Equal(((WebSocketCloseStatus?)WebSocketCloseStatus.NormalClosure, "Closing websocket session"), program.Closed);
        Assert.Equal(((string?)setup["sessionId"], "ended", "{\"to\":\"desk\"}", (string?)setup["callSid"]),
            (action["SessionId"], action["SessionStatus"], action["HandoffData"], action["CallSid"]));
        Assert.True(int.Parse(action["SessionDuration"], System.Globalization.CultureInfo.InvariantCulture) >= 1);

        string path = $"operator/v1/calls/{Uri.EscapeDataString(action["CallSid"])}/trace";
        string trace = (await node.Socket.SendAsync(HttpMethod.Get, path, null, Stop)).ToJsonString();
        Assert.Contains("the program is connected", trace, StringComparison.Ordinal);
        Assert.Contains("program: first word after", trace, StringComparison.Ordinal);
        Assert.DoesNotContain("Goodbye", trace, StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has a program of a call to its end and hostile frames on its socket")]
    public async Task Who_closes_the_socket_behind_the_end_has_ended_it_all_the_same()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var program = await RelayProgram.StartAsync(static async (all, socket) =>
        {
            await all.HearAsync(socket, "setup");
            await RelayProgram.SpeakAsync(socket, "Goodbye.");
            await RelayProgram.SayAsync(socket, """{"type":"end","handoffData":"desk"}""");
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        });
        program.Attributes = """events="speaker-events tokens-played" """;
        await using var node = await StartAsync(voice.Url);
        await ConnectAsync(node, program.Url);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new ToneCaller(await CallAsync(peer, "ends"), _words);
        var action = await program.ActionAsync();
        Assert.Equal(("ended", "desk"), (action["SessionStatus"], action["HandoffData"]));
        peer.Send(peer.Response(await peer.HearAsync("BYE"), "200 OK"));
    }

    [Fact, Depth("the gate has a program of a call to its end and hostile frames on its socket")]
    public async Task A_program_that_fails_is_told_and_leaves_the_call_to_the_document()
    {
        await using var voice = await AgentRig.VoiceAsync();
        string fault = "";
        await using var program = await RelayProgram.StartAsync(async (all, socket) =>
        {
            await all.HearAsync(socket, "setup");
            if (fault is "dies") return;
            if (fault is "closes")
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
                return;
            }
            for (int i = 0; fault is "nonsense" && i < 10; i++) await RelayProgram.SayAsync(socket, "What?");
            if (fault is "floods")
                await socket.SendAsync(Encoding.UTF8.GetBytes(new string(' ', 128 * 1024)), WebSocketMessageType.Text, true, Stop);
            await all.HearAsync(socket, "nothing more");
        });
        await using var node = await StartAsync(voice.Url);
        await ConnectAsync(node, program.Url);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        foreach (var (name, code, close) in new (string, string, WebSocketCloseStatus?)[]
        {
            ("dies", "64105", null), ("closes", "64105", null), ("nonsense", "64105", WebSocketCloseStatus.InvalidPayloadData),
            ("floods", "64105", WebSocketCloseStatus.MessageTooBig), ("is not there", "64102", null),
        })
        {
            fault = name;
            program.SocketUrl = name is "is not there" ? "ws://127.0.0.1:9/relay" : null;
            using var caller = new ToneCaller(await CallAsync(peer, name.Replace(' ', '-')), _words);
            var action = await program.ActionAsync();
            Assert.Equal((name, "failed", code), (name, action["SessionStatus"], action["ErrorCode"]));
            Assert.False(action.ContainsKey("HandoffData"));
            peer.Send(peer.Response(await peer.HearAsync("BYE"), "200 OK"));
            if (close is not null) await Eventually.TrueAsync(() => program.Closed.Status == close, $"{name} is closed by {close}");
        }
        Assert.Equal(10, program.Told().Count(message => (string?)message["type"] == "error"));
    }

    [Fact, Depth("the gate has a program of a call to its end and hostile frames on its socket")]
    public async Task Who_hangs_up_ends_it_and_that_is_told_by_a_callback()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var program = await RelayProgram.StartAsync(static async (all, socket) =>
        {
            await all.HearAsync(socket, "setup");
            await all.HearAsync(socket, "nothing more");
        });
        program.Attributes = """welcomeGreeting="Welcome." events="tokens-played" """;
        await using var node = await StartAsync(voice.Url);
        await ConnectAsync(node, program.Url);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        string ok = await CallAsync(peer, "leaves");
        using var caller = new ToneCaller(ok, _words);
        var told = new List<JsonObject>();
        await HeardAsync(program, told, "Welcome.");
        peer.Send(peer.Inside(ok, Number, "BYE", 2, "leaves"));
        var action = await program.ActionAsync();
        Assert.Equal(((string?)told[0]["sessionId"], "completed", "completed"),
            (action["SessionId"], action["SessionStatus"], action["CallStatus"]));
        await Eventually.TrueAsync(() => program.Closed.Status is WebSocketCloseStatus.NormalClosure, "its socket is closed");
    }

    private Task<RunningNode> StartAsync(string voice) => RunningNode.StartAsync(
        settings => settings with { SpeechUrl = new($"{voice}/v1") }, recognisers: name => name is null ? _words : null);

    /// <summary>The number is an application's whose documents are there.</summary>
    private static async Task ConnectAsync(RunningNode node, string url)
    {
        var body = new JsonObject { ["friendly_name"] = "relayed", ["voice_url"] = $"{url}/voice" };
        using var answer = await node.Api.PostAsync("/v2/texml_applications",
            new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        string application = (string)JsonNode.Parse(text)!["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
    }

    private static async Task<string> CallAsync(SipPeer peer, string id)
    {
        peer.Send(peer.Invite(Number, id));
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1, id));
        return ok;
    }

    /// <summary>The program was told that this was heard; what it was told besides is kept.</summary>
    private static Task HeardAsync(RelayProgram program, List<JsonObject> told, string text) => Eventually.TrueAsync(() =>
    {
        told.AddRange(program.Told());
        return Infos(told, "tokensPlayed").Contains(text);
    }, $"{text} is heard");

    private static IEnumerable<string?> Infos(IEnumerable<JsonObject> told, string name) =>
        told.Where(message => (string?)message["type"] == "info" && (string?)message["name"] == name)
            .Select(message => (string?)message["value"]);
}
