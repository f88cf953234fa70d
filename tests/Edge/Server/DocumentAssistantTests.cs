using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A document has an assistant gather something of its caller, and another one talk with him.</summary>
public sealed class DocumentAssistantTests : IDisposable
{
    private const string Number = "+15550100000";

    private const string Gathers = """
        <Response>
          <AIGather action="/done">
            <Greeting>How old are you?</Greeting>
            <Parameters><![CDATA[{"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}]]></Parameters>
            <MessageHistory>[{"role": "user", "content": "I am Ada."}]</MessageHistory>
          </AIGather>
        </Response>
        """;

    private readonly TempFolder _folder = new();
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task One_gathers_what_its_action_gets_and_one_talks_until_it_hangs_up()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await AssistantCallTests.ModelAsync("""
            WHEN yes CALL gather {"age": 42}
            WHEN no CALL hangup
            """);
        string assistant = "assistant-0";
        IFormCollection? done = null;
        await using var web = await TestServer.StartAsync(async c =>
        {
            if (c.Request.Path == "/done") done = await c.Request.ReadFormAsync(Stop);
            c.Response.ContentType = "application/xml";
            await c.Response.WriteAsync(assistant is "assistant-0" || done is not null
                ? $"<Response><Connect><AIAssistant id=\"{assistant}\"/></Connect></Response>" : Gathers, Stop);
        });
        await File.WriteAllTextAsync(_folder.File("model.key"), AssistantCallTests.Key + "\n", Stop);
        await using var node = await RunningNode.StartAsync(settings => settings with
        {
            SpeechUrl = new($"{voice.Url}/v1"),
            Llm = new(model.BaseUrl.ToString()) { KeyFile = _folder.File("model.key") },
        }, recognisers: name => name is null ? _words : null);
        string application = (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/texml_applications", new()
        {
            ["friendly_name"] = "documents", ["voice_url"] = $"{web.Url}/voice",
        }))["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        peer.Send(peer.Invite(Number));
        // One that is not there.
        await peer.HearAsync("SIP/2.0 603");

        assistant = (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "Be brief.", ["greeting"] = "Anything else?",
            ["tools"] = new JsonArray(new JsonObject { ["type"] = "hangup", ["hangup"] = new JsonObject() }),
        }))["id"]!;
        peer.Send(peer.Invite(Number, "call-2"));
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1, "call-2"));
        using var caller = new ToneCaller(ok, _words);
        await HeardAsync(node, 1);
        await caller.SayAsync(ToneWords.Yes);
        await HeardAsync(node, 2);
        await caller.SayAsync(ToneWords.No);
        peer.Send(peer.Response(await peer.HearAsync("BYE"), "200 OK"));

        var told = done!;       // the second document was its answer
        Assert.Equal(("valid", """{"age":42}"""), ((string?)told["Status"], Text(told["Base64Result"])));
        Assert.Equal("""[{"content":"How old are you?","role":"assistant"},{"content":"yes","role":"user"}]""",
            Text(told["Base64MessageHistory"]));
        Assert.Equal("I am Ada.", (string?)model.Asked[0]["messages"]![1]!["content"]);
        Assert.Equal(2, (await AssistantCallTests.SendAsync(node, HttpMethod.Get, "/v2/ai/conversations"))["data"]!.AsArray().Count);
    }

    private static string Text(string? base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64!));

    /// <summary>There are so many conversations, and the newest has begun.</summary>
    private static async Task HeardAsync(RunningNode node, int count)
    {
        var all = await Eventually.SomeAsync(async () =>
            (await AssistantCallTests.SendAsync(node, HttpMethod.Get, "/v2/ai/conversations?order=created_at.desc"))["data"]!.AsArray()
                is var found && found.Count == count ? found : null, $"{count} conversations");
        await AssistantCallTests.MessagesAsync(node, (string)all[0]!["id"]!, 1);
    }
}
