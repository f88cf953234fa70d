using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyGrantsOnSqliteTests() : AgencyGrantTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyGrantsOnPostgresTests() : AgencyGrantTests(Product.Postgres);

/// <summary>What an agency grants a client, and what it denies it: in place of what the table of permissions says.</summary>
public abstract class AgencyGrantTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test
    private int _added;

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task A_clients_users_may_what_is_granted_it_and_not_what_is_denied()
    {
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        var (_, neighbour) = await Host.UserAsync(Host.OwnerA, "ca2", "client_admin", _lab.OtherClient);
        string path = "/clients/" + _lab.Client, none = "/calls/" + Guid.CreateVersion7();
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), ["+15550300100"], """{"hold":true}"""))["id"]!;
        async Task AreAsync(string token, params (int Status, string Path)[] asked)
        {
            foreach (var (status, of) in asked) Assert.Equal((of, status), (of, await StatusAsync(token, of)));
        }

        // As the table says: who may, and finds nothing, is 404.
        await AreAsync(admin, (403, "/calls.csv"), (403, $"/batches/{batch}/contacts.csv"), (404, none + "/recording"),
            (404, none + "/transcript"));
        await AreAsync(_lab.Viewer, (403, none + "/recording"), (404, none + "/transcript"));
        Assert.True((await AddAsync(admin, batch)).Status < 300);

        var granted = await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, """
            {"permissions":{"calls.export":true,"contacts.export":true,"contacts.write":false,"calls.recording.read":true,
             "calls.transcript.read":false}}
            """);
        Assert.True((bool)granted["permissions"]!["calls.export"]!);
        await AreAsync(admin, (200, "/calls.csv"), (200, $"/batches/{batch}/contacts.csv"), (404, none + "/recording"),
            (403, none + "/transcript"));
        await AreAsync(_lab.Viewer, (403, "/calls.csv"), (403, $"/batches/{batch}/contacts.csv"), (404, none + "/recording"),
            (403, none + "/transcript"));
        Assert.Equal(403, (await AddAsync(admin, batch)).Status);
        // Of another client it says nothing, and neither of the agency's own people.
        await AreAsync(neighbour, (403, "/calls.csv"), (404, none + "/transcript"));
        await AreAsync(Host.OwnerA, (200, "/calls.csv"), (404, none + "/transcript"));
        string[] may = [.. (await Host.DoneAsync(200, admin, "GET", "/me"))["permissions"]!.AsArray().Select(one => (string)one!)];
        Assert.Contains("calls.export", may);
        Assert.DoesNotContain("contacts.write", may);

        await Host.RefusedAsync(403, "client_permission_denied", admin, "PATCH", path, """{"permissions":{"contacts.write":true}}""");
        foreach (string wrong in new[] { """{"dnc.remove":true}""", """{"calls.export":"yes"}""" })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", path, $$"""{"permissions":{{wrong}} }""");
        var back = await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, """{"permissions":{"calls.export":null,"contacts.write":null}}""");
        Assert.Equal("""{"contacts.export":true,"calls.recording.read":true,"calls.transcript.read":false}""",
            back["permissions"]!.ToJsonString());
        await AreAsync(admin, (403, "/calls.csv"), (200, $"/batches/{batch}/contacts.csv"));
        Assert.True((await AddAsync(admin, batch)).Status < 300);
    }

    [Fact]
    public async Task A_client_makes_batches_and_campaigns_where_that_is_granted_of_what_is_its_own_alone()
    {
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        string campaign = await _lab.CampaignAsync(), other = await _lab.CampaignAsync(client: _lab.OtherClient);
        string Batch(string of) => _lab.BatchOf(of, ["+15550300100"], """{"hold":true}""");
        string call = $$"""
            {"agent_mapping_id":"{{_lab.Agent}}","from_number":"{{AgencyLab.From}}","to_number":"{{AgencyLab.Number("busy")}}",
             "campaign_id":"{{campaign}}"}
            """;
        static string Campaign(string client) => $$"""{"client_id":"{{client}}","name":"Spring","type":"cs"}""";
        await Host.RefusedAsync(403, "forbidden", admin, "POST", "/batches", Batch(campaign));
        await Host.RefusedAsync(403, "forbidden", admin, "POST", "/calls", call);
        await Host.RefusedAsync(403, "forbidden", admin, "POST", "/campaigns", Campaign(_lab.Client));
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/clients/" + _lab.Client,
            """{"permissions":{"batches.create":true,"batches.pause":false,"calls.place":true,"campaigns.write":true}}""");
        // The agent and the number are the agency's still, and no client sees them.
        await Host.RefusedAsync(404, "not_found", admin, "POST", "/batches", Batch(campaign));
        await Host.RefusedAsync(404, "not_found", admin, "POST", "/calls", call);
        await Host.RefusedAsync(404, "not_found", admin, "POST", $"/agents/{_lab.Agent}/test-call",
            $$"""{"from_number":"{{AgencyLab.From}}","to_number":"{{AgencyLab.Number("busy")}}"}""");
        string given = $$"""{"client_id":"{{_lab.Client}}"}""";
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/agents/" + _lab.Agent, given);
        await Host.RefusedAsync(400, "validation_error", admin, "POST", "/batches", Batch(campaign));
        string number = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]![0]!["id"]!;
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + number, given);
        await Host.RefusedAsync(404, "not_found", admin, "POST", "/batches", Batch(other));
        var made = (await Host.DoneAsync(201, admin, "POST", "/batches", Batch(campaign)))["batch"]!;
        await Host.RefusedAsync(403, "forbidden", admin, "POST", $"/batches/{made["id"]}/pause");
        await Host.DoneAsync(200, admin, "POST", $"/batches/{made["id"]}/cancel");
        await Host.RefusedAsync(404, "not_found", admin, "POST", "/campaigns", Campaign(_lab.OtherClient));
        var own = await Host.DoneAsync(201, admin, "POST", "/campaigns", Campaign(_lab.Client));
        Assert.Equal(_lab.Client, (string?)own["client_id"]);
        await Host.RefusedAsync(403, "forbidden", admin, "DELETE", $"/campaigns/{own["id"]}");
    }

    [Fact]
    public async Task Whoever_may_not_read_what_was_said_is_not_told_what_was_found_in_it()
    {
        string call = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "busy"), path = "/calls/" + call;
        await _lab.EndsAsync(call);
        var shown = await Host.DoneAsync(200, _lab.Viewer, "GET", path);
        Assert.Equal((true, false), (shown.ContainsKey("analysis"), shown.ContainsKey("client_price")));
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/clients/" + _lab.Client,
            """{"permissions":{"calls.transcript.read":false,"calls.price.read":true}}""");
        shown = await Host.DoneAsync(200, _lab.Viewer, "GET", path);
        Assert.Equal((false, true), (shown.ContainsKey("analysis"), shown.ContainsKey("client_price")));
        Assert.True((await Host.DoneAsync(200, Host.OwnerA, "GET", path)).ContainsKey("analysis"));
    }

    private Task<(int Status, JsonNode? Body)> AddAsync(string token, string batch) =>
        Host.AskAsync(token, "POST", $"/batches/{batch}/contacts", $$"""{"contacts":[{"phone_number":"+155503001{{10 + _added++}}"}]}""");

    /// <summary>A file is no JSON.</summary>
    private async Task<int> StatusAsync(string token, string path) => (await Host.FileAsync(token, path)).Status;
}
