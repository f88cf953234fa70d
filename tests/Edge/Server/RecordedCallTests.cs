using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Net;
using Ringwright.Server.Cli;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A call that is recorded by a whole node: what its trace says, what a broken folder and a stop do.</summary>
public sealed class RecordedCallTests
{
    private const string Number = "+15550100000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task The_trace_of_a_call_shows_its_recordings()
    {
        await using var node = await RunningNode.StartAsync();
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        await ActAsync(node, call, "record_start", new() { ["format"] = "wav", ["channels"] = "dual" });
        await ActAsync(node, call, "record_stop", []);
        var saved = await EventAsync(node, "call.recording.saved");
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");

        // The call trace gathers for a moment before it writes.
        var trace = (await Eventually.SomeAsync(async () =>
        {
            var read =
                (await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{Uri.EscapeDataString(call)}/trace", null, Stop))["data"]!;
            return read.ToJsonString().Contains("\"record_stop\"", StringComparison.Ordinal) ? read : null;
        }, "the whole trace"))!;
        var words = new StringWriter();
        await CallTraceCommand.WriteAsync(words, trace);
        string id = (string)saved["recording_id"]!, ladder = words.ToString();
        Assert.Contains("## command record_start", ladder);
        Assert.Contains($"** recording_started: {id} wav dual", ladder);
        Assert.Contains($"** recording_saved: {id} ", ladder);
        Assert.Contains("verdict: remote_hangup", ladder);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_costs_the_recording_and_not_the_call()
    {
        await using var node = await RunningNode.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(node.Node.Settings.Data, "recordings"), "in the way", Stop);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        await ActAsync(node, call, "record_start", new() { ["format"] = "wav", ["channels"] = "single" });
        var error = await EventAsync(node, "call.recording.error");
        Assert.Equal(("Internal server error", "The folder for recordings cannot be written."),
            ((string?)error["reason"], (string?)error["detail"]));
        await ActAsync(node, call, "send_dtmf", new() { ["digits"] = "1" });
        Assert.Empty((await SendAsync(node, HttpMethod.Get, "/v2/recordings"))["data"]!.AsArray());
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
    }

    [Fact]
    public async Task A_node_that_stops_saves_what_it_records_and_knows_it_at_its_next_start()
    {
        using var folder = new TempFolder();
        await using (var node = await RunningNode.StartAsync(settings => settings with { Data = folder.Path }))
        {
            using var peer = new SipPeer(node.Node.Settings.Sip);
            var (call, _) = await AnsweredAsync(node, peer);
            await ActAsync(node, call, "record_start", new() { ["format"] = "wav", ["channels"] = "single" });
            await Eventually.TrueAsync(() => Directory.Exists(folder.File("recordings/parts"))
                && Directory.GetFiles(folder.File("recordings/parts")).Length > 0, "the recording is being written");
        }
        await using var next = await RunningNode.StartAsync(settings => settings with { Data = folder.Path });
        var recording = Assert.Single((await SendAsync(next, HttpMethod.Get, "/v2/recordings"))["data"]!.AsArray())!;
        string link = new Uri((string)recording["download_urls"]!["wav"]!).PathAndQuery;
        Assert.Equal("RIFF"u8.ToArray(), (await next.Api.GetByteArrayAsync(link, Stop))[..4]);
    }

    private static async Task<(string Call, string Ok)> AnsweredAsync(RunningNode node, SipPeer peer)
    {
        string application = (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications",
            new() { ["application_name"] = "recorded", ["webhook_event_url"] = "http://127.0.0.1:9/hooks" }))["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        peer.Send(peer.Invite(Number));
        await peer.HearAsync("SIP/2.0 180");
        string call = (string)(await EventAsync(node, "call.initiated"))["call_control_id"]!;
        await ActAsync(node, call, "answer", []);
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        return (call, ok);
    }

    private static Task<JsonNode> ActAsync(RunningNode node, string call, string action, JsonObject body) =>
        SendAsync(node, HttpMethod.Post, $"/v2/calls/{Uri.EscapeDataString(call)}/actions/{action}", body);

    /// <summary>The payload of the event, as soon as the log has it.</summary>
    private static async Task<JsonNode> EventAsync(RunningNode node, string name) => await Eventually.SomeAsync(async () =>
        (await SendAsync(node, HttpMethod.Get, $"/v2/call_events?filter[name]={name}"))["data"]!.AsArray()
            .FirstOrDefault()?["metadata"]!["event"]!["payload"], name);

    private static async Task<JsonNode> SendAsync(RunningNode node, HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
