using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>An assistant on a call sends a text to whom it talks with, by a tool that several may share.</summary>
public sealed class TextingAssistantTests : IDisposable
{
    private const string Number = "+15550100000", Person = "+4915112345678";

    private readonly TempFolder _folder = new();
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task A_text_is_on_its_way_and_the_call_of_the_tool_has_one_result()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await AssistantCallTests.ModelAsync("""
            WHEN yes CALL send_message {"text": "ignored"}
            WHEN way SAY You have it.
            """);
        await File.WriteAllTextAsync(_folder.File("model.key"), AssistantCallTests.Key + "\n", Stop);
        await using var node = await RunningNode.StartAsync(settings => settings with
        {
            SpeechUrl = new($"{voice.Url}/v1"),
            Llm = new(model.BaseUrl.ToString()) { KeyFile = _folder.File("model.key") },
        }, recognisers: name => name is null ? _words : null);
        string assistant = "";
        await using var web = await TestServer.StartAsync(async c =>
        {
            c.Response.ContentType = "application/xml";
            await c.Response.WriteAsync($"<Response><Connect><AIAssistant id=\"{assistant}\"/></Connect></Response>", Stop);
        });
        string tool = await MakeAsync(node, "/v2/ai/tools", """
            {"display_name": "Confirm", "type": "send_message",
             "send_message": {"message_template": "Booked for {{telnyx_end_user_target}}."}}
            """);
        assistant = await MakeAsync(node, "/v2/ai/assistants", $$"""
            {"name": "a", "model": "some/model", "instructions": "Be brief.", "greeting": "Shall I confirm it?", "tool_ids": ["{{tool}}"]}
            """);
        string application = (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/texml_applications", new()
        {
            ["friendly_name"] = "documents", ["voice_url"] = $"{web.Url}/voice",
        }))["data"]!["id"]!;
        string profile = (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/messaging_profiles", new()
        {
            ["name"] = "Texts", ["whitelisted_destinations"] = new JsonArray("*"),
        }))["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        await AssistantCallTests.SendAsync(node, HttpMethod.Patch, $"/v2/phone_numbers/{Number}/messaging",
            new() { ["messaging_profile_id"] = profile });

        using var peer = new SipPeer(node.Node.Settings.Sip);
        peer.Send(peer.Invite(Number).Replace("+4930123", Person, StringComparison.Ordinal));
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1).Replace("+4930123", Person, StringComparison.Ordinal));
        using var caller = new ToneCaller(ok, _words);
        string conversation = await Eventually.SomeAsync(async () => (string?)(await AssistantCallTests.SendAsync(node, HttpMethod.Get,
            "/v2/ai/conversations"))["data"]!.AsArray().FirstOrDefault()?["id"], "the conversation");
        await AssistantCallTests.MessagesAsync(node, conversation, 1);
        await caller.SayAsync(ToneWords.Yes);

        var messages = await AssistantCallTests.MessagesAsync(node, conversation, 5);
        Assert.Equal(
            [
                "assistant: Shall I confirm it?", "user: yes", "assistant: ", "tool: Done: the message is on its way.",
                "assistant: You have it.",
            ], messages.Select(message => $"{message!["role"]}: {message["text"]}"));
        var database = node.Node.Database;
        var text = Assert.Single((await database.Texts.ListAsync((await database.Tenants.ListAsync(Stop))[0].Id, new(), Stop)).Rows);
        Assert.Equal((Number, Person, $"Booked for {Person}."), (text.From, text.To, text.Words));
    }

    private static async Task<string> MakeAsync(RunningNode node, string path, string body) =>
        (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, path, JsonNode.Parse(body)!.AsObject()))["id"]!;
}
