using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>A call says which of its recordings goes on, and those are resources too.</summary>
public sealed class RecordedCallTests : IAsyncLifetime
{
    private static readonly string Nobody = Guid.Empty.ToString();

    private CallingHost _host = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await CallingHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task The_recording_that_goes_on_is_named_until_it_ends()
    {
        var made = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{_host.Far.Address("now-440")}}}],
             "actions":[{"type":"recording_start","option":{"format":"wav"}},{"type":"sleep","option":{"duration":3000}},
                        {"type":"recording_stop"},{"type":"sleep","option":{"duration":60000}}]}
            """);
        Assert.Equal(("flow", Nobody), ((string?)made["type"], (string?)made["recording_id"]));
        string path = "/calls/" + made["id"], id = (string)made["id"]!;
        var recorded = await WhenAsync(path, call => call["recording_ids"]!.AsArray().Count == 1, "it is recorded");
        string recording = (string)recorded["recording_ids"]![0]!;
        Assert.Equal(recording, (string?)recorded["recording_id"]);
        await Eventually.TrueAsync(() => _host.Events.Any(told => (string?)told["type"] == "call_updated"
            && (string?)told["data"]!["id"] == id && (string?)told["data"]!["recording_id"] == recording), "the event names it");

        var stopped = await WhenAsync(path, call => (string?)call["recording_id"] == Nobody, "the recording is over");
        Assert.Equal(("progressing", recording), ((string?)stopped["status"], (string?)stopped["recording_ids"]![0]));
        await _host.Api.DoneAsync("POST", path + "/hangup");
        var over = await _host.ShownAsync(path, "status", "hangup");
        Assert.Equal(("flow", Nobody), ((string?)over["type"], (string?)over["recording_id"]));
        await Eventually.TrueAsync(() => _host.Events.Any(told => (string?)told["type"] == "call_hangup"
            && (string?)told["data"]!["id"] == id && (string?)told["data"]!["recording_id"] == Nobody), "its last event names none");
    }

    [Fact, Depth("the gate has whose calls they are, their reasons, and what is refused")]
    public async Task A_recording_is_listed_told_of_and_fetched_until_it_is_deleted()
    {
        string flow = (string)(await _host.Api.DoneAsync("POST", "/flows", """{"name":"after","actions":[{"type":"empty"}]}"""))["id"]!;
        var made = await _host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{_host.Far.Address("now-440")}}}],
             "actions":[{"type":"recording_start","option":{"format":"wav","on_end_flow_id":"{{{flow}}}"}},
                        {"type":"sleep","option":{"duration":60000}}]}
            """);
        string call = "/calls/" + made["id"];
        var recorded = await WhenAsync(call, shown => shown["recording_ids"]!.AsArray().Count == 1, "it is recorded");
        string id = (string)recorded["recording_ids"]![0]!, path = "/recordings/" + id;
        var begun = await _host.Api.DoneAsync("GET", path);
        Assert.Equal(("recording", "call", (string?)made["id"], (string?)recorded["activeflow_id"], flow, "wav"),
            ((string?)begun["status"], (string?)begun["reference_type"], (string?)begun["reference_id"], (string?)begun["activeflow_id"],
                (string?)begun["on_end_flow_id"], (string?)begun["format"]));
        Assert.Null(begun["tm_end"]);
        DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("DELETE", path));
        DialerHost.Refuses(409, "STATE_INVALID", await _host.Api.AskAsync("GET", "/recordingfiles/" + id));
        await _host.Api.DoneAsync("POST", call + "/hangup");

        var ended = await WhenAsync(path, shown => (string?)shown["status"] == "ended", "it is kept");
        Assert.NotNull(ended["tm_end"]);
        Assert.Equal(id, (string?)Assert.Single((await _host.Api.DoneAsync("GET", "/recordings"))["result"]!.AsArray())!["id"]);
        await _host.ToldAsync(id, "recording_started", "recording_finished");
        var told = _host.Events.Where(one => (string?)one["data"]!["id"] == id).Select(one => one["data"]).ToList();
        Assert.True(JsonNode.DeepEquals(begun, told[0]), $"{begun.ToJsonString()}\n{told[0]?.ToJsonString()}");
        Assert.True(JsonNode.DeepEquals(ended, told[1]), $"{ended.ToJsonString()}\n{told[1]?.ToJsonString()}");
        using (var file = await _host.Api.SendAsync("GET", $"/v1.0/recordingfiles/{id}?accesskey={_host.Api.First}"))
        {
            byte[] sound = await file.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(file.IsSuccessStatusCode && sound.AsSpan().StartsWith("RIFF"u8), $"{file.StatusCode}, {sound.Length} bytes");
        }

        foreach (string another in new[] { path, "/recordingfiles/" + id })
            DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.Api.AskAsync("GET", another, null, _host.Api.Second));
        DialerHost.Refuses(403, "PERMISSION_DENIED", await _host.Api.AskAsync("DELETE", path, null, _host.Api.Second));
        var (store, recording) = (_host.Api.Node.Node.Database, Guid.Parse(id));
        var tenant = new TenantId(Guid.Parse((string)(await _host.Api.DoneAsync("GET", "/customer"))["id"]!));
        var written = await store.RecordingTranscriptions.OrderAsync(tenant, recording, new("en-US"), store.Time.GetUtcNow(), Stop);
        Assert.NotNull(await store.RecordingTranscriptions.FindAsync(tenant, written!.Value, Stop));
        Assert.NotNull((await _host.Api.DoneAsync("DELETE", path))["tm_delete"]);
        // What was said on it is deleted, too.
        Assert.Null(await store.RecordingTranscriptions.FindAsync(tenant, written.Value, Stop));
        foreach (string method in new[] { "GET", "DELETE" })
            DialerHost.Refuses(404, "RECORDING_NOT_FOUND", await _host.Api.AskAsync(method, path));
    }

    private Task<JsonObject> WhenAsync(string path, Func<JsonObject, bool> condition, string what) => Eventually.SomeAsync(async () =>
    {
        if (await _host.Api.DoneAsync("GET", path) is { } shown && condition(shown)) return shown;
        await Task.Delay(100, TestContext.Current.CancellationToken);       // so many questions a second are let in
        return null;
    }, what);
}
