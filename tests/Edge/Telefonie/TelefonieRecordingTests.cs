using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Media.Dsp;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

public sealed class TelefonieRecordingsOnSqlite : TelefonieRecordingTests
{
    private protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class TelefonieRecordingsOnPostgres : TelefonieRecordingTests
{
    private protected override async Task<string?> DatabaseAsync() => await Migrated.OnPostgresAsync(ofNode: true);
}

/// <summary>Recordings by Telefonie's API: while they run, kept, fetched and deleted; and who may see them.</summary>
public abstract class TelefonieRecordingTests : IAsyncLifetime
{
    private const string Root = "/recordings/recordings";

    private TelefonieHost _host = null!;       // set before each test

    private protected abstract Task<string?> DatabaseAsync();

    public async ValueTask InitializeAsync() => _host = await TelefonieHost.StartAsync(await DatabaseAsync());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task TF28_a_recording_runs_is_kept_fetched_and_deleted()
    {
        long placedAt = Stopwatch.GetTimestamp();
        var call = await _host.CallAsync("wait", ",\"record\":true");
        var runs = await RunsAsync(call);
        Assert.Equal((string?)call["id"], (string?)runs["call_id"]);
        Assert.Equal(("call", 1), ((string?)runs["source"], (int)runs["channels"]!));
        Assert.False(runs.ContainsKey("duration") || runs.ContainsKey("media_url") || runs.ContainsKey("conference_id"));
        string path = $"{Root}/{runs["id"]}";
        await _host.RefusesAsync(409, "invalid_state", "DELETE", path);
        await _host.RefusesAsync(404, "not_found", "GET", path + "/media");
        Assert.False((await _host.ShownAsync(call, "in-progress")).ContainsKey("recording_url"));

        await _host.DoneAsync(200, "POST", $"/voice/calls/{call["id"]}", """{"status":"completed"}""");
        var kept = await KeptAsync(path);
        Assert.InRange((int)kept["duration"]!, 1, (int)Math.Ceiling(Stopwatch.GetElapsedTime(placedAt).TotalSeconds));
        Assert.EndsWith($"{TelefonieHost.Root}{path}/media", (string?)kept["media_url"], StringComparison.Ordinal);
        Assert.Equal((string?)kept["media_url"], (string?)(await _host.GetAsync(call))["recording_url"]);
        using (var sound = await _host.SendAsync("GET", $"{TelefonieHost.Root}{path}/media", key: _host.First))
        {
            Assert.Equal(200, (int)sound.StatusCode);
            byte[] file = await sound.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            Assert.True(WavReader.TryRead(file, out short[] samples, out int rate, out string? detail), detail);
            Assert.Equal((int)kept["duration"]!, (int)Math.Ceiling(samples.Length / (double)rate));
        }
        // Everywhere where the descriptions have them.
        foreach (string place in (string[])["/recordings", "/voice/recordings", "/numbers/recordings"])
        {
            Assert.Equal(1, (int)(await _host.DoneAsync(200, "GET", place))["total"]!);
            var same = await _host.DoneAsync(200, "GET", $"{place}/{kept["id"]}");
            Assert.True(JsonNode.DeepEquals(kept, same), same.ToJsonString());
        }

        var (store, stop) = (_host.Node.Node.Database, TestContext.Current.CancellationToken);
        var (tenant, recording) = (new TenantId(Guid.Parse(_host.Account)), Guid.Parse((string)kept["id"]!));
        var written = await store.RecordingTranscriptions.OrderAsync(tenant, recording, new("en-US"), store.Time.GetUtcNow(), stop);
        Assert.NotNull(await store.RecordingTranscriptions.FindAsync(tenant, written!.Value, stop));
        Assert.Empty(await _host.DoneAsync(204, "DELETE", path));
        // What was said on it is deleted, too.
        Assert.Null(await store.RecordingTranscriptions.FindAsync(tenant, written.Value, stop));
        await _host.RefusesAsync(404, "not_found", "DELETE", path);
        await _host.RefusesAsync(404, "not_found", "GET", path);
        await _host.RefusesAsync(404, "not_found", "GET", path + "/media");
        Assert.False((await _host.GetAsync(call)).ContainsKey("recording_url"));
        Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", Root))["total"]!);
    }

    [Fact]
    public async Task TF17_a_recording_is_its_accounts_alone()
    {
        var call = await _host.CallAsync("wait", ",\"record\":true");
        var runs = await RunsAsync(call);
        string path = $"{Root}/{runs["id"]}";
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{call["id"]}");
        var kept = await KeptAsync(path);
        foreach (var (method, there) in new[] { ("GET", path), ("DELETE", path), ("GET", path + "/media") })
        {
            var theirs = await _host.RefusesAsync(404, "not_found", method, there, key: _host.Second);
            var nobodys = await _host.RefusesAsync(404, "not_found", method,
                there.Replace((string)kept["id"]!, Guid.NewGuid().ToString(), StringComparison.Ordinal), key: _host.Second);
            Assert.Equal((string?)nobodys["message"], (string?)theirs["message"]);
        }
        foreach (string query in (string[])["", $"?call_id={call["id"]}"])
            Assert.Equal(0, (int)(await _host.DoneAsync(200, "GET", Root + query, key: _host.Second))["total"]!);
        using var unknown = await _host.SendAsync("GET", $"{TelefonieHost.Root}{path}/media");
        Assert.Equal(401, (int)unknown.StatusCode);
        Assert.True(JsonNode.DeepEquals(kept, await _host.DoneAsync(200, "GET", path)));
        foreach (string odd in (string[])["abc", Guid.Empty.ToString(), "RE12", "%00"])
        {
            using var response = await _host.SendAsync("GET", $"{TelefonieHost.Root}{Root}/{odd}", key: _host.First);
            Assert.True((int)response.StatusCode is 400 or 404, $"{odd}: {response.StatusCode}");
        }
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task TF20_TF21_recordings_have_pages_and_filters()
    {
        var first = await _host.CallAsync("wait", ",\"record\":true");
        await RunsAsync(first);
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{first["id"]}");
        await Eventually.SomeAsync(async () => await CountAsync("status=completed") == 1 ? "" : null, "it is kept");
        var second = await _host.CallAsync("wait", ",\"record\":true");
        await RunsAsync(second);
        Assert.Equal((2, 1, 0), (await CountAsync(""), await CountAsync("status=in-progress"), await CountAsync("status=failed")));
        string hex = Guid.Parse((string)first["id"]!).ToString("N");
        Assert.Equal((1, 1), (await CountAsync($"call_id={first["id"]}"), await CountAsync($"call_id=CA{hex}")));
        Assert.Equal(0, await CountAsync($"call_id={first["id"]}&status=in-progress"));
        Assert.Equal(0, await CountAsync($"call_id={Guid.NewGuid()}"));
        var newest = await _host.DoneAsync(200, "GET", Root + "?page_size=1");
        var oldest = await _host.DoneAsync(200, "GET", Root + "?page_size=1&page=2");
        Assert.Equal((2, 2), ((int)newest["total"]!, (int)oldest["total"]!));
        Assert.Equal((string?)second["id"], (string?)Assert.Single(newest["recordings"]!.AsArray())!["call_id"]);
        Assert.Equal((string?)first["id"], (string?)Assert.Single(oldest["recordings"]!.AsArray())!["call_id"]);
        foreach (string wrong in (string[])["page_size=101", "page_size=0", "page=0", "status=absent", "call_id=abc"])
            await _host.RefusesAsync(400, "invalid_parameter", "GET", $"{Root}?{wrong}");
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{second["id"]}");
    }

    /// <summary>The one recording of a call that is up, with sound in its file.</summary>
    private async Task<JsonObject> RunsAsync(JsonObject call)
    {
        var runs = await Eventually.SomeAsync(async () =>
            (await _host.DoneAsync(200, "GET", $"{Root}?status=in-progress&call_id={call["id"]}"))["recordings"]!.AsArray()
                is [JsonObject one] ? one : null, "it is recorded");
        await _host.Node.RecordsAsync((string)runs["id"]!);
        return runs;
    }

    private Task<JsonObject> KeptAsync(string path) => Eventually.SomeAsync(async () =>
        await _host.DoneAsync(200, "GET", path) is { } shown && (string?)shown["status"] is "completed" ? shown : null, "it is kept");

    private async Task<int> CountAsync(string query) => (int)(await _host.DoneAsync(200, "GET", $"{Root}?{query}"))["total"]!;
}
