using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyLimitsOnSqliteTests() : AgencyLimitTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyLimitsOnPostgresTests() : AgencyLimitTests(Product.Postgres);

/// <summary>How much of what an agency has a client of it may use.</summary>
public abstract class AgencyLimitTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    private string Path => "/clients/" + _lab.Client;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Limits_are_the_agencys_to_say_and_what_is_not_named_stays()
    {
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        Assert.Equal("""
            {"max_concurrent":null,"max_agents":null,"max_numbers":null,"max_minutes_month":null,"max_contacts":null,"overage":"block"}
            """, (await Host.DoneAsync(200, admin, "GET", Path))["limits"]!.ToJsonString());
        var set = await LimitAsync("""{"max_concurrent":0,"max_agents":3,"overage":"allow"}""");
        Assert.Equal((0, 3, "allow"), ((int)set["max_concurrent"]!, (int)set["max_agents"]!, (string?)set["overage"]));
        Assert.Equal(0, (int)(await Host.DoneAsync(200, Host.OwnerA, "GET", Path + "/usage"))["max_concurrent_calls"]!);
        set = await LimitAsync("""{"max_agents":null,"max_contacts":7}""");
        Assert.Equal("""
            {"max_concurrent":0,"max_agents":null,"max_numbers":null,"max_minutes_month":null,"max_contacts":7,"overage":"allow"}
            """, set.ToJsonString());

        await Host.RefusedAsync(403, "client_permission_denied", admin, "PATCH", Path, """{"limits":{"max_concurrent":5}}""");
        string[] wrong =
        [
            """{"max_concurrent":-1}""", """{"max_concurrent":10001}""", """{"max_agents":"5"}""", """{"max_agents":1.5}""",
            """{"max_contacts":true}""", """{"overage":"charge"}""", """{"max_batches":5}""",
        ];
        foreach (string one in wrong)
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "PATCH", Path, $$"""{"limits":{{one}} }""");
        Assert.Equal(7, (int)(await Host.DoneAsync(200, Host.OwnerA, "GET", Path))["limits"]!["max_contacts"]!);
        set = (await Host.DoneAsync(200, Host.OwnerA, "PATCH", Path, """{"limits":null}"""))["limits"]!.AsObject();
        Assert.Equal((null, null, "block"), ((int?)set["max_concurrent"], (int?)set["max_contacts"], (string?)set["overage"]));

        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/clients",
            """{"name":"New","limits":{"max_numbers":2,"max_concurrent":4}}""");
        Assert.Equal((2, 4), ((int)made["limits"]!["max_numbers"]!, (int)made["limits"]!["max_concurrent"]!));
    }

    [Fact]
    public async Task Agents_and_numbers_are_given_as_far_as_there_is_room()
    {
        string number = "/numbers/" + (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]![0]!["id"]!;
        string agent = "/agents/" + _lab.Agent, given = $$"""{"client_id":"{{_lab.Client}}"}""";
        await LimitAsync("""{"max_agents":0,"max_numbers":0}""");
        await FullAsync("PATCH", agent, given);
        await FullAsync("POST", "/agents", $$"""{"name":"One more","client_id":"{{_lab.Client}}"}""");
        await FullAsync("PATCH", number, given);
        var assigned = await Host.DoneAsync(200, Host.OwnerA, "POST", "/agents/assign",
            $$"""{"agent_id":"{{_lab.Agent}}","client_id":"{{_lab.Client}}"}""");
        Assert.StartsWith("The client has 0 agents", (string?)assigned["results"]![0]!["error"], StringComparison.Ordinal);
        // The agency's own are no client's.
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents", """{"name":"Ours"}""");

        await LimitAsync("""{"max_agents":1,"max_numbers":1}""");
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", agent, given);
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", number, given);
        await FullAsync("POST", "/agents", $$"""{"name":"One more","client_id":"{{_lab.Client}}"}""");
        // What it has stays, and may be changed.
        await LimitAsync("""{"max_agents":0,"max_numbers":0}""");
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", agent, $$"""{"client_id":"{{_lab.Client}}","name":"Renamed"}""");
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", number, $$"""{"client_id":"{{_lab.Client}}","friendly_name":"Main"}""");
        await LimitAsync("""{"overage":"allow"}""");
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents", $$"""{"name":"One more","client_id":"{{_lab.Client}}"}""");
    }

    [Fact]
    public async Task Contacts_are_taken_as_far_as_there_is_room_for_all_of_them()
    {
        string campaign = await _lab.CampaignAsync(), other = await _lab.CampaignAsync(client: _lab.OtherClient);
        await LimitAsync("""{"max_contacts":3}""");
        await FullAsync("POST", "/batches", _lab.BatchOf(campaign, Numbers(0, 4), """{"hold":true}"""));
        string batch = (string)(await _lab.BatchAsync(campaign, Numbers(0, 2), """{"hold":true}"""))["id"]!;
        await FullAsync("POST", $"/batches/{batch}/contacts", Contacts(2, 2));
        await FullAsync("POST", $"/campaigns/{campaign}/contacts", Contacts(2, 2));
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/campaigns/{campaign}/contacts", Contacts(2, 1));
        // One that waits counts, and of another client's nothing does.
        await FullAsync("POST", $"/batches/{batch}/contacts", Contacts(3, 1));
        await _lab.BatchAsync(other, Numbers(0, 5), """{"hold":true}""");
        Assert.Equal(2, (await _lab.ContactsAsync(batch)).Count);
        var usage = await Host.DoneAsync(200, _lab.Viewer, "GET", Path + "/usage");
        Assert.Equal((3, 3, 0m, null), ((int)usage["contacts"]!, (int)usage["limits"]!["max_contacts"]!,
            (decimal)usage["minutes_this_month"]!, (int?)usage["limits"]!["max_agents"]));
        await LimitAsync("""{"max_contacts":4}""");
        await Host.DoneAsync(201, Host.OwnerA, "POST", $"/batches/{batch}/contacts", Contacts(3, 1));
    }

    public static TheoryData<bool> Batches => Depth.Rows(gate: [true], deep: [false]);

    [Theory, MemberData(nameof(Batches))]
    public async Task Contacts_that_are_there_are_corrected_where_there_is_room_for_nobody_more(bool isBatch)
    {
        string campaign = await _lab.CampaignAsync();
        string batch = (string)(await _lab.BatchAsync(campaign, [], """{"contacts":null,"hold":true}"""))["id"]!;
        string path = isBatch ? $"/batches/{batch}/contacts" : $"/campaigns/{campaign}/contacts";
        await Host.DoneAsync(201, Host.OwnerA, "POST", path, Contacts(0, 2));
        // Fewer than it has.
        await LimitAsync("""{"max_contacts":1}""");
        const string body = """
            {"contacts":[{"phone_number":"+15550300100","company":"Acme"},{"phone_number":"+15550300101"}],"on_duplicate":"update"}
            """;
        var done = (await Host.DoneAsync(201, Host.OwnerA, "POST", path, body))["contacts"]!;
        Assert.Equal((0, 2, 2), ((int)done["accepted"]!, (int)done["duplicates"]!, (int)done["updated"]!));
        Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", path))["contacts"]!.AsArray(),
            one => (string?)one!["company"] == "Acme");
        // With those who are there, only the others need room.
        await FullAsync("POST", path, Contacts(0, 3));
        await LimitAsync("""{"max_contacts":3}""");
        Assert.Equal(1, (int)(await Host.DoneAsync(201, Host.OwnerA, "POST", path, Contacts(0, 3)))["contacts"]!["accepted"]!);
        await FullAsync("POST", path, Contacts(2, 2));
    }

    [Fact]
    public async Task Whoever_has_talked_for_the_minutes_of_a_month_calls_no_more_in_it()
    {
        string campaign = await _lab.CampaignAsync();
        await LimitAsync("""{"max_minutes_month":1}""");
        string call = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "ok-1");
        string batch = (string)(await _lab.BatchAsync(campaign, Numbers(0, 20), """{"hold":true}"""))["id"]!;
        await _lab.EndsAsync(call);
        Assert.Equal(1, (decimal)(await Host.DoneAsync(200, Host.OwnerA, "GET", Path + "/usage"))["minutes_billed"]!);
        await FullAsync("POST", "/batches", _lab.BatchOf(campaign, Numbers(0, 1)));
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/resume");
        Assert.Equal("max_minutes_month", (string?)(await _lab.BecomesAsync(batch, "paused"))["failure_code"]);
        await LimitAsync("""{"max_minutes_month":100}""");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/resume");
        await _lab.BecomesAsync(batch, "processing");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
    }

    [Fact]
    public async Task Of_several_who_come_at_once_one_has_the_last_place()
    {
        string campaign = await _lab.CampaignAsync();
        string batch = (string)(await _lab.BatchAsync(campaign, [], """{"contacts":null,"hold":true}"""))["id"]!;
        await LimitAsync("""{"max_agents":1,"max_contacts":1}""");
        await OneOfAsync("/agents", _ => $$"""{"name":"One more","client_id":"{{_lab.Client}}"}""");
        await OneOfAsync($"/batches/{batch}/contacts", nth => Contacts(nth, 1));
        await LimitAsync("""{"max_contacts":2}""");
        await OneOfAsync($"/campaigns/{campaign}/contacts", nth => Contacts(4 + nth, 1));
        await LimitAsync("""{"max_contacts":4}""");
        await OneOfAsync("/batches", nth => _lab.BatchOf(campaign, Numbers(8 + 2 * nth, 2), """{"hold":true}"""));
        Assert.Equal(4, (await Host.DoneAsync(200, Host.OwnerA, "GET", $"/campaigns/{campaign}/contacts"))["contacts"]!.AsArray().Count);
        // Of those that were refused nothing is left by which the node would dial.
        foreach (string left in new[]
            {
                "select count(*) from rw_target where list_id not in (select list_id from call_batches)",
                "select count(*) from rw_campaign where id not in (select id from call_batches)",
                "select count(*) from rw_target_list where id not in (select list_id from call_batches)",
            })
            Assert.Equal(0, await Host.Node.Node.Database.Sql.ReadAsync(db => db.ExecuteScalar<long>(left),
                TestContext.Current.CancellationToken));
    }

    private async Task OneOfAsync(string path, Func<int, string> bodyOf)
    {
        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(nth => Host.AskAsync(Host.OwnerA, "POST", path, bodyOf(nth))));
        Assert.Equal([201, 403, 403, 403], asked.Select(one => one.Status).Order());
        Assert.All(asked.Where(one => one.Status == 403), one => Assert.Equal("plan_limit", (string?)one.Body!["error"]!["code"]));
    }

    [Fact]
    public async Task An_agent_and_a_number_stay_with_whom_a_batch_calls_for()
    {
        string campaign = await _lab.CampaignAsync(), other = $$"""{"client_id":"{{_lab.OtherClient}}"}""";
        string batch = (string)(await _lab.BatchAsync(campaign, Numbers(0, 1), """{"hold":true}"""))["id"]!;
        string number = "/numbers/" + (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]![0]!["id"]!;
        string agent = "/agents/" + _lab.Agent;
        await Host.RefusedAsync(409, "agent_in_use", Host.OwnerA, "PATCH", agent, other);
        await Host.RefusedAsync(409, "number_in_use", Host.OwnerA, "PATCH", number, other);
        var assigned = await Host.DoneAsync(200, Host.OwnerA, "POST", "/agents/assign",
            $$"""{"agent_id":"{{_lab.Agent}}","client_id":"{{_lab.OtherClient}}"}""");
        Assert.StartsWith("A batch of another client", (string?)assigned["results"]![0]!["error"], StringComparison.Ordinal);
        // The client's own they may become, and the agency's again.
        foreach (string to in new[] { $$"""{"client_id":"{{_lab.Client}}"}""", """{"client_id":null}""" })
            foreach (string path in new[] { agent, number }) await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, to);
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        foreach (string path in new[] { agent, number }) await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, other);
        foreach (string path in new[] { agent, number }) await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, """{"client_id":null}""");

        // Of a move and a batch that come at once one is done.
        for (int round = 0; round < 3; round++)
        {
            string fresh = (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/agents", """{"name":"Bert"}"""))["id"]!;
            string body = _lab.BatchOf(campaign, Numbers(1, 1), $$"""{"agent_mapping_id":"{{fresh}}","hold":true}""");
            var asked = await Task.WhenAll(Host.AskAsync(Host.OwnerA, "PATCH", "/agents/" + fresh, other),
                Host.AskAsync(Host.OwnerA, "POST", "/batches", body));
            Assert.True(asked[0].Status == 200 != (asked[1].Status == 201), $"{asked[0]} {asked[1]}");
        }
    }

    [Fact]
    public async Task Who_moves_an_agent_or_a_number_first_makes_the_row_by_which_moves_and_batches_take_turns()
    {
        string number = "/numbers/" + (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]![0]!["id"]!;
        string agency = (string)Host.AccountA["id"]!;
        var (sql, stop) = (Host.Node.Node.Database.Sql, TestContext.Current.CancellationToken);
        foreach (string path in new[] { "/agents/" + _lab.Agent, number })
        {
            await sql.WriteAsync(db => db.Execute("delete from agencies where tenant_id = @agency", new { agency }), stop);
            await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, $$"""{"client_id":"{{_lab.Client}}"}""");
            Assert.Equal(1, await sql.ReadAsync(
                db => db.ExecuteScalar<long>("select count(*) from agencies where tenant_id = @agency", new { agency }), stop));
        }
    }

    private async Task<JsonObject> LimitAsync(string limits) =>
        (await Host.DoneAsync(200, Host.OwnerA, "PATCH", Path, $$"""{"limits":{{limits}} }"""))["limits"]!.AsObject();

    private Task FullAsync(string method, string path, string body) =>
        Host.RefusedAsync(403, "plan_limit", Host.OwnerA, method, path, body);

    private static IEnumerable<string> Numbers(int first, int count) => Enumerable.Range(100 + first, count).Select(n => $"+15550300{n}");

    private static string Contacts(int first, int count) => new JsonObject
    {
        ["contacts"] = new JsonArray([.. Numbers(first, count).Select(number => (JsonNode)new JsonObject { ["phone_number"] = number })]),
    }.ToJsonString();
}
