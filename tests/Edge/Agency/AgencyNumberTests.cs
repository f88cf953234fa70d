using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyNumbersOnSqliteTests() : AgencyNumberTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyNumbersOnPostgresTests() : AgencyNumberTests(Product.Postgres);

/// <summary>Section F of the agency's cases, as far as numbers are kept and assigned.</summary>
public abstract class AgencyNumberTests(Product product) : IAsyncLifetime
{
    private const string First = "+15550100001", Second = "+15550100002", Of = "+15550100003", Foreign = "+15550100004";

    private AgencyHost _host = null!;       // set before each test, like those below
    private string _client = "", _other = "";

    private OperatorClient Desk => new(_host.Node);

    public async ValueTask InitializeAsync()
    {
        _host = await AgencyHost.StartAsync(product);
        (_client, _other) = (await _host.ClientAsync(_host.OwnerA, "Client one"), await _host.ClientAsync(_host.OwnerA, "Client two"));
        foreach (var (account, number) in new[]
            {
                ((string)_host.AccountA["id"]!, First), ((string)_host.AccountA["id"]!, Second), (_client, Of),
                ((string)_host.AccountB["id"]!, Foreign),
            })
            await Desk.DataAsync("POST", $"/accounts/{account}/numbers", $$"""{"phone_number":"{{number}}"}""");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Numbers_of_the_agency_and_of_its_clients_are_listed_and_nobody_elses()
    {
        Assert.Equal([First, Second, Of], await TextsAsync(_host.OwnerA));
        Assert.Equal([Foreign], await TextsAsync(_host.OwnerB));
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", _client);
        var (_, neighbour) = await _host.UserAsync(_host.OwnerA, "cv2", "client_viewer", _other);
        Assert.Equal([Of], await TextsAsync(viewer));
        Assert.Empty(await TextsAsync(neighbour));
        Assert.Empty(await TextsAsync(neighbour, "?client_id=" + _client));
        string id = await IdAsync(First), own = await IdAsync(Of);
        var shown = await _host.DoneAsync(200, _host.OwnerA, "GET", "/numbers/" + id);
        Assert.Equal((First, "active", true, true, "inbound", null, null), ((string?)shown["phone_number"], (string?)shown["status"],
            (bool)shown["is_active"]!, (bool)shown["outbound_allowed"]!, (string?)shown["direction"], (string?)shown["client_id"],
            (string?)shown["agent_mapping_id"]));
        Assert.Equal(_client, (string?)(await _host.DoneAsync(200, viewer, "GET", "/numbers/" + own))["client_id"]);
        foreach (var (token, number) in new[] { (_host.OwnerB, id), (_host.OwnerB, own), (neighbour, own), (viewer, id) })
            await _host.RefusedAsync(404, "not_found", token, "GET", "/numbers/" + number);
        await _host.RefusedAsync(404, "not_found", _host.OwnerB, "PATCH", "/numbers/" + id, """{"friendly_name":"mine"}""");
        await _host.RefusedAsync(403, "forbidden", viewer, "PATCH", "/numbers/" + own, """{"friendly_name":"mine"}""");
        await _host.RefusedAsync(403, "forbidden", viewer, "POST", $"/numbers/{own}/assign",
            $$"""{"agent_mapping_id":"{{Guid.CreateVersion7()}}"}""");
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "GET", "/numbers?limit=201");
        Assert.Equal([First, Second, Of], await TextsAsync(_host.OwnerA, "?status=active"));
        Assert.Empty(await TextsAsync(_host.OwnerA, "?status=suspended"));
        Assert.Equal([Second], await TextsAsync(_host.OwnerA, "?search=0002"));
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_number_is_given_to_a_client_and_to_an_agent_and_taken_again()
    {
        string id = await IdAsync(First), agent = await AgentAsync(_client), foreign = await AgentAsync(null, _host.OwnerB);
        var after = await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/numbers/" + id,
            $$"""{"friendly_name":"Front desk","direction":"outbound","client_id":"{{_client}}","outbound_allowed":false}""");
        Assert.Equal(("Front desk", "outbound", _client, false), ((string?)after["friendly_name"], (string?)after["direction"],
            (string?)after["client_id"], (bool)after["outbound_allowed"]!));
        Assert.Equal(after.ToJsonString(), (await _host.DoneAsync(200, _host.OwnerA, "GET", "/numbers/" + id)).ToJsonString());
        var (_, viewer) = await _host.UserAsync(_host.OwnerA, "cv1", "client_viewer", _client);
        Assert.Equal([First, Of], await TextsAsync(viewer));
        Assert.Equal([First], await TextsAsync(_host.OwnerA, "?search=front"));

        string assign = $$"""{"agent_mapping_id":"{{agent}}"}""";
        var assigned = await _host.DoneAsync(200, _host.OwnerA, "POST", $"/numbers/{id}/assign", assign);
        Assert.Equal(agent, (string?)assigned["agent_mapping_id"]);
        Assert.Equal([First], await TextsAsync(_host.OwnerA, "?assigned=true"));
        Assert.Equal([Second, Of], await TextsAsync(_host.OwnerA, "?assigned=false"));
        Assert.Equal([Second, Of], await TextsAsync(_host.OwnerA, "?unassigned=true"));
        Assert.Equal(1, (int)(await _host.DoneAsync(200, _host.OwnerA, "GET", "/agents"))["agents"]![0]!["numbers"]!);
        Assert.Equal([First], await TextsAsync(_host.OwnerA, "?agent_id=" + agent));
        var page = await _host.DoneAsync(200, _host.OwnerA, "GET", "/numbers?limit=1&status=active");
        Assert.Equal("""{"total":3,"active":3,"pending":0,"inactive":0,"assigned":1,"unassigned":2}""", page["summary"]!.ToJsonString());
        Assert.Equal("""{"total":3,"limit":1,"offset":0,"has_more":true}""", page["pagination"]!.ToJsonString());
        var able = Assert.Single(page["available_agents"]!.AsArray())!;
        Assert.Equal((agent, "Anna", _client), ((string?)able["id"], (string?)able["name"], (string?)able["client_id"]));
        var (_, beholder) = await _host.UserAsync(_host.OwnerA, "cv2", "client_viewer", _other);
        var theirs = await _host.DoneAsync(200, beholder, "GET", "/numbers");
        Assert.Equal((0, 0), ((int)theirs["summary"]!["total"]!, theirs["available_agents"]!.AsArray().Count));
        Assert.False((await _host.DoneAsync(200, _host.OwnerA, "GET", "/numbers?include_agents=false")).ContainsKey("available_agents"));
        // An agent of another client, one of another agency, and a client of another agency.
        string beside = await AgentAsync(_other);
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "POST", $"/numbers/{id}/assign",
            $$"""{"agent_mapping_id":"{{beside}}"}""");
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "PATCH", "/numbers/" + id, $$"""{"client_id":"{{_other}}"}""");
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "POST", $"/numbers/{id}/assign",
            $$"""{"agent_mapping_id":"{{foreign}}"}""");
        string strange = await _host.ClientAsync(_host.OwnerB, "Client of B");
        await _host.RefusedAsync(404, "not_found", _host.OwnerA, "PATCH", "/numbers/" + id, $$"""{"client_id":"{{strange}}"}""");
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "PATCH", "/numbers/" + await IdAsync(Of), """{"client_id":null}""");
        await _host.RefusedAsync(400, "invalid_enum", _host.OwnerA, "PATCH", "/numbers/" + id, """{"status":"released"}""");

        Assert.Null((await _host.DoneAsync(200, _host.OwnerA, "DELETE", $"/numbers/{id}/assign"))["agent_mapping_id"]);
        await _host.DoneAsync(200, _host.OwnerA, "POST", $"/numbers/{id}/assign", assign);
        // Case R04.
        await _host.DoneAsync(200, _host.OwnerA, "DELETE", "/agents/" + agent);
        Assert.Empty(await TextsAsync(_host.OwnerA, "?assigned=true"));
        var freed = await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/numbers/" + id, """{"client_id":null,"friendly_name":null}""");
        Assert.Null(freed["client_id"]);
        Assert.Null(freed["friendly_name"]);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_number_that_somebody_disables_is_inactive_and_no_batch_calls_from_it_until_it_is_enabled()
    {
        string id = await IdAsync(First), agent = await AgentAsync(null);
        string campaign = (string)(await _host.DoneAsync(201, _host.OwnerA, "POST", "/campaigns",
            $$"""{"client_id":"{{_client}}","name":"C","type":"sdr","max_attempts":1,"consent_required":"none"}"""))["id"]!;
        string batch = $$"""
            {"agent_mapping_id":"{{agent}}","campaign_id":"{{campaign}}","from_number":"{{First}}","hold":true,
             "contacts":[{"phone_number":"+15550300011"}]}
            """;
        var off = await SetAsync("inactive");
        Assert.Equal(("inactive", true), ((string?)off["status"], (bool)off["is_active"]!));
        Assert.Equal(off.ToJsonString(), (await _host.DoneAsync(200, _host.OwnerA, "GET", "/numbers/" + id)).ToJsonString());
        foreach (string word in new[] { "inactive", "suspended" })
            Assert.Equal([First], await TextsAsync(_host.OwnerA, "?status=" + word));
        Assert.Equal([Second, Of], await TextsAsync(_host.OwnerA, "?status=active"));
        await _host.RefusedAsync(400, "validation_error", _host.OwnerA, "POST", "/batches", batch);
        // What else is said of it leaves it as it is.
        Assert.Equal("inactive", (string?)(await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/numbers/" + id,
            """{"friendly_name":"Front desk"}"""))["status"]);

        Assert.Equal("active", (string?)(await SetAsync("active"))["status"]);
        string held = (string)(await _host.DoneAsync(201, _host.OwnerA, "POST", "/batches", batch))["batch"]!["id"]!;
        await _host.RefusedAsync(409, "number_in_use", _host.OwnerA, "PATCH", "/numbers/" + id, """{"status":"inactive"}""");
        await _host.DoneAsync(200, _host.OwnerA, "POST", $"/batches/{held}/cancel");
        await SetAsync("inactive");

        Task<JsonObject> SetAsync(string status) =>
            _host.DoneAsync(200, _host.OwnerA, "PATCH", "/numbers/" + id, $$"""{"status":"{{status}}"}""");
    }

    [Fact]
    public async Task A_client_that_is_suspended_has_no_number_to_call_from_until_it_is_active_again()
    {
        string path = "/clients/" + _client;
        var (_, admin) = await _host.UserAsync(_host.OwnerA, "ca1", "client_admin", _client);
        await _host.RefusedAsync(403, "client_permission_denied", admin, "PATCH", path, """{"status":"suspended"}""");
        await _host.RefusedAsync(400, "invalid_enum", _host.OwnerA, "PATCH", path, """{"status":"archived"}""");
        foreach (var (status, number) in new[] { ("suspended", "inactive"), ("active", "active") })
        {
            var changed = await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, $$"""{"status":"{{status}}"}""");
            Assert.Equal(status, (string?)changed["status"]);
            Assert.Equal(status, (string?)(await _host.DoneAsync(200, _host.OwnerA, "GET", path))["status"]);
            var shown = await _host.DoneAsync(200, _host.OwnerA, "GET", "/numbers/" + await IdAsync(Of));
            Assert.Equal(number, (string?)shown["status"]);
            // Its people may do nothing meanwhile, and need no other password afterwards.
            string signIn = $$"""{"email":"ca1@example.com","password":"{{AgencyHost.Password}}"}""";
            if (status is "suspended")
            {
                await _host.RefusedAsync(403, "forbidden", admin, "GET", path);
                await _host.RefusedAsync(403, "forbidden", admin, "PATCH", path, """{"name":"Mine"}""");
                await _host.RefusedAsync(403, "forbidden", null, "POST", "/auth/login", signIn);
            }
            else
            {
                await _host.DoneAsync(200, admin, "GET", path);
                await _host.DoneAsync(200, null, "POST", "/auth/login", signIn);
            }
        }
        // Its name changes, and it stays as it is.
        Assert.Equal("active", (string?)(await _host.DoneAsync(200, _host.OwnerA, "PATCH", path, """{"name":"Client 1"}"""))["status"]);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_number_that_has_gone_is_released_and_its_next_owner_has_it_as_new()
    {
        // Cases N07 and N08.
        string id = await IdAsync(First);
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/numbers/" + id, """{"friendly_name":"Front desk"}""");
        await _host.Node.Socket.SendAsync(HttpMethod.Post, "node/numbers/ported", new JsonObject { ["number"] = First, ["out"] = true },
            TestContext.Current.CancellationToken);
        Assert.Equal([Second, Of], await TextsAsync(_host.OwnerA));
        Assert.Equal([First, Second, Of], await TextsAsync(_host.OwnerA, "?include_released=true"));
        Assert.Equal([First], await TextsAsync(_host.OwnerA, "?status=released"));
        var gone = await _host.DoneAsync(200, _host.OwnerA, "GET", "/numbers/" + id);
        Assert.Equal(("released", false), ((string?)gone["status"], (bool)gone["is_active"]!));
        string agent = await AgentAsync(null);
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "POST", $"/numbers/{id}/assign",
            $$"""{"agent_mapping_id":"{{agent}}"}""");
        await _host.RefusedAsync(409, "invalid_state", _host.OwnerA, "PATCH", "/numbers/" + id, """{"friendly_name":"x"}""");
    }

    [Fact]
    public async Task A_number_that_another_API_gave_back_comes_again_without_its_agent_and_name()
    {
        string id = await IdAsync(First), agent = await AgentAsync(null), numbers = $"/accounts/{_host.AccountA["id"]}/numbers";
        await _host.DoneAsync(200, _host.OwnerA, "POST", $"/numbers/{id}/assign", $$"""{"agent_mapping_id":"{{agent}}"}""");
        await _host.DoneAsync(200, _host.OwnerA, "PATCH", "/numbers/" + id, """{"friendly_name":"Front desk"}""");
        var held = (await Desk.DataAsync("GET", numbers)).AsArray().Single(one => (string?)one!["phone_number"] == First)!;
        await Desk.DataAsync("DELETE", $"{numbers}/{held["id"]}");
        await Desk.DataAsync("POST", numbers, $$"""{"phone_number":"{{First}}"}""");
        var again = await _host.DoneAsync(200, _host.OwnerA, "GET", "/numbers/" + id);
        Assert.Equal(("active", null, null), ((string?)again["status"], (string?)again["agent_mapping_id"],
            (string?)again["friendly_name"]));
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_row_that_says_what_a_number_is_no_more_is_corrected_when_somebody_asks()
    {
        string id = await IdAsync(First), agent = await AgentAsync(null);
        await _host.DoneAsync(200, _host.OwnerA, "POST", $"/numbers/{id}/assign", $$"""{"agent_mapping_id":"{{agent}}"}""");
        var first = await _host.DoneAsync(200, _host.OwnerA, "POST", "/numbers/reconcile", "{}");
        Assert.Equal((3, 0), ((int)first["stats"]!["checked"]!, (int)first["stats"]!["corrected"]!));
        await _host.Node.Socket.SendAsync(HttpMethod.Post, "node/numbers/ported", new JsonObject { ["number"] = First, ["out"] = true },
            TestContext.Current.CancellationToken);
        Assert.Equal(["active"], await RowsAsync());
        var corrected = await _host.DoneAsync(200, _host.OwnerA, "POST", "/numbers/reconcile");
        var one = Assert.Single(corrected["corrected"]!.AsArray())!;
        Assert.Equal((id, First, "active", "released"),
            ((string?)one["id"], (string?)one["phone_number"], (string?)one["was"], (string?)one["status"]));
        Assert.Equal(["released"], await RowsAsync());
        Assert.Empty((await _host.DoneAsync(200, _host.OwnerA, "POST", "/numbers/reconcile"))["corrected"]!.AsArray());

        async Task<IEnumerable<string>> RowsAsync() => await _host.Node.Node.Database.Sql.ReadAsync(db => db.Query<string>(
            "select cast(status as text) from agency_phone_numbers where phone_number = @number", new { number = First }).ToList(),
            TestContext.Current.CancellationToken);
    }

    private async Task<string> AgentAsync(string? client, string? token = null) =>
        (string)(await _host.DoneAsync(201, token ?? _host.OwnerA, "POST", "/agents",
            new JsonObject { ["name"] = "Anna", ["client_id"] = client }.ToJsonString()))["id"]!;

    private async Task<string> IdAsync(string number) => (string)(await _host.DoneAsync(200, _host.OwnerA, "GET",
        "/numbers?search=" + number[1..]))["numbers"]![0]!["id"]!;

    private async Task<string[]> TextsAsync(string token, string query = "") =>
        [
            .. (await _host.DoneAsync(200, token, "GET", "/numbers" + query))["numbers"]!.AsArray()
                .Select(row => (string)row!["phone_number"]!),
        ];
}
