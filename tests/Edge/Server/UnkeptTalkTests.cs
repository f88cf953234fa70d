using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Of talks of an assistant that keeps nothing there is nothing when they are over.</summary>
public sealed class UnkeptTalkTests : IDisposable
{
    private const string Number = "+15550100000", Word = "Quaggamuffin";

    private readonly TempFolder _folder = new();
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Case_33_no_list_and_no_file_has_what_was_said()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await AssistantCallTests.ModelAsync($"WHEN yes SAY {Word}.");
        await File.WriteAllTextAsync(_folder.File("model.key"), AssistantCallTests.Key + "\n", Stop);
        await using var node = await RunningNode.StartAsync(settings => settings with
        {
            SpeechUrl = new($"{voice.Url}/v1"),
            Llm = new(model.BaseUrl.ToString()) { KeyFile = _folder.File("model.key") },
        }, recognisers: name => name is null ? _words : null);
        string insight = await MakeAsync("/v2/ai/conversations/insights", """{"name": "n", "instructions": "i"}""");
        string group = await MakeAsync("/v2/ai/conversations/insight-groups", """{"name": "n"}""");
        await AssistantCallTests.SendAsync(node, HttpMethod.Post, $"/v2/ai/conversations/insight-groups/{group}/insights/{insight}/assign");
        string assistant = await MakeAsync("/v2/ai/assistants", $$"""
            {"name": "a", "model": "some/model", "instructions": "Be brief.", "greeting": "Shall I?",
             "privacy_settings": {"data_retention": false}, "insight_settings": {"insight_group_id": "{{group}}"} }
            """);
        string other = await MakeAsync("/v2/ai/assistants", $$$"""
            {"name": "b", "model": "some/model", "instructions": "Be brief.",
             "tools": [{"type": "handoff", "handoff": {"ai_assistants": [{"id": "{{{assistant}}}", "name": "a"}]}}]}
            """);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AssistantCallTests.AnsweredAsync(node, peer);
        using var caller = new ToneCaller(ok, _words);
        Assert.Contains("data_retention", await AssistantCallTests.FaultsAsync(node, call, Of(other)), StringComparison.Ordinal);
        string conversation = (string)(await AssistantCallTests.ActAsync(node, call, "ai_assistant_start", Of(assistant)))
            ["data"]!["conversation_id"]!;
        await TraceAsync("speak_ended", 1);
        await caller.SayAsync(ToneWords.Yes);
        foreach (string path in new[] { $"/v2/ai/conversations/{conversation}/messages", $"/v2/ai/assistants/{assistant}/chat" })
        {
            using var refused = await node.Api.PostAsync(path, new StringContent(new JsonObject
            {
                ["role"] = "user", ["content"] = "Hello.", ["conversation_id"] = conversation,
            }.ToJsonString(), Encoding.UTF8, "application/json"), Stop);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }
        string trace = await TraceAsync("speak_ended", 2);
        Assert.NotEmpty(model.Asked);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        var ended = await AssistantCallTests.EventAsync(node, "call.conversation.ended");
        Assert.Equal(conversation, (string?)ended["conversation_id"]);
        await AssistantCallTests.EventAsync(node, "call.hangup");

        Assert.DoesNotContain(Word, trace, StringComparison.Ordinal);
        foreach (string what in new[] { "messages", "conversations-insights" })
            Assert.Empty((await AssistantCallTests.SendAsync(node, HttpMethod.Get, $"/v2/ai/conversations/{conversation}/{what}"))
                ["data"]!.AsArray());
        foreach (string file in Directory.EnumerateFiles(node.Node.Settings.Data, "*", SearchOption.AllDirectories))
            Assert.False(await HoldsAsync(file), $"{file} has what was said");

        async Task<string> MakeAsync(string path, string body)
        {
            var made = await AssistantCallTests.SendAsync(node, HttpMethod.Post, path, JsonNode.Parse(body)!.AsObject());
            return (string)(made["id"] ?? made["data"]!["id"])!;
        }

        // When so many pieces of the agent's were heard.
        Task<string> TraceAsync(string word, int count) => Eventually.SomeAsync(async () =>
        {
            string all = (await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{Uri.EscapeDataString(call)}/trace", null, Stop))
                .ToJsonString();
            return all.Split(word).Length > count ? all : null;
        }, $"{count} times {word}");
    }

    private static JsonObject Of(string assistant) => new() { ["assistant"] = new JsonObject { ["id"] = assistant } };

    private static async Task<bool> HoldsAsync(string file)
    {
        try
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Stop);
            return bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf(Encoding.UTF8.GetBytes(Word)) >= 0;
        }
        catch (IOException) when (!file.Contains(".db", StringComparison.Ordinal))
        {
            return false;       // a socket, or gone meanwhile
        }
    }
}
