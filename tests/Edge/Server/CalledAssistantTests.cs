using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Numbers whose calls an assistant answers by its own TeXML application.</summary>
public sealed class CalledAssistantTests : IDisposable
{
    private const string Number = "+15550100000", Foreign = "+15550100001";

    private readonly TempFolder _folder = new();
    private readonly ToneWords _words = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whoever_calls_a_number_of_its_application_talks_with_it_until_it_is_deleted_and_no_other_account_has_it_talk()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var model = await AssistantCallTests.ModelAsync("ELSE SAY Well.");
        await File.WriteAllTextAsync(_folder.File("model.key"), AssistantCallTests.Key + "\n", Stop);
        await using var node = await RunningNode.StartAsync(settings => settings with
        {
            SpeechUrl = new($"{voice.Url}/v1"),
            Llm = new(model.BaseUrl.ToString()) { KeyFile = _folder.File("model.key") },
        }, recognisers: name => name is null ? _words : null);
        var made = await AssistantCallTests.SendAsync(node, HttpMethod.Post, "/v2/ai/assistants", new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "Be brief.", ["greeting"] = "Good morning.",
            ["enabled_features"] = new JsonArray("telephony"),
        });
        string assistant = (string)made["id"]!, application = (string)made["telephony_settings"]!["default_texml_app_id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        string url = (string)(await AssistantCallTests.SendAsync(node, HttpMethod.Get, $"/v2/texml_applications/{application}"))
            ["data"]!["voice_url"]!;
        await StealAsync(node, url);

        using var peer = new SipPeer(node.Node.Settings.Sip);
        peer.Send(peer.Invite(Number));
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        using var caller = new ToneCaller(ok, _words);
        var talk = await Eventually.SomeAsync(async () => (await ConversationsAsync(node)).FirstOrDefault(), "the conversation");
        Assert.Equal((assistant, Number),
            ((string?)talk["metadata"]!["assistant_id"], (string?)talk["metadata"]!["telnyx_agent_target"]));
        Assert.Equal("Good morning.",
            (string?)(await AssistantCallTests.MessagesAsync(node, (string)talk["id"]!, 1))[0]!["text"]);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));

        peer.Send(peer.Invite(Foreign, "call-2"));
        await peer.HearAsync("SIP/2.0 603");
        await AssistantCallTests.SendAsync(node, HttpMethod.Delete, $"/v2/ai/assistants/{assistant}");
        peer.Send(peer.Invite(Number, "call-3"));
        await peer.HearAsync("SIP/2.0 603");
        Assert.Single(await ConversationsAsync(node));
    }

    /// <summary>A number of somebody else leads to the same document.</summary>
    private static async Task StealAsync(RunningNode node, string url)
    {
        var database = node.Node.Database;
        var thief = (await database.Tenants.CreateAsync("thief", TenantLimits.None, null, Stop))!.Tenant.Id;
        await database.Connections.Records.AddAsync("7", new()
        {
            Id = new(7), Tenant = thief, Kind = ConnectionKind.Document, Name = "theirs", Application = new(ApplicationKind.Document),
            WebhookUrl = url,
        }, DateTimeOffset.UnixEpoch, work: null, Stop);
        await database.Numbers.ImportAsync([Imported.Number(new(Foreign, thief, new ConnectionId(7)), 7, DateTimeOffset.UnixEpoch)], Stop);
    }

    private static async Task<JsonArray> ConversationsAsync(RunningNode node) =>
        (await AssistantCallTests.SendAsync(node, HttpMethod.Get, "/v2/ai/conversations"))["data"]!.AsArray();
}
