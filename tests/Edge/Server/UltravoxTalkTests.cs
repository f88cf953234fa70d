using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Lab.Models;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>An assistant whose model hears and speaks itself by Ultravox, on a call that a customer's program commands.</summary>
public sealed class UltravoxTalkTests : IDisposable
{
    private const string Key = "key-of-the-voice-1234", Model = "fixie-ai/ultravox-v0.6";
    private const string Long = "We have nine sizes of pizza, and the largest of them feeds a whole family with guests.";

    /// <summary>Parts of the caller's audio that are the beginning of it, and the end.</summary>
    private const int Ends = 50;

    private readonly TempFolder _folder = new();
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Case_39_it_is_asked_once_more_hears_without_gaps_is_silenced_at_once_and_hangs_up_behind_its_words()
    {
        await using var server = await UltravoxDouble.StartAsync();
        await using var model = await AssistantCallTests.ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(model, server);
        string assistant = await MakeAsync(node, $"Be kind.\nWHEN yes SAY {Long}\nWHEN no CALL hangup\nEND");
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer);
        using var caller = new SpokenCaller(peer, ok);

        server.Refuses = 1;
        string conversation = (string)(await AssistantCallTests.ActAsync(node, call, "ai_assistant_start",
            new() { ["assistant"] = new JsonObject { ["id"] = assistant } }))["data"]!["conversation_id"]!;
        await AssistantCallTests.MessagesAsync(node, conversation, 1);
        Assert.Equal([Key, Key], server.Asked.Select(asked => asked.Key));
        var asked = server.Asked.Last().Body;
        var medium = asked["medium"]!["serverWebSocket"]!;
        Assert.Equal((Model, "Mark", 16_000, 16_000, 30_000), ((string?)asked["model"], (string?)asked["voice"],
            (int)medium["inputSampleRate"]!, (int)medium["outputSampleRate"]!, (int)medium["clientBufferSizeMs"]!));
        Assert.Equal("hangup", (string?)asked["selectedTools"]![0]!["temporaryTool"]!["modelToolName"]);

        await caller.HearsNothingMoreAsync("the greeting is over");
        var before = caller.HeardTone;
        caller.Hertz = ToneWords.Yes;
        await Task.Delay(600, Stop);
        caller.Hertz = 0;
        await Eventually.TrueAsync(() => caller.HeardTone - before > TimeSpan.FromSeconds(1), "a second of the reply");
        caller.Hertz = ToneWords.No;
        await caller.HearsNothingMoreAsync("it is silenced");
        var heard = caller.HeardTone - before;
        Assert.True(heard < TimeSpan.FromMilliseconds(50 * Long.Length - 500), $"it was heard for {heard}");
        caller.Hertz = 0;
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        var messages = await AssistantCallTests.MessagesAsync(node, conversation, 6);
        Assert.Equal(["assistant", "user", "assistant", "user", "assistant", "tool"],
            messages.Select(message => (string?)message!["role"]));
        Assert.Equal(("Good morning.", "yes", "no"),
            ((string?)messages[0]!["text"], (string?)messages[1]!["text"], (string?)messages[3]!["text"]));
        string cut = (string)messages[2]!["text"]!;
        Assert.StartsWith(cut, Long, StringComparison.Ordinal);
        Assert.InRange(cut.Length, 1, Long.Length - 1);
        var ended = await AssistantCallTests.EventAsync(node, "call.conversation.ended");
        Assert.Equal((conversation, Model, "assistant_hangup"), ((string?)ended["conversation_id"], (string?)ended["llm_model"],
            (string?)ended["reason"]));
        var result = Assert.Single(server.Told, told => (string?)told["type"] == "client_tool_result");
        Assert.Equal(("i1", "listens"), ((string?)result["invocationId"], (string?)result["agentReaction"]));

        // 640 bytes each 20 ms, silence too.
        var audio = server.Audio;
        Assert.All(audio, part => Assert.Equal(640, part.Bytes));
        // A part may come late where this process had no processor, and none comes early: the least late at both ends say how many are due.
        double[] late = [.. audio.Select((part, i) => part.At.TotalMilliseconds - 20.0 * i)];
        Assert.InRange(late[^Ends..].Min() - late[..Ends].Min(), -150, 150);
    }

    [Fact, Depth("the gate has one that is silenced at once, and hears him again behind that")]
    public async Task What_nobody_may_interrupt_is_heard_to_its_end()
    {
        await using var server = await UltravoxDouble.StartAsync();
        await using var model = await AssistantCallTests.ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(model, server);
        string assistant = await MakeAsync(node, $"Be kind.\nWHEN yes SAY {Long}\nWHEN no CALL hangup\nEND", isInterruptible: false);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer);
        using var caller = new SpokenCaller(peer, ok);
        string conversation = (string)(await AssistantCallTests.ActAsync(node, call, "ai_assistant_start",
            new() { ["assistant"] = new JsonObject { ["id"] = assistant } }))["data"]!["conversation_id"]!;
        await AssistantCallTests.MessagesAsync(node, conversation, 1);

        var before = caller.HeardTone;
        await SayAsync(caller, ToneWords.Yes);
        await Eventually.TrueAsync(() => caller.HeardTone - before > TimeSpan.FromSeconds(1), "a second of the reply");
        await SayAsync(caller, ToneWords.No);
        var messages = await AssistantCallTests.MessagesAsync(node, conversation, 3);
        Assert.Equal(Long, (string?)messages[2]!["text"]);
        // He is heard again behind it.
        await SayAsync(caller, ToneWords.No);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));
        await AssistantCallTests.EventAsync(node, "call.conversation.ended");
    }

    [Fact]
    public async Task One_whose_server_stays_busy_ends_and_the_call_goes_on()
    {
        await using var server = await UltravoxDouble.StartAsync();
        await using var model = await AssistantCallTests.ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(model, server);
        string assistant = await MakeAsync(node, "Be kind.");
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer);
        server.Refuses = 2;
        await AssistantCallTests.ActAsync(node, call, "ai_assistant_start",
            new() { ["assistant"] = new JsonObject { ["id"] = assistant } });
        Assert.Equal("provider_failure", (string?)(await AssistantCallTests.EventAsync(node, "call.conversation.ended"))["reason"]);
        Assert.Equal(2, server.Asked.Count);
        Assert.True((bool)(await AssistantCallTests.SendAsync(node, HttpMethod.Get, $"/v2/calls/{Uri.EscapeDataString(call)}"))["data"]!
            ["is_alive"]!);
        string trace = (await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{Uri.EscapeDataString(call)}/trace", null, Stop))
            .ToJsonString();
        Assert.Contains("the model cannot be reached: its server answered 429", trace, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, trace, StringComparison.Ordinal);
        peer.Send(peer.Inside(ok, AssistantCallTests.Number, "BYE", 2));
        await AssistantCallTests.EventAsync(node, "call.hangup");
    }

    [Fact]
    public async Task Such_a_model_neither_gathers_nor_writes_nor_stands_in_and_says_so()
    {
        await using var server = await UltravoxDouble.StartAsync();
        await using var model = await AssistantCallTests.ModelAsync("ELSE SAY Well.");
        await using var node = await StartAsync(model, server);
        string assistant = await MakeAsync(node, "Be kind.");
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer);
        Assert.Contains("gathers nothing", await RefusedAsync($"/v2/calls/{Uri.EscapeDataString(call)}/actions/gather_using_ai", new()
        {
            ["parameters"] = JsonNode.Parse("""{"type": "object", "properties": {"age": {"type": "integer"} } }"""),
            ["assistant"] = new JsonObject { ["model"] = Model },
        }), StringComparison.Ordinal);
        string chat = (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/ai/conversations", []))["id"]!;
        Assert.Contains("does not write", await RefusedAsync($"/v2/ai/assistants/{assistant}/chat",
            new() { ["content"] = "Hello", ["conversation_id"] = chat }), StringComparison.Ordinal);
        Assert.Contains("stands in for nobody", await RefusedAsync("/v2/ai/assistants", new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "x", ["fallback_config"] = new JsonObject { ["model"] = Model },
        }), StringComparison.Ordinal);
        Assert.Contains("--realtime-url", await RefusedAsync("/v2/ai/assistants",
            new() { ["name"] = "a", ["model"] = "gpt-realtime", ["instructions"] = "x" }), StringComparison.Ordinal);
        peer.Send(peer.Inside(ok, AssistantCallTests.Number, "BYE", 2));
        await AssistantCallTests.EventAsync(node, "call.hangup");

        async Task<string> RefusedAsync(string path, JsonObject body)
        {
            using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await node.Api.PostAsync(path, content, Stop);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Stop);
        }
    }

    private static async Task SayAsync(SpokenCaller caller, int hertz)
    {
        caller.Hertz = hertz;
        await Task.Delay(600, Stop);
        caller.Hertz = 0;
    }

    private static async Task<string> MakeAsync(RunningNode node, string instructions, bool isInterruptible = true) =>
        (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", new()
        {
            ["name"] = "spoken", ["model"] = Model, ["instructions"] = instructions, ["greeting"] = "Good morning.",
            ["voice_settings"] = new JsonObject { ["voice"] = "Ultravox.Mark" },
            ["interruption_settings"] = new JsonObject { ["enable"] = isInterruptible },
            ["tools"] = new JsonArray(new JsonObject { ["type"] = "hangup", ["hangup"] = new JsonObject() }),
        }))["id"]!;

    private async Task<RunningNode> StartAsync(LabModel model, UltravoxDouble server)
    {
        await File.WriteAllTextAsync(_folder.File("model.key"), AssistantCallTests.Key + "\n", Stop);
        await File.WriteAllTextAsync(_folder.File("voice.key"), Key + "\n", Stop);
        return await RunningNode.StartAsync(
            settings => settings with
            {
                Llm = new(model.BaseUrl.ToString()) { KeyFile = _folder.File("model.key") },
                Ultravox = new(server.Url) { KeyFile = _folder.File("voice.key") },
            },
            recognisers: name => name is null ? _words : null);
    }
}
