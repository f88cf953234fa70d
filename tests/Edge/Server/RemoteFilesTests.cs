using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Edge.Net;
using Ringwright.Edge.Store.Blobs;
using Ringwright.Store.Blobs;
using Ringwright.Store.Keeping;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A whole node whose files are in a store that has no paths: everything that is kept for customers goes there and comes from there.
/// </summary>
public sealed class RemoteFilesTests
{
    private const string Number = "+15550100000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Media_recordings_reports_and_snapshots_need_no_disk()
    {
        var store = new RemoteBlobs();
        await using var node = await RunningNode.StartAsync(blobs: store);

        // A customer's file is uploaded, and played on a call.
        byte[] wav = WavFile.Make(1_600, 8_000, i => (short)(i * 37));
        using (var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(wav), "media", "hello.wav" }, { new StringContent("hello"), "media_name" }
        })
        using (var made = await node.Api.PostAsync("/v2/media", form, Stop))
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Stop));
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        await ActAsync(node, call, "record_start", new() { ["format"] = "wav", ["channels"] = "dual" });
        await ActAsync(node, call, "playback_start", new() { ["media_name"] = "hello" });
        Assert.Equal("completed", (string?)(await EventAsync(node, "call.playback.ended"))["status"]);
        await ActAsync(node, call, "record_stop", []);
        string id = (string)(await EventAsync(node, "call.recording.saved"))["recording_id"]!;
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
        Assert.Equal(wav, await node.Api.GetByteArrayAsync("/v2/media/hello/download", Stop));

        // The recording is there, and fetched in parts.
        Assert.Contains(store.Names,
            name => name.StartsWith("recordings/", StringComparison.Ordinal) && name.EndsWith($"/{id}.wav", StringComparison.Ordinal));
        string link = new Uri((string)(await SendAsync(node, HttpMethod.Get, $"/v2/recordings/{id}"))["data"]!["download_urls"]!["wav"]!)
            .PathAndQuery;
        byte[] whole = await node.Api.GetByteArrayAsync(link, Stop);
        Assert.Equal("RIFF"u8.ToArray(), whole[..4]);
        using (var request = new HttpRequestMessage(HttpMethod.Get, link) { Headers = { Range = new RangeHeaderValue(8, 15) } })
        using (var part = await node.Api.SendAsync(request, Stop))
            Assert.Equal(whole[8..16], await part.Content.ReadAsByteArrayAsync(Stop));

        // A report is made by a job, and fetched.
        string report = (string)(await SendAsync(node, HttpMethod.Post, "/v2/reports/mdr_usage_reports",
            new()
            {
                ["aggregation_type"] = "TAGS", ["start_date"] = "2025-03-01T00:00:00Z", ["end_date"] = "2025-03-02T00:00:00Z"
            }))["data"]!["id"]!;
        string file = await Eventually.SomeAsync(async () => (string?)(await SendAsync(node, HttpMethod.Get,
            $"/v2/reports/mdr_usage_reports/{report}"))["data"]!["report_url"], "the report");
        Assert.NotEmpty(await node.Api.GetByteArrayAsync(new Uri(file).PathAndQuery, Stop));
        Assert.Contains(store.Names,
            name => name.StartsWith("results/", StringComparison.Ordinal) && name.EndsWith(report, StringComparison.Ordinal));

        // All of it goes into a snapshot, and into another node's store.
        using var files = new TempFolder();
        string snapshot = files.File("all.jsonl");
        await node.Socket.SendAsync(HttpMethod.Post, "node/snapshots/save", new JsonObject { ["path"] = snapshot }, Stop);
        var copied = new RemoteBlobs();
        await using (var other = await RunningNode.StartAsync(blobs: copied))
        {
            await other.Socket.SendAsync(HttpMethod.Post, "node/snapshots/load",
                new JsonObject { ["path"] = snapshot, ["replace"] = true }, Stop);
            Assert.Equal(wav, await other.Api.GetByteArrayAsync("/v2/media/hello/download", Stop));
            string there = new Uri(
                (string)(await SendAsync(other, HttpMethod.Get, $"/v2/recordings/{id}"))["data"]!["download_urls"]!["wav"]!).PathAndQuery;
            Assert.Equal(whole, await other.Api.GetByteArrayAsync(there, Stop));
            Assert.Equal(store.Names.Where(name => !name.StartsWith("results/", StringComparison.Ordinal)), copied.Names);

            // A store that does not take them: nothing of the snapshot is loaded.
            copied.IsAway = true;
            using var refused = new HttpRequestMessage(HttpMethod.Delete, $"/v2/recordings/{id}");
            using (var answer = await other.Api.SendAsync(refused, Stop)) Assert.Equal(503, (int)answer.StatusCode);
            copied.IsAway = false;
        }

        // What is older than it is kept goes there too, and what its owner deletes.
        await new Housekeeping(node.Node.Database, new() { Recordings = TimeSpan.FromTicks(1) }, node.Node.Settings.Data,
            NullLogger.Instance).RunAsync(Stop);
        Assert.DoesNotContain(store.Names, name => name.StartsWith("recordings/", StringComparison.Ordinal));
        await SendAsync(node, HttpMethod.Delete, $"/v2/reports/mdr_usage_reports/{report}");
        await SendAsync(node, HttpMethod.Delete, "/v2/media/hello");
        Assert.Empty(store.Names);

        // Nothing of it was ever kept on this machine.
        string data = node.Node.Settings.Data;
        foreach (string folder in (string[])["media", "results", "recordings"])
            Assert.Empty(Directory.Exists(Path.Combine(data, folder))
                ? Directory.GetFiles(Path.Combine(data, folder), "*", SearchOption.AllDirectories)
                : []);
    }

    private static async Task<(string Call, string Ok)> AnsweredAsync(RunningNode node, SipPeer peer)
    {
        string application = (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications",
            new() { ["application_name"] = "remote", ["webhook_event_url"] = "http://127.0.0.1:9/hooks" }))["data"]!["id"]!;
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
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }
}
