using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Server;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Webhooks as the commands <c>events replay</c> and <c>tenant webhooks</c> ask a running node for them.</summary>
public sealed class EventRouteTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _node = await RunningNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private Task<JsonNode> PostAsync(string path, JsonObject body) => _node.Socket.SendAsync(HttpMethod.Post, $"node/{path}", body, Stop);

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task Many_webhooks_are_sent_again_and_their_progress_is_told()
    {
        var begun = (await PostAsync("webhook_replays?tenant=default",
            new() { ["status"] = "failed", ["finished_at"] = new JsonObject { ["gte"] = "2025-01-01T00:00:00Z" } }))["data"]!;
        Assert.Equal("failed", (string?)begun["filter"]!["status"]);
        var over = await Eventually.SomeAsync(async () =>
            await _node.Socket.SendAsync(HttpMethod.Get, $"node/webhook_replays/{begun["id"]}?tenant=default", null, Stop) is var answer
                && (string?)answer["data"]!["status"] is "complete" ? answer["data"] : null, "the replay is over");
        Assert.Equal((0, 0, 0), ((int?)over["replayed"], (int?)over["skipped"], (int?)over["total"]));

        var refused = await Assert.ThrowsAsync<StartRefused>(() =>
            PostAsync("webhook_replays?tenant=default", new() { ["finished_at"] = new JsonObject { ["gte"] = "soon" } }));
        Assert.Contains("finished_at.gte must be an ISO 8601 date and time", refused.Message);
        refused = await Assert.ThrowsAsync<StartRefused>(() => PostAsync("webhook_replays?tenant=nobody", []));
        Assert.Contains("there is no account 'nobody'", refused.Message);
    }

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task The_command_follows_a_replay_to_its_end()
    {
        var settings = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ringwright.dll"), "events", "replay",
            "--status", "failed", "--to", "2026-01-06T15:00:00Z", "--data", _node.Node.Settings.Data])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(settings) ?? throw new InvalidOperationException("dotnet did not start");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, await errors);
        string[] lines = (await output).TrimEnd('\n').Split('\n');
        Assert.StartsWith("# replay ", lines[0]);
        Assert.Equal("0 webhooks go out again", lines[^1]);
    }

    [Fact]
    public async Task An_accounts_webhooks_go_by_the_schedule_that_the_operator_names()
    {
        Assert.Equal("long", (string?)(await PostAsync("tenants/webhooks",
            new() { ["name"] = "default", ["retry_schedule"] = "long" }))["webhook_retry_schedule"]);
        var listed = (await _node.Socket.SendAsync(HttpMethod.Get, "node/tenants", null, Stop)).AsArray();
        Assert.Equal("long", (string?)listed[0]!["webhook_retry_schedule"]);
        Assert.Equal("short", (string?)(await PostAsync("tenants/webhooks",
            new() { ["name"] = "default", ["retry_schedule"] = "short" }))["webhook_retry_schedule"]);
    }
}
