using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Delivery;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Speech;
using Ringwright.Examples;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

/// <summary>The examples in C# (examples/csharp), with webhooks that are signed as the node signs them.</summary>
public sealed class CSharpExampleTests
{
    private const string Secret = "whsec_AAECAwQFBgcICQoLDA0ODw==", Number = "+15550100002", Office = "+15550000001";

    private static readonly Signer Node = new(new byte[Signer.SeedBytes], Secret);
    private static readonly HttpClient Http = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_menu_asks_and_connects_and_believes_only_what_is_signed()
    {
        await using var api = await Sink.StartAsync((received, context) => context.Response.WriteAsync(AnswerTo(received)));
        int port = FreePort.Tcp();
        await using var line = await ExampleLine.OpenAsync(SettingsOf(api, port), "voice-menu", new VoiceMenu(Office).HandleAsync);
        var led = api.All[^1];
        Assert.Equal(("PATCH", "/v2/phone_numbers/9", "7"), (led.Method, led.Path, (string?)JsonNode.Parse(led.Body)!["connection_id"]));

        Assert.Equal(403, await TellAsync(port, "a", "call.initiated", new() { ["direction"] = "incoming" }, Secret + "no"));
        Assert.Equal(200, await TellAsync(port, "a", "call.initiated", new() { ["direction"] = "incoming" }));
        Assert.Equal("answer", (await CommandAsync(api, 1)).Name);
        // What is told twice is done once.
        Assert.Equal(200, await TellAsync(port, "a", "call.initiated", new() { ["direction"] = "incoming" }));
        await TellAsync(port, "b", "call.answered", new());
        var (name, asked) = await CommandAsync(api, 2);
        Assert.Equal(("gather_using_speak", "12"), (name, (string?)asked["valid_digits"]));
        await TellAsync(port, "c", "call.gather.ended", new()
        {
            ["status"] = "valid", ["digits"] = "2", ["client_state"] = (string?)asked["client_state"],
        });
        (name, var connected) = await CommandAsync(api, 3);
        Assert.Equal(("transfer", Office, Number), (name, (string?)connected["to"], (string?)connected["from"]));
        await TellAsync(port, "d", "call.gather.ended", new() { ["status"] = "call_hangup" });
        await TellAsync(port, "e", "call.gather.ended", new() { ["status"] = "valid", ["digits"] = "1" });
        Assert.Equal("speak", (await CommandAsync(api, 4)).Name);
    }

    [Fact]
    public async Task The_reminder_asks_leaves_a_message_and_calls_the_busy_once_more()
    {
        await using var api = await Sink.StartAsync((received, context) => context.Response.WriteAsync(AnswerTo(received)));
        Appointment[] people = [new("Anna", "+15550071001", "on Tuesday"), new("Dora", "+15550020001", "on Friday")];
        var reminder = new Reminder(people, TimeSpan.Zero);
        int port = FreePort.Tcp();
        await using var line = await ExampleLine.OpenAsync(SettingsOf(api, port), "reminder", reminder.HandleAsync);
        var run = reminder.RunAsync(line);
        var dials = await DialsAsync(api, 2);
        var anna = dials.Single(dial => (string?)dial["to"] == "+15550071001");
        var dora = dials.Single(dial => (string?)dial["to"] == "+15550020001");
        Assert.Equal(("7", Number), ((string?)anna["connection_id"], (string?)anna["from"]));

        await TellAsync(port, "a", "call.answered", Of(anna));
        Assert.Equal("gather_using_speak", (await CommandAsync(api, 1)).Name);
        await TellAsync(port, "b", "call.gather.ended", Of(anna, ("status", "valid"), ("digits", "1")));
        var (name, words) = await CommandAsync(api, 2);
        Assert.Equal("speak", name);
        await TellAsync(port, "c", "call.speak.ended", Of(words));
        Assert.Equal("hangup", (await CommandAsync(api, 3)).Name);
        await TellAsync(port, "d", "call.hangup", Of(anna, ("hangup_cause", "normal_clearing")));

        await TellAsync(port, "e", "call.hangup", Of(dora, ("hangup_cause", "user_busy")));
        var again = (await DialsAsync(api, 3))[^1];
        Assert.Equal("+15550020001", (string?)again["to"]);
        await TellAsync(port, "f", "call.machine.greeting.ended", Of(again));
        Assert.Equal("speak", (await CommandAsync(api, 4)).Name);
        // Somebody calls the number himself: that is nobody's reminder.
        await TellAsync(port, "g", "call.answered", new());
        await TellAsync(port, "h", "call.hangup", Of(again, ("hangup_cause", "normal_clearing")));
        await run.WaitAsync(Eventually.Deadline, Stop);
        Assert.Equal(["confirmed", "message left"], people.Select(person => person.Outcome));
        Assert.Equal("speak", (await CommandAsync(api, 4)).Name);
    }

    [Fact]
    public async Task The_echo_bot_says_what_it_hears_and_lets_nobody_else_in()
    {
        await using var api = await Sink.StartAsync((received, context) => context.Response.WriteAsync(AnswerTo(received)));
        int port = FreePort.Tcp();
        await using var line =
            await ExampleLine.OpenAsync(SettingsOf(api, port), "echo-bot", EchoBot.HandleAsync, EchoBot.TalkAsync);
        await TellAsync(port, "a", "call.initiated", new() { ["direction"] = "incoming" });
        var (name, answer) = await CommandAsync(api, 1);
        Assert.Equal(("answer", $"ws://127.0.0.1:{port}/"), (name, (string?)answer["stream_url"]));
        await Assert.ThrowsAsync<WebSocketException>(() => OpenStreamAsync(port, "a guess"));

        using var socket = await OpenStreamAsync(port, (string)answer["stream_auth_token"]!);
        var node = new JsonSocket(socket);
        for (int frame = 0; frame < 52; frame++) await node.SendAsync(Heard($"frame {frame}"), Stop);
        foreach (string said in new[] { "frame 0", "frame 1" })
            Assert.Equal(said, (string?)(await node.ReceiveAsync(Stop))!["media"]!["payload"]);
        await node.SendAsync(new() { ["event"] = "dtmf", ["dtmf"] = new JsonObject { ["digit"] = "*" } }, Stop);
        Assert.Equal("clear", (string?)(await node.ReceiveAsync(Stop))!["event"]);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
    }

    [Fact]
    public async Task A_model_hears_the_caller_and_is_heard_until_it_is_gone()
    {
        await using var api = await Sink.StartAsync((received, context) => context.Response.WriteAsync(AnswerTo(received)));
        var asked = new TaskCompletionSource<(string Key, JsonObject Session)>();
        await using var model = await TestServer.StartAsync(async http =>
        {
            using var called = await http.WebSockets.AcceptWebSocketAsync();
            var caller = new JsonSocket(called);
            asked.TrySetResult((http.Request.Headers.Authorization.ToString(), (await caller.ReceiveAsync(http.RequestAborted))!));
            var heard = (await caller.ReceiveAsync(http.RequestAborted))!;
            await caller.SendAsync(new()
            {
                ["type"] = "response.output_audio.delta", ["delta"] = $"{heard["type"]} of {heard["audio"]}",
            }, http.RequestAborted);
            await caller.SendAsync(new() { ["type"] = "input_audio_buffer.speech_started" }, http.RequestAborted);
            await called.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
        });
        int port = FreePort.Tcp();
        var voice = new AiVoice(new(model.Url.Replace("http", "ws", StringComparison.Ordinal)), "secret", "Be brief.");
        await using var line = await ExampleLine.OpenAsync(SettingsOf(api, port), "ai-voice", voice.HandleAsync, voice.TalkAsync);
        await TellAsync(port, "a", "call.initiated", new() { ["direction"] = "incoming" });
        var (_, answer) = await CommandAsync(api, 1);

        using var socket = await OpenStreamAsync(port, (string)answer["stream_auth_token"]!);
        var node = new JsonSocket(socket);
        await node.SendAsync(Heard("hello"), Stop);
        Assert.Equal("input_audio_buffer.append of hello", (string?)(await node.ReceiveAsync(Stop))!["media"]!["payload"]);
        Assert.Equal("clear", (string?)(await node.ReceiveAsync(Stop))!["event"]);
        Assert.Null(await node.ReceiveAsync(Stop));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        var (key, session) = await asked.Task.WaitAsync(Eventually.Deadline, Stop);
        Assert.Equal(("Bearer secret", "session.update"), (key, (string?)session["type"]));
        Assert.Equal("Be brief.", (string?)session["session"]!["instructions"]);
        await TellAsync(port, "b", "streaming.stopped", new());
        Assert.Equal("hangup", (await CommandAsync(api, 2)).Name);
    }

    private static ExampleSettings SettingsOf(Sink api, int port) => new()
    {
        ApiKey = "KEYmine", BaseUrl = api.Url + "/v2", Secret = Secret, Port = port, Address = $"http://127.0.0.1:{port}/", Number = Number,
    };

    /// <summary>What is told of a call that was dialled so.</summary>
    private static JsonObject Of(JsonNode dial, params (string Field, string Value)[] more)
    {
        var payload = new JsonObject { ["client_state"] = (string?)dial["client_state"] };
        foreach (var (field, value) in more) payload[field] = value;
        return payload;
    }

    private static JsonObject Heard(string payload) => new()
    {
        ["event"] = "media", ["media"] = new JsonObject { ["track"] = "inbound", ["payload"] = payload },
    };

    /// <summary>As the node does it.</summary>
    private static async Task<ClientWebSocket> OpenStreamAsync(int port, string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("x-telnyx-streaming-auth-token", token);
        await socket.ConnectAsync(new($"ws://127.0.0.1:{port}/"), Stop);
        return socket;
    }

    private static async Task<IReadOnlyList<JsonNode>> DialsAsync(Sink api, int count)
    {
        List<Received> dials = [];
        await Eventually.TrueAsync(() =>
        {
            dials = [.. api.All.Where(received => received.Path == "/v2/calls")];
            return dials.Count >= count;
        }, $"dial {count} is sent");
        return [.. dials.Select(dial => JsonNode.Parse(dial.Body)!)];
    }

    private static string AnswerTo(Received received) => (received.Method, received.Path) switch
    {
        ("GET", "/v2/call_control_applications") => """{"data":[]}""",
        ("POST", "/v2/call_control_applications") => """{"data":{"id":"7"}}""",
        ("GET", "/v2/outbound_voice_profiles") => """{"data":[{"id":"8"}]}""",
        ("GET", "/v2/phone_numbers") => $$"""{"data":[{"id":"9","phone_number":"{{Number}}"}]}""",
        _ => """{"data":{}}""",
    };

    /// <summary>The command of that number, from 1.</summary>
    private static async Task<(string Name, JsonNode Body)> CommandAsync(Sink api, int number)
    {
        List<Received> commands = [];
        await Eventually.TrueAsync(() =>
        {
            commands = [.. api.All.Where(received => received.Path.Contains("/actions/", StringComparison.Ordinal))];
            return commands.Count >= number;
        }, $"command {number} is sent");
        Assert.Equal(number, commands.Count);
        return (commands[^1].Path.Split('/')[^1], JsonNode.Parse(commands[^1].Body)!);
    }

    private static async Task<int> TellAsync(int port, string id, string type, JsonObject payload, string secret = Secret)
    {
        payload["call_control_id"] = "v3:call";
        byte[] body = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["data"] = new JsonObject { ["id"] = id, ["event_type"] = type, ["payload"] = payload },
        }.ToJsonString());
        string at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string signed = Node.SignStandard(id, at, body);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/") { Content = new ByteArrayContent(body) };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at);
        request.Headers.Add("webhook-signature", secret == Secret ? signed : "v1," + signed[^8..]);
        using var response = await Http.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }
}
