using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>An assistant has its call recorded, and its customer has the recording as any.</summary>
public sealed class AssistantRecordingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_recording_begins_with_the_talk_and_ends_with_it()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await AssistantCallTests.ModelAsync("ELSE SAY Well.");
        await File.WriteAllTextAsync(_folder.File("model.key"), AssistantCallTests.Key + "\n", Stop);
        await using var node = await RunningNode.StartAsync(settings => settings with
        {
            SpeechUrl = new($"{voice.Url}/v1"),
            Llm = new(model.BaseUrl.ToString()) { KeyFile = _folder.File("model.key") },
        }, recognisers: name => name is null ? _words : null);
        string assistant = (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", JsonNode.Parse("""
            {"name": "a", "model": "some/model", "instructions": "Be brief.", "greeting": "Shall I?", "telephony_settings":
              {"recording_settings": {"channels": "single", "format": "wav", "enabled": true, "stop_on_conversation_end": true} } }
            """)!.AsObject()))["id"]!;
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        var started = await AssistantCallTests.ActAsync(node, call, "ai_assistant_start",
            new() { ["assistant"] = new JsonObject { ["id"] = assistant } });
        await AssistantCallTests.MessagesAsync(node, (string)started["data"]!["conversation_id"]!, 1);
        await AssistantCallTests.ActAsync(node, call, "ai_assistant_stop", []);

        // The call goes on, and its recording is over.
        var saved = await AssistantCallTests.EventAsync(node, "call.recording.saved");
        Assert.Equal("single", (string?)saved["channels"]);
        Assert.NotNull(saved["recording_urls"]!["wav"]);
        peer.Send(peer.Inside(ok, AssistantCallTests.Number, "BYE", 2));
        await AssistantCallTests.EventAsync(node, "call.hangup");
    }
}
