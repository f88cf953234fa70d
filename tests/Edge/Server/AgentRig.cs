using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Streams;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A whole node with one agent, which a caller talks with: what it says is a tone of 50 ms a character from a server, what he says are
/// tones that the test's recogniser names from the audio.
/// </summary>
internal sealed class AgentRig : IDisposable
{
    public const string Number = "+15550100077";

    private LegId? _leg;

    /// <summary>Who understands the caller.</summary>
    public ToneWords Words { get; } = new();

    /// <summary>Of the agents' files.</summary>
    public TempFolder Folder { get; } = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Folder.Dispose();

    public async Task<RunningNode> StartAsync(TestServer voice, string script, bool hasLab = false)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder.Path, "order.json"), script, Stop);
        return await RunningNode.StartAsync(
            settings => settings with
            {
                SpeechUrl = new($"{voice.Url}/v1"),
                Agents = Folder.Path,
                AgentLines = [(Number, "order")],
                HasLab = hasLab,
            },
            recognisers: name => name is null ? Words : null);
    }

    public static async Task<string> CallAsync(SipPeer peer)
    {
        peer.Send(peer.Invite(Number));
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        return ok;
    }

    /// <summary>Asked for the first time while the caller's leg is the only one.</summary>
    public async Task<JsonNode> TraceAsync(RunningNode node)
    {
        var database = node.Node.Database;
        _leg ??= (await database.Legs.ListLiveAsync((await database.Tenants.ListAsync(Stop))[0].Id, Stop))[0];
        return (await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{_leg}/trace", null, Stop))["data"]!;
    }

    /// <summary>The transcript, when it has so many entries.</summary>
    public Task<List<string>> LinesAsync(RunningNode node, int count) => Eventually.SomeAsync(async () =>
    {
        var lines = (await TraceAsync(node))["legs"]![0]!["entries"]!.AsArray()
            .Where(entry => (string?)entry!["kind"] == "event").Select(entry => (string?)entry!["detail"]).OfType<string>()
            .Where(detail => Regex.IsMatch(detail, "^(assistant|user): ")).ToList();
        return lines.Count >= count ? lines : null;
    }, $"{count} lines");

    /// <summary>Says each text as a tone that lasts as long as it has characters.</summary>
    public static Task<TestServer> VoiceAsync() => TestServer.StartAsync(async c =>
    {
        var asked = await JsonNode.ParseAsync(c.Request.Body);
        short[] tone = Waves.Sine(700, 8_000, 50 * ((string)asked!["input"]!).Length);
        await c.Response.Body.WriteAsync(WavFile.Make(tone.Length, 8_000, n => tone[n]));
    });
}
