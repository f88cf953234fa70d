using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyBillingOnSqliteTests() : AgencyBillingTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyBillingOnPostgresTests() : AgencyBillingTests(Product.Postgres);

/// <summary>What an agency asks of its clients, and what they are charged.</summary>
public abstract class AgencyBillingTests(Product product) : IAsyncLifetime
{
    private const string OfClient = "+15550100003";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Calls_and_numbers_of_a_client_are_charged_once_by_the_plan_that_it_has()
    {
        await new OperatorClient(Host.Node).DataAsync("POST", $"/accounts/{_lab.Client}/numbers", $$"""{"phone_number":"{{OfClient}}"}""");
        string key = await _lab.KeyOfAsync(_lab.Client), plan = await PlanAsync("Usual");
        // Nothing was asked of the client yet.
        await _lab.EndsAsync(await _lab.DialAsync(key, "ok-1"));
        var client = await RateAsync(plan);
        Assert.Equal(plan, (string?)client["rate_plan_id"]);
        string call = await _lab.DialAsync(key, "ok-1");
        await _lab.EndsAsync(call);
        await _lab.EndsAsync(await _lab.DialAsync(key, "busy"));

        var invoice = await InvoiceAsync(one => (int)one["calls"]! == 1);
        Assert.Equal(("USD", "open", 1, 1.0m, 0.0m, "0.10", 1, "1.50", "1.60"), ((string?)invoice["currency"], (string?)invoice["status"],
            (int)invoice["calls"]!, (decimal)invoice["minutes_billed"]!, (decimal)invoice["minutes_included"]!,
            (string?)invoice["call_charges"], (int)invoice["numbers"]!, (string?)invoice["number_fees"], (string?)invoice["client_price"]));
        var charges = await ChargesAsync(Host.OwnerA, "?month=" + invoice["month"]);
        Assert.Equal($"{call}  0.10| {OfClient} 1.50", string.Join('|', charges.OrderBy(one => (string?)one["kind"], StringComparer.Ordinal)
            .Select(one => $"{one["call_id"]} {one["phone_number"]} {one["client_price"]}")));
        Assert.All(charges, one => Assert.Equal(plan, (string?)one["rate_plan_id"]));
        var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + call);
        Assert.Equal(("0.10", "USD"), ((string?)shown["client_price"], (string?)shown["client_price_currency"]));
        Assert.False((await Host.DoneAsync(200, _lab.Viewer, "GET", "/calls/" + call)).ContainsKey("client_price"));

        // What was charged stays as it was, and whoever looks again charges nothing.
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/rate-plans/" + plan, """{"price_per_minute":"0.20","currency":"EUR"}""");
        string token = await Host.AdministratorAsync();
        await Host.DoneAsync(200, token, "POST", "/admin/workers/charges/tick");
        Assert.Equal("1.60", (string?)(await InvoiceAsync(_ => true))["client_price"]);
        Assert.Equal(2, (await ChargesAsync(Host.OwnerA)).Count);
        Assert.Empty(await ChargesAsync(Host.OwnerA, "?month=2020-01"));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", $"/clients/{_lab.Client}/charges?month=2020-13");

        await FiguresAsync();
        await WhoeverMaySeeItAsync(plan);
    }

    /// <summary>The agency knows what it asks and what that leaves; a client what it is asked, where it may know.</summary>
    private async Task FiguresAsync()
    {
        string usage = $"/clients/{_lab.Client}/usage?period=7d", prices = """[{"currency":"USD","client_price":"1.60"}]""";
        var (_, member) = await Host.UserAsync(Host.OwnerA, "member", "agency_member");
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca", "client_admin", _lab.Client);
        foreach (var (token, seesMargin) in new[] { (Host.OwnerA, true), (member, false), (admin, false) })
        {
            var shown = await Host.DoneAsync(200, token, "GET", usage);
            Assert.Equal((prices, seesMargin, seesMargin), (shown["client_prices"]!.ToJsonString(), shown.ContainsKey("margin"),
                shown.ContainsKey("costs")));
        }
        // Nothing is paid for the calls of this lab.
        Assert.Equal(100m, (decimal)(await Host.DoneAsync(200, Host.OwnerA, "GET", usage))["margin"]!);
        Assert.False((await Host.DoneAsync(200, _lab.Viewer, "GET", usage)).ContainsKey("client_prices"));
        var overview = await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/overview");
        Assert.Equal(prices, overview["summary"]!["client_prices"]!.ToJsonString());
        // A plan is of all calls: of one direction there is no price.
        overview = await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/overview?direction=outbound");
        Assert.False(overview["summary"]!.AsObject().ContainsKey("client_prices"));
        var charge = Assert.Single(await ChargesAsync(admin, "?limit=1"));
        Assert.False(charge.ContainsKey("rate_plan_id"));
    }

    private async Task WhoeverMaySeeItAsync(string plan)
    {
        var (_, manager) = await Host.UserAsync(Host.OwnerA, "manager", "agency_admin");
        var (_, neighbour) = await Host.UserAsync(Host.OwnerA, "neighbour", "client_admin", _lab.OtherClient);
        Assert.Single((await Host.DoneAsync(200, manager, "GET", "/rate-plans"))["rate_plans"]!.AsArray());
        await Host.RefusedAsync(403, "forbidden", manager, "PATCH", "/rate-plans/" + plan, """{"name":"Mine"}""");
        foreach (string list in new[] { "invoices", "charges" })
        {
            await Host.DoneAsync(200, manager, "GET", $"/clients/{_lab.Client}/{list}");
            await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "GET", $"/clients/{_lab.Client}/{list}");
            await Host.RefusedAsync(404, "not_found", neighbour, "GET", $"/clients/{_lab.Client}/{list}");
            await Host.RefusedAsync(404, "not_found", Host.OwnerB, "GET", $"/clients/{_lab.Client}/{list}");
        }
        await Host.RefusedAsync(403, "forbidden", neighbour, "GET", "/rate-plans");
        await Host.RefusedAsync(403, "client_permission_denied", neighbour, "PATCH", "/clients/" + _lab.OtherClient,
            """{"rate_plan_id":null}""");

        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "DELETE", "/rate-plans/" + plan);
        await RateAsync(null);
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/rate-plans/" + plan);
        // It is gone, and what was charged by it is not.
        Assert.Equal("1.60", (string?)(await InvoiceAsync(_ => true))["client_price"]);
    }

    [Fact, Depth("the gate charges calls once, shows them to their client alone and reads a history")]
    public async Task A_call_shows_what_the_line_has_cost_to_the_agency_and_to_nobody_else()
    {
        string key = await _lab.KeyOfAsync(_lab.Client), free = await _lab.DialAsync(key, "ok-1");
        await _lab.EndsAsync(free);
        var deck = await new OperatorClient(Host.Node).DataAsync("POST", "/rate_decks", """{"name":"deck","default":true}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{OperatorClient.Root}/rate_decks/{deck["id"]}/rates")
        {
            Content = new StringContent("prefix,price,initial,increment\n+1555,0.0085,60,60\n", null, "text/csv"),
            Headers = { Authorization = new("Bearer", OperatorClient.Key) },
        };
        using var imported = await Host.Node.Admin.SendAsync(request, Stop);
        Assert.True(imported.IsSuccessStatusCode, await imported.Content.ReadAsStringAsync(Stop));
        string paid = await _lab.DialAsync(key, "ok-1");
        await _lab.EndsAsync(paid);

        var shown = await Eventually.SomeAsync(async () =>
        {
            var call = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + paid);
            if (call["telephony_cost"] is not null) return call;
            await Task.Delay(100, Stop);
            return null;
        }, "the call is rated");
        Assert.Equal(("0.0085", "USD"), ((string?)shown["telephony_cost"], (string?)shown["telephony_cost_currency"]));
        var before = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + free);
        Assert.Equal((true, null), (before.ContainsKey("telephony_cost"), (string?)before["telephony_cost"]));
        var (_, member) = await Host.UserAsync(Host.OwnerA, "member", "agency_member");
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "ca", "client_admin", _lab.Client);
        foreach (string token in new[] { member, admin })
            Assert.False((await Host.DoneAsync(200, token, "GET", "/calls/" + paid)).ContainsKey("telephony_cost"));
    }

    [Fact]
    public async Task Whoever_asks_about_one_client_has_no_other_charged()
    {
        string plan = await PlanAsync("Usual");
        foreach (var (client, number) in new[] { (_lab.Client, OfClient), (_lab.OtherClient, "+15550100004") })
        {
            await new OperatorClient(Host.Node).DataAsync("POST", $"/accounts/{client}/numbers", $$"""{"phone_number":"{{number}}"}""");
            await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/clients/" + client, $$"""{"rate_plan_id":"{{plan}}"}""");
        }
        await InvoiceAsync(one => (int)one["numbers"]! == 1);
        var charged = await Host.Node.Node.Database.Sql.ReadAsync(
            db => db.Query<string>("select distinct client_id from usage_ledger").AsList(), Stop);
        Assert.Equal([_lab.Client], charged);
    }

    [Fact]
    public async Task A_call_that_is_up_when_its_client_is_deleted_ends_and_is_charged()
    {
        await RateAsync(await PlanAsync("Usual"));
        string call = await TalkAsync();
        string slug = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/clients/" + _lab.Client))["slug"]!;
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", $"/clients/{_lab.Client}?confirm={slug}");
        var ended = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + call);
        Assert.Equal("ended", (string?)ended["state"]);
        Assert.Equal([(call, 100_000L)], await ChargedAsync());
    }

    [Fact]
    public async Task A_call_that_outlasts_its_client_is_charged_when_it_ends()
    {
        await RateAsync(await PlanAsync("Usual"));
        string call = await TalkAsync();
        var (database, agency) = (Host.Node.Node.Database, new TenantId(Guid.Parse((string)Host.AccountA["id"]!)));
        var (account, now) = (new TenantId(Guid.Parse(_lab.Client)), database.Time.GetUtcNow());
        // As whoever has waited for its end in vain.
        Assert.True(await new ClientRemoval(database).RunAsync(agency, account, now, new()
        {
            Tenant = agency, At = now, By = AuditActor.Owner, Change = "deleted", RecordType = "client", ResourceId = _lab.Client,
        }, Stop));
        await database.ChildTenants.DisableAsync(agency, account, (_, _) => [], Stop);
        await _lab.EndsAsync(call);
        string token = await Host.AdministratorAsync();
        var charged = await Eventually.SomeAsync(async () =>
        {
            await Host.DoneAsync(200, token, "POST", "/admin/workers/charges/tick");
            if (await ChargedAsync() is { Count: > 0 } some) return some;
            await Task.Delay(100, Stop);
            return null;
        }, "the call is charged");
        Assert.Equal([(call, 100_000L)], charged);
        // Once.
        await Host.DoneAsync(200, token, "POST", "/admin/workers/charges/tick");
        Assert.Single(await ChargedAsync());
    }

    [Fact]
    public async Task A_plan_that_was_deleted_at_that_moment_is_given_to_nobody()
    {
        string plan = await PlanAsync("Usual");
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/rate-plans/" + plan);
        // As whoever found the plan before it was deleted.
        var (made, _) = await new TenancyTable(Host.Node.Node.Database).ChangeClientAsync(
            new(Guid.Parse((string)Host.AccountA["id"]!)), Guid.Parse(_lab.Client), before => before with { RatePlanId = Guid.Parse(plan) },
            (_, _) => throw new InvalidOperationException("Nothing has changed."), Stop);
        Assert.Equal(ClientChange.PlanGone, made);
        // Nothing is noted.
        var added = await new TenancyTable(Host.Node.Node.Database).AddClientAsync(new(Guid.Parse((string)Host.AccountA["id"]!)),
            new() { Id = Guid.Parse(_lab.Client), Name = "Again", Slug = "again", RatePlanId = Guid.Parse(plan) }, note: null!, Stop);
        Assert.Equal(ClientChange.PlanGone, added);
        Assert.Null((string?)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/clients/" + _lab.Client))["rate_plan_id"]);
    }

    [Fact]
    public async Task A_plan_that_says_nothing_that_can_be_charged_is_refused()
    {
        foreach (string wrong in new[]
            {
                """{"name":"A","price_per_minute":"-0.10"}""", """{"name":"A","price_per_minute":"a lot"}""",
                """{"name":"A","price_per_minute":"0.0000001"}""", """{"name":"A","price_per_minute":"1000001"}""",
                """{"name":"A","price_per_minute":"1","number_fee":"-1"}""", """{"name":"A","price_per_minute":"1","currency":"usd"}""",
                """{"name":" ","price_per_minute":"1"}""", """{"name":"A"}""", """{"name":"A","price_per_minute":[1]}""",
                """{"name":"A","price_per_minute":"1","step_seconds":0}""", """{"name":"A","price_per_minute":"1","included_minutes":-1}""",
                """{"name":"A","price_per_minute":"1","discount":"10"}""",
            })
            await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/rate-plans", wrong);
        string plan = await PlanAsync("Usual");
        await Host.RefusedAsync(409, "already_exists", Host.OwnerA, "POST", "/rate-plans", """{"name":"USUAL","price_per_minute":"1"}""");
        string other = (string)(await Host.DoneAsync(201, Host.OwnerB, "POST", "/rate-plans",
            """{"name":"Usual","price_per_minute":"1"}"""))["id"]!;
        foreach (string nobodys in new[] { other, $"{Guid.NewGuid()}" })
        {
            await Host.RefusedAsync(404, "not_found", Host.OwnerA, "PATCH", "/clients/" + _lab.Client,
                $$"""{"rate_plan_id":"{{nobodys}}"}""");
            await Host.RefusedAsync(404, "not_found", Host.OwnerA, "POST", "/clients", $$"""{"name":"C","rate_plan_id":"{{nobodys}}"}""");
            await Host.RefusedAsync(404, "not_found", Host.OwnerA, "DELETE", "/rate-plans/" + nobodys);
        }
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/clients", $$"""{"name":"C","rate_plan_id":"{{plan}}"}""");
        Assert.Equal(plan, (string?)made["rate_plan_id"]);
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", $"/clients/{made["id"]}?confirm={made["slug"]}");
        // Nobody has it any more.
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/rate-plans/" + plan);
    }

    /// <summary>A call of the client that is up.</summary>
    private async Task<string> TalkAsync()
    {
        string call = await _lab.DialAsync(await _lab.KeyOfAsync(_lab.Client), "wait");
        await Eventually.SomeAsync(async () =>
        {
            var shown = await Host.DoneAsync(200, Host.OwnerA, "GET", "/calls/" + call);
            if ((string?)shown["state"] is "in_progress") return shown;
            await Task.Delay(100, Stop);
            return null;
        }, "somebody talks");
        return call;
    }

    private async Task<List<(string Call, long Micros)>> ChargedAsync() =>
        await Host.Node.Node.Database.Sql.ReadAsync(db => db.Query<(string Call, long Micros)>(
            "select subject, micros from usage_ledger where kind = 'call'").AsList(), Stop);

    private async Task<string> PlanAsync(string name) => (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/rate-plans",
        $$"""{"name":"{{name}}","price_per_minute":"0.10","number_fee":"1.50"}"""))["id"]!;

    private Task<JsonObject> RateAsync(string? plan) => Host.DoneAsync(200, Host.OwnerA, "PATCH", "/clients/" + _lab.Client,
        new JsonObject { ["rate_plan_id"] = plan }.ToJsonString());

    /// <summary>A call is in the ledger shortly after it was over.</summary>
    private Task<JsonObject> InvoiceAsync(Func<JsonObject, bool> isSuch) => Eventually.SomeAsync(async () =>
    {
        var shown = (await Host.DoneAsync(200, Host.OwnerA, "GET", $"/clients/{_lab.Client}/invoices"))["invoices"]!.AsArray();
        if (shown.Count > 0 && isSuch(Assert.Single(shown)!.AsObject())) return shown[0]!.AsObject();
        await Task.Delay(100, Stop);
        return null;
    }, "the client is charged");

    private async Task<List<JsonObject>> ChargesAsync(string token, string query = "") =>
        [.. (await Host.DoneAsync(200, token, "GET", $"/clients/{_lab.Client}/charges{query}"))["charges"]!.AsArray()
            .Select(one => one!.AsObject())];
}
