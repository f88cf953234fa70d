using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>A call says which of its recordings goes on.</summary>
public sealed class RecordedCallTests : IAsyncLifetime
{
    private static readonly string Nobody = Guid.Empty.ToString();

    private CallingHost _host = null!;       // set before each test

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

    private Task<JsonObject> WhenAsync(string path, Func<JsonObject, bool> condition, string what) => Eventually.SomeAsync(async () =>
    {
        if (await _host.Api.DoneAsync("GET", path) is { } shown && condition(shown)) return shown;
        await Task.Delay(100, TestContext.Current.CancellationToken);       // so many questions a second are let in
        return null;
    }, what);
}
