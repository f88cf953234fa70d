using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class SnapshotRouteTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private const string ByHand = """
        {"ringwright": {"snapshot": 1}}
        {"tenant": {"name": "acme"}}
        {"api_key": {"tenant": "acme", "key": "KEY-from-a-snapshot"}}
        {"call_control_application": {"tenant": "acme", "id": "1500000000000000001", "body": {"application_name": "Shop", "webhook_event_url": "http://127.0.0.1:9000/hook"}}}
        {"phone_number": {"tenant": "acme", "id": "1500000000000000002", "body": {"phone_number": "+15550100001", "connection_id": "1500000000000000001"}}}
        """;

    [Fact]
    public async Task A_running_node_loads_a_snapshot_and_its_keys_and_resources_answer_at_once()
    {
        await using var node = await RunningNode.StartAsync();
        using var files = new TempFolder();
        string file = Path.Combine(files.Path, "hand.jsonl");
        await File.WriteAllTextAsync(file, ByHand, Stop);
        using var client = new AdminClient(node.Node.Settings.Data);
        await client.SendAsync(HttpMethod.Post, "node/snapshots/load", new JsonObject { ["path"] = file }, Stop);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/v2/phone_numbers")
        {
            Headers = { Authorization = new("Bearer", "KEY-from-a-snapshot") }
        };
        using var response = await node.Api.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var number = JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["data"]![0]!;
        Assert.Equal(("1500000000000000002", "+15550100001", "Shop"),
            ((string)number["id"]!, (string)number["phone_number"]!, (string)number["connection_name"]!));

        var again = await Assert.ThrowsAsync<StartRefused>(() => client.SendAsync(HttpMethod.Post, "node/snapshots/load",
            new JsonObject { ["path"] = file }, Stop));
        Assert.StartsWith("line 2: ", again.Message, StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<StartRefused>(() => client.SendAsync(HttpMethod.Post, "node/snapshots/save",
            new JsonObject { ["path"] = file, ["tenant"] = "nobody" }, Stop));
        Assert.Contains("there is no account 'nobody'", unknown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"call_control_application": {"tenant": "acme", "body": {"application_name": 5, "webhook_event_url": "http://127.0.0.1:9000/hook"}}}""",
        "line 3: call_control_application.body/application_name ")]
    [InlineData("""{"call_control_application": {"tenant": "acme", "body": {"webhook_event_url": "http://127.0.0.1:9000/hook"}}}""",
        "line 3: call_control_application.body/application_name ")]
    [InlineData("""{"call_control_application": {"tenant": "acme", "body": {"application_name": "Shop", "webhook_event_url": "http://127.0.0.1:9000/hook", "inbound": []}}}""",
        "line 3: call_control_application.body/inbound ")]
    [InlineData("""{"phone_number": {"tenant": "acme", "body": {"phone_number": "+15550100001", "tags": "vip"}}}""",
        "line 3: phone_number.body/tags ")]
    [InlineData("""{"resource": {"tenant": "acme", "kind": "billing_group", "doc": {"name": ["sales"]}}}""", "line 3: resource.doc/name ")]
    public async Task A_body_of_another_shape_than_the_contracts_is_refused_with_its_line(string row, string message)
    {
        await using var node = await RunningNode.StartAsync();
        using var files = new TempFolder();
        string file = Path.Combine(files.Path, "hand.jsonl");
        await File.WriteAllTextAsync(file,
            $"{{\"ringwright\": {{\"snapshot\": 1}}}}\n{{\"tenant\": {{\"name\": \"acme\"}}}}\n{row}\n", Stop);
        using var client = new AdminClient(node.Node.Settings.Data);
        var refused = await Assert.ThrowsAsync<StartRefused>(() => client.SendAsync(HttpMethod.Post, "node/snapshots/load",
            new JsonObject { ["path"] = file }, Stop));
        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain((await client.SendAsync(HttpMethod.Get, "node/tenants", null, Stop)).AsArray(),
            account => (string?)account!["name"] == "acme");
    }

    [Fact]
    public async Task Loading_into_an_empty_folder_makes_no_account_beside_those_of_the_file()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "hand.jsonl");
        await File.WriteAllTextAsync(file, ByHand, Stop);
        await using var node = await OfflineNode.StartAsync(RunningNode.SettingsIn(folder.Path),
            NullLoggerFactory.Instance, output: null, Stop);
        using var client = new AdminClient(folder.Path);
        await client.SendAsync(HttpMethod.Post, "node/snapshots/load", new JsonObject { ["path"] = file }, Stop);
        var account = Assert.Single((await client.SendAsync(HttpMethod.Get, "node/tenants", null, Stop)).AsArray());
        Assert.Equal("acme", (string)account!["name"]!);
    }
}
