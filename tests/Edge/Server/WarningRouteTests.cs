using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Server.Cli;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Warnings of an account, over the operator's listener and as the command lists and follows them.</summary>
public sealed class WarningRouteTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test
    private OperatorClient _client = null!;
    private Ledger _ledger = null!;
    private Script _call = null!;
    private string _path = "", _other = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await OperatorClient.StartAsync();
        _client = new(_node);
        _other = (string)(await _client.DataAsync("POST", "/accounts", """{"name":"other"}"""))["id"]!;
        string account = (string)(await _client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        _path = $"/accounts/{account}/warnings";
        _ledger = new(_node.Node.Database, Script.Anchor, [], NullLogger.Instance);
        _call = new(new TenantId(Guid.Parse(account)), 1, Direction.Inbound);
        Assert.True(await _ledger.AppendAsync(_call.Initiated(1)));
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task WarnAsync(string cause, int? line = null) => Assert.True(await _ledger.AppendAsync(
        new CallEvent.Noted(NoteKind.Warning, cause)
        {
            Leg = _call.Facts, At = Script.At(2), Line = line, Url = line is null ? null : "http://127.0.0.1:9/voice",
        }));

    [Fact]
    public async Task They_are_listed_page_by_page_to_the_operator_alone_and_to_the_account_that_they_are_of()
    {
        await WarnAsync("Dance is no verb that can stand here (line 3, column 5)", 3);
        await WarnAsync("the assistant cannot talk");
        var (status, body) = await _client.AskAsync("GET", $"{_path}?page[size]=1");
        Assert.Equal((HttpStatusCode.OK, 2), (status, (int)body["meta"]!["total_results"]!));
        Assert.Equal("the assistant cannot talk", (string?)Assert.Single(body["data"]!.AsArray())!["cause"]);
        var first = (await _client.DataAsync("GET", $"{_path}?page[size]=1&page[number]=2"))[0]!;
        Assert.Equal(("warning", "document", $"{_call.Facts.Uuid}", $"{_call.Facts.Session}", "http://127.0.0.1:9/voice", 3),
            ((string?)first["record_type"], (string?)first["source"], (string?)first["leg_id"], (string?)first["session_id"],
            (string?)first["url"], (int)first["line"]!));
        Assert.Equal("Dance is no verb that can stand here (line 3, column 5)", (string?)first["cause"]);

        Assert.Empty((await _client.DataAsync("GET", $"/accounts/{_other}/warnings")).AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await _client.AskAsync("GET", $"/accounts/{Guid.NewGuid()}/warnings")).Status);
        foreach (string? key in new[] { null, RunningNode.Key })
            Assert.Equal(HttpStatusCode.Unauthorized, (await _client.AskAsync("GET", _path, null, key)).Status);
    }

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task The_command_lists_them_and_follows_those_that_come()
    {
        await WarnAsync("before\u001b[31m", 7);
        string data = _node.Node.Settings.Data;
        var (exit, listed, _) = await CommandRun.RunAsync("warnings", "--data", data);
        Assert.Equal(0, exit);
        Assert.Contains("http://127.0.0.1:9/voice:7", listed, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', listed);
        var json = JsonNode.Parse((await CommandRun.RunAsync("warnings", "--data", data, "--json", "--limit", "5")).Output)!.AsArray();
        Assert.Equal(7, (int)Assert.Single(json)!["line"]!);
        CommandRun.Refuses("there is no account 'nobody'", await CommandRun.RunAsync("warnings", "--data", data, "--tenant", "nobody"));

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using var told = new Told();
        var reader = await WarningReader.OpenAsync(_node.Socket, null, Stop);
        var following = reader.FollowAsync(told, 1, isJson: true, enough.Token);
        await Eventually.TrueAsync(() => told.Lines.Count == 1, "what was there is told");
        await WarnAsync("first");
        await WarnAsync("second");
        await Eventually.TrueAsync(() => told.Lines.Count == 3, "what comes is told");
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.Equal(["before\u001b[31m", "first", "second"], told.Lines.Select(line => (string?)JsonNode.Parse(line)!["cause"]));
    }

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task Nobody_follows_where_no_node_runs()
    {
        using var folder = new TempFolder();
        CommandRun.Refuses("no node runs on", await CommandRun.RunAsync("warnings", "--follow", "--data", folder.Path));
    }

    /// <summary>Read while it is written.</summary>
    private sealed class Told : TextWriter
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            Lines.Enqueue(value ?? "");
            return Task.CompletedTask;
        }
    }
}
