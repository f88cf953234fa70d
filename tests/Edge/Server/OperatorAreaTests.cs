using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Server;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Numbers, webhooks, test calls and snapshots over the operator's listener, with the operator key.</summary>
public sealed class OperatorAreaTests : IAsyncLifetime
{
    private RunningNode _node = null!;       // set before each test
    private OperatorClient _client = null!;
    private string _account = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await OperatorClient.StartAsync();
        _client = new(_node);
        _account = (string)(await _client.DataAsync("GET", "/accounts"))[0]!["id"]!;
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task No_key_of_an_account_opens_it()
    {
        foreach (var (method, path, json) in new (string, string, string?)[]
            {
                ("POST", "/calls", """{"to":"sip:x@127.0.0.1:9"}"""),
                ("POST", "/numbers/actions/port", """{"phone_number":"+15550100000","ported_out":true}"""),
                ("POST", "/snapshots/actions/save", """{"path":"x"}"""),
                ("GET", "/accounts/00000000-0000-0000-0000-000000000000/events/stream", null),
            })
        {
            foreach (string? key in new[] { null, RunningNode.Key })
                Assert.Equal((path, HttpStatusCode.Unauthorized), (path, (await _client.AskAsync(method, path, json, key)).Status));
        }
    }

    [Fact]
    public async Task On_loopback_without_an_operator_key_only_the_socket_answers_what_the_contract_guards()
    {
        await using var open = await RunningNode.StartAsync();
        var client = new OperatorClient(open);
        var contract = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("contracts", "operator", "contract.json"), Stop))!;
        var operations = contract["operations"]!.AsArray().Select(o => o!.AsObject()).Where(o => !o.ContainsKey("body")).ToList();
        Assert.Contains(operations, o => o.ContainsKey("guarded"));
        foreach (var operation in operations.Where(o => (string?)o["id"] is not "ImportRates"))
        {
            string query = operation["parameters"]?.AsArray().Any(p => (string?)p is "number") is true ? "?number=1"
                : operation["parameters"]?.AsArray().Any(p => (string?)p is "from") is true ? "?from=1&to=1"
                : operation["parameters"]?.AsArray().Any(p => (string?)p is "because") is true ? "?because=1" : "";
            string path = ((string)operation["path"]!).Replace("{id}", $"{Guid.Empty}", StringComparison.Ordinal).Replace("{account_id}",
                $"{Guid.Empty}", StringComparison.Ordinal).Replace("{phone_number}", "1", StringComparison.Ordinal);
            var (status, body) = await client.AskAsync((string)operation["method"]!, path + query, key: null);
            Assert.True(status is HttpStatusCode.Forbidden == operation.ContainsKey("guarded"),
                $"{operation["id"]}: {body.ToJsonString()}");
        }
        foreach (var (path, json) in new[] { ("/accounts", """{"name":"thief"}"""), ("/keys", """{"account_id":"x"}"""), ("/calls",
            """{"to":"sip:x@127.0.0.1:9"}""") })
            Assert.Equal(HttpStatusCode.Forbidden, (await client.AskAsync("POST", path, json, key: null)).Status);
        Assert.Single((await open.Socket.SendAsync(HttpMethod.Get, "operator/v1/accounts", null, Stop))["data"]!.AsArray());
    }

    [Fact]
    public async Task Numbers_are_imported_all_or_none_and_ported()
    {
        string path = $"/accounts/{_account}/numbers/actions/import";
        string desk = (string)(await _client.DataAsync("POST", $"/accounts/{_account}/connections",
            """{"kind":"application","name":"desk","webhook_url":"https://example.com/hooks"}"""))["id"]!;
        var done = await _client.DataAsync("POST", path,
            $$"""{"numbers":[{"phone_number":"+15550100000","connection_id":"{{desk}}","tags":["front"]},{"phone_number":"+15550100001"}]}""");
        Assert.Equal((2, 0, "default"), ((int)done["added"]!, (int)done["known"]!, (string)done["account"]!));
        Assert.Equal((0, 1), await CountAsync("""{"numbers":[{"phone_number":"+15550100001"}]}"""));
        Assert.Equal(desk, (string?)(await _client.DataAsync("GET", $"/accounts/{_account}/numbers")).AsArray().Single(n =>
            (string?)n!["phone_number"] == "+15550100000")!["connection_id"]);

        // Another account's application is none of this one's, and nothing of the file is taken then.
        string thief = (string)(await _client.DataAsync("POST", "/accounts", """{"name":"thief"}"""))["id"]!;
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "is no application of account 'thief'", "POST",
            $"/accounts/{thief}/numbers/actions/import",
            $$"""{"numbers":[{"phone_number":"+15550100008"},{"phone_number":"+15550100009","connection_id":"{{desk}}"}]}""");
        Assert.Empty((await _client.DataAsync("GET", $"/accounts/{thief}/numbers")).AsArray());
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "not '15550100002'", "POST", path,
            """{"numbers":[{"phone_number":"+15550100003"},{"phone_number":"15550100002"}]}""");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "has no field 'tag'", "POST", path,
            """{"numbers":[{"phone_number":"+15550100003","tag":"x"}]}""");

        Assert.True((bool)(await _client.DataAsync("POST", "/numbers/actions/port",
            """{"phone_number":"+15550100000","ported_out":true}"""))["ported_out"]!);
        Assert.True((bool)(await _client.DataAsync("GET", $"/accounts/{_account}/numbers")).AsArray().Single(n =>
            (string?)n!["phone_number"] == "+15550100000")!["ported_out"]!);
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "no account has the number +15550100099", "POST",
            "/numbers/actions/port", """{"phone_number":"+15550100099","ported_out":true}""");

        async Task<(int, int)> CountAsync(string json) => await _client.DataAsync("POST", path, json) is var again ? ((int)again["added"]!,
            (int)again["known"]!) : default;
    }

    [Fact]
    public async Task Messages_that_wait_are_set_for_users_that_there_are()
    {
        await _client.DataAsync("POST", $"/accounts/{_account}/connections",
            """{"kind":"credential","name":"desk","user_name":"frontdesk","password":"correct-horse-1"}""");
        var none = await _client.DataAsync("GET", "/phones/frontdesk/messages");
        Assert.Equal((0, 0, "default"), ((int)none["new"]!, (int)none["old"]!, (string?)none["account"]));
        await _client.DataAsync("PUT", "/phones/frontdesk/messages", """{"new":2,"old":5,"urgent_new":1}""");
        var some = await _client.DataAsync("GET", "/phones/frontdesk/messages");
        Assert.Equal((2, 5, 1, 0), ((int)some["new"]!, (int)some["old"]!, (int)some["urgent_new"]!, (int)some["urgent_old"]!));
        Assert.Equal(0, (int)(await _client.DataAsync("PUT", "/phones/frontdesk/messages", """{"new":0}"""))["old"]!);
        Assert.Equal(0, (int)(await _client.DataAsync("GET", "/phones/frontdesk/messages"))["urgent_new"]!);
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "cannot be more than new", "PUT", "/phones/frontdesk/messages",
            """{"new":1,"urgent_new":2}""");
        foreach (string body in new[] { """{"new":-1}""", """{"new":100000}""", """{"old":1}""", """{"new":1,"fax":1}""" })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _client.AskAsync("PUT", "/phones/frontdesk/messages", body)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.AskAsync("PUT", "/phones/nobody/messages", """{"new":1}""")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.AskAsync("GET", "/phones/nobody/messages")).Status);
    }

    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task A_test_call_is_placed_followed_and_hung_up()
    {
        using var silent = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        string leg = (string)(await _client.DataAsync("POST", "/calls", $$"""{"to":"sip:x@{{silent.Client.LocalEndPoint}}"}"""))["leg"]!;
        Assert.Equal("calling", (string?)(await _client.DataAsync("GET", $"/calls/{leg}/events"))[0]!["says"]);
        Assert.True((bool)(await _client.DataAsync("POST", $"/calls/{leg}/actions/hangup"))["live"]!);
        await Eventually.SomeAsync(async () => (await _client.DataAsync("GET", $"/calls/{leg}/events")).AsArray().FirstOrDefault(e =>
            (string?)e!["type"] == "leg_ended"), "the call ends");
        await _client.RefusesAsync(HttpStatusCode.NotFound, "no such call", "POST", "/calls/nothing/actions/hangup");
        await _client.RefusesAsync(HttpStatusCode.NotFound, "no such trunk", "POST", $"/trunks/{Guid.NewGuid()}/actions/test");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "has no field 'too'", "POST", "/calls",
            """{"to":"sip:x@127.0.0.1:9","too":1}""");
    }

    [Fact]
    public async Task Webhooks_are_listed_replayed_and_followed_in_the_accounts_name_only()
    {
        string path = $"/accounts/{_account}",
            other = $"/accounts/{(string)(await _client.DataAsync("POST", "/accounts", """{"name":"other"}"""))["id"]!}";
        Assert.Empty((await _client.DataAsync("GET", $"{path}/webhook_deliveries?page[size]=5")).AsArray());
        await _client.RefusesAsync(HttpStatusCode.NotFound, "has no finished webhook", "POST",
            $"{path}/webhook_deliveries/{Guid.NewGuid()}/actions/replay");
        var replay = await _client.DataAsync("POST", $"{path}/webhook_replays", """{"status":"failed"}""");
        Assert.Equal((string?)replay["id"], (string?)(await _client.DataAsync("GET", $"{path}/webhook_replays/{replay["id"]}"))["id"]);
        await _client.RefusesAsync(HttpStatusCode.NotFound, "account 'other' has no replay", "GET",
            $"{other}/webhook_replays/{replay["id"]}");
        await _client.RefusesAsync(HttpStatusCode.UnprocessableEntity, "nothing that deliveries are chosen by", "POST",
            $"{path}/webhook_replays", """{"sort":"x"}""");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"{OperatorClient.Root}{path}/events/stream?type=call.*")
        {
            Headers = { Authorization = new("Bearer", OperatorClient.Key) }
        };
        using var stream = await _node.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync(Stop));
        Assert.Equal("event: listening", await FirstAsync(lines));

        static async Task<string?> FirstAsync(StreamReader lines)
        {
            while (await lines.ReadLineAsync(Stop) is { } line)
                if (line.StartsWith("event:", StringComparison.Ordinal)) return line;
            return null;
        }
    }

    [Fact]
    public async Task A_snapshot_is_saved_and_loaded_on_the_socket_and_not_with_the_key_that_travels()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "all.jsonl"), json = new JsonObject { ["path"] = file }.ToJsonString();
        foreach (string action in new[] { "save", "load" })
            await _client.RefusesAsync(HttpStatusCode.Forbidden, "on the node's machine", "POST", $"/snapshots/actions/{action}", json);
        Assert.False(File.Exists(file));

        var saved = (await _node.Socket.SendAsync(HttpMethod.Post, "operator/v1/snapshots/actions/save", new JsonObject { ["path"] = file },
            Stop))["data"]!;
        Assert.Equal(1, (int)saved["counts"]!["tenant"]!);
        Assert.True(File.Exists(file));
        var refused = await Assert.ThrowsAsync<StartRefused>(() => _node.Socket.SendAsync(HttpMethod.Post,
            "operator/v1/snapshots/actions/load", new JsonObject { ["path"] = file }, Stop));
        Assert.StartsWith("line ", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<StartRefused>(() => _node.Socket.SendAsync(HttpMethod.Post, "operator/v1/snapshots/actions/save",
            new JsonObject { ["path"] = file, ["overwrites"] = true }, Stop));
        Assert.Contains("has no field 'overwrites'", refused.Message, StringComparison.Ordinal);
    }
}
