using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyMarketOnSqliteTests() : AgencyMarketTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyMarketOnPostgresTests() : AgencyMarketTests(Product.Postgres);

/// <summary>Section F of the agency's cases, as far as numbers are bought from the operator's stock and given back.</summary>
public abstract class AgencyMarketTests(Product product) : IAsyncLifetime
{
    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lab = await AgencyLab.StartAsync(product);
        var done = await new OperatorClient(Host.Node).DataAsync("POST", "/stock/actions/import", """
            {"numbers":[{"first":"+13125550100","last":"+13125550109","monthly_cost":"1.00","locality":"Chicago"},
             {"first":"+12125550100","last":"+12125550101","monthly_cost":"2.00","locality":"New York"}]}
            """);
        Assert.Equal(12, (int)done["added"]!);
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task A_number_is_found_bought_once_and_is_the_agencys_and_nobody_elses()
    {
        Assert.Equal(["+13125550100", "+13125550101"], await FoundAsync("?area_code=312&limit=2"));
        Assert.Equal(["+13125550107"], await FoundAsync("?area_code=312&ends_with=7"));
        Assert.Equal(["+12125550100", "+12125550101"], await FoundAsync("?locality=new%20york"));
        Assert.Equal(3, (await FoundAsync("?locality=new%20york&best_effort=true&limit=3")).Length);
        Assert.Empty(await FoundAsync("?country_code=DE"));
        var first = (await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers/available?area_code=212"))["numbers"]![0]!;
        Assert.Equal(("US", "local", "NEW YORK", "0.00", "2.00", "USD", false), ((string?)first["country_code"], (string?)first["type"],
            (string?)first["locality"], (string?)first["upfront_cost"], (string?)first["monthly_cost"], (string?)first["currency"],
            (bool)first["best_effort"]!));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "GET", "/numbers/available?contains=x");

        // Cases N03 and N04.
        string order = OrderOf(("+13125550100", _lab.Agent), ("+12125550100", null));
        string foreign = (string)(await Host.DoneAsync(201, Host.OwnerB, "POST", "/agents", """{"name":"B's"}"""))["id"]!;
        var strange = await Host.OnceAsync(Host.OwnerA, "k-0", "/numbers/purchase", OrderOf(("+13125550100", foreign)));
        Assert.Equal(404, strange.Status);
        var made = await Host.OnceAsync(Host.OwnerA, "k-1", "/numbers/purchase", order);
        Assert.True(made.Status == 201, made.Body?.ToJsonString());
        Assert.Equal(("success", 2, true, "desk"), ((string?)made.Body!["order"]!["status"],
            (int)made.Body["order"]!["phone_numbers_count"]!, (bool)made.Body["order"]!["requirements_met"]!,
            (string?)made.Body["order"]!["customer_reference"]));
        var again = await Host.OnceAsync(Host.OwnerA, "k-1", "/numbers/purchase", order);
        Assert.Equal((201, true, made.Body.ToJsonString()), (again.Status, again.IsReplayed, again.Body!.ToJsonString()));
        // Of three dollars a month a day's share.
        var today = DateTimeOffset.UtcNow;
        string share = Money.Format((long)Math.Round(3_000_000m / DateTime.DaysInMonth(today.Year, today.Month),
            MidpointRounding.AwayFromZero));
        var figures = (await Host.DoneAsync(200, Host.OwnerA, "GET", "/dashboard/overview?period=today"))["summary"]!;
        Assert.Equal(($$"""[{"currency":"USD","telephony_cost":"0.00","llm_cost":null,"number_cost":"{{share}}"}]""", share),
            (figures["costs"]!.ToJsonString(), (string?)figures["total_cost"]));
        var other = await Host.OnceAsync(Host.OwnerA, "k-1", "/numbers/purchase", OrderOf(("+13125550105", null)));
        Assert.Equal((409, "idempotency_conflict"), (other.Status, (string?)other.Body!["error"]!["code"]));

        var bought = await NumberAsync("+13125550100");
        Assert.Equal(("active", _lab.Agent, (string?)made.Body["order"]!["id"], "desk", "Front"), ((string?)bought["status"],
            (string?)bought["agent_mapping_id"], (string?)bought["order_id"], (string?)bought["customer_reference"],
            (string?)bought["friendly_name"]));
        Assert.NotNull(bought["purchased_at"]);
        Assert.Equal(made.Body["phone_numbers"]![0]!.ToJsonString(), bought.ToJsonString());
        Assert.DoesNotContain("+13125550100", await FoundAsync("?area_code=312", Host.OwnerB));
        var taken = await Host.OnceAsync(Host.OwnerB, "k-1", "/numbers/purchase", OrderOf(("+13125550100", null)));
        Assert.Equal((409, "invalid_state"), (taken.Status, (string?)taken.Body!["error"]!["code"]));
        // Callers of either come to the agents, or are told that it has none.
        var routing = Host.Node.Node.Database.Routing.Current;
        Assert.NotNull(routing.FindOwnNumber("+13125550100")!.Connection);
        Assert.Equal(routing.FindOwnNumber("+13125550100")!.Connection, routing.FindOwnNumber("+12125550100")!.Connection);
        // A batch calls from it.
        await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")],
            """{"from_number":"+13125550100","hold":true}""");
    }

    [Fact]
    public async Task An_order_that_cannot_be_changes_nothing()
    {
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/numbers/purchase", OrderOf(("+13125550100", null)));
        foreach (var (status, code, body) in new[]
            {
                (400, "validation_error", OrderOf(("12", null))), (400, "validation_error", """{"phone_numbers":[]}"""),
                (400, "validation_error", OrderOf(("+13125550100", null), ("+1 312 555 0100", null))),
                (400, "validation_error", """{"phone_numbers":[{"phone_number":"+13125550100","name":"x"}]}"""),
                (404, "not_found", OrderOf(("+13125550100", null), ("+13125559999", null))),
            })
        {
            var refused = await Host.OnceAsync(Host.OwnerA, "k", "/numbers/purchase", body);
            Assert.Equal((status, code, false), (refused.Status, (string?)refused.Body!["error"]!["code"], refused.IsReplayed));
        }
        var account = new TenantId(Guid.Parse((string)Host.AccountB["id"]!));
        await Host.Node.Node.Database.MoneyAccounts.ChangeAsync(account, row => row with { CreditLimitMicros = 0 }, AuditActor.Operator,
            Stop);
        var poor = await Host.OnceAsync(Host.OwnerB, "k", "/numbers/purchase", OrderOf(("+13125550100", null)));
        Assert.Equal((403, "plan_limit"), (poor.Status, (string?)poor.Body!["error"]!["code"]));
        var (_, member) = await Host.UserAsync(Host.OwnerA, "mA", "agency_member");
        foreach (string token in new[] { member, _lab.Viewer })
        {
            await Host.RefusedAsync(403, "forbidden", token, "GET", "/numbers/available");
            await Host.RefusedAsync(403, "forbidden", token, "POST", "/numbers/purchase", OrderOf(("+13125550100", null)));
        }
        Assert.Equal(10, (await FoundAsync("?area_code=312")).Length);

        // Case N02: an order that failed keeps the number from nobody.
        Assert.DoesNotContain((await Host.DoneAsync(200, Host.OwnerB, "GET", "/numbers?include_released=true"))["numbers"]!.AsArray(),
            one => (string?)one!["phone_number"] == "+13125550100");
        Assert.Equal(201, (await Host.OnceAsync(Host.OwnerA, "k-2", "/numbers/purchase", OrderOf(("+13125550100", null)))).Status);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task An_owner_gives_numbers_back_each_for_itself_and_one_that_a_batch_calls_from_stays()
    {
        // Cases N06 and N07.
        Assert.Equal(201, (await Host.OnceAsync(Host.OwnerA, "k", "/numbers/purchase",
            OrderOf(("+13125550100", _lab.Agent), ("+13125550101", null)))).Status);
        string[] ids = [await IdAsync("+13125550100"), await IdAsync("+13125550101")];
        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")],
            """{"from_number":"+13125550101","hold":true}"""))["id"]!;
        var (_, admin) = await Host.UserAsync(Host.OwnerA, "aA", "agency_admin");
        await Host.RefusedAsync(403, "forbidden", admin, "POST", "/numbers/release", ReleaseOf(ids));
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/numbers/release",
            $$"""{"phone_number_ids":["{{ids[0]}}"]}""");
        string none = Guid.CreateVersion7().ToString();
        foreach (var (token, failed) in new[] { (Host.OwnerB, "not_found not_found not_found"), (Host.OwnerA, "number_in_use not_found") })
        {
            var part = await Host.DoneAsync(207, token, "POST", "/numbers/release", ReleaseOf([.. ids, none]));
            Assert.Equal(failed, string.Join(' ', part["failed"]!.AsArray().Select(one => (string?)one!["error"])));
        }
        var gone = (await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers/" + ids[0])).AsObject();
        Assert.Equal(("released", false, null), ((string?)gone["status"], (bool)gone["is_active"]!, (string?)gone["agent_mapping_id"]));
        Assert.NotNull(gone["released_at"]);
        Assert.Null(Host.Node.Node.Database.Routing.Current.FindOwnNumber("+13125550100"));
        var twice = await Host.DoneAsync(200, Host.OwnerA, "POST", "/numbers/release", ReleaseOf(ids[..1]));
        Assert.Equal("Already released", (string?)Assert.Single(twice["released"]!.AsArray())!["note"]);
        await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, "POST", $"/numbers/{ids[0]}/assign",
            $$"""{"agent_mapping_id":"{{_lab.Agent}}"}""");
        Assert.DoesNotContain("+13125550100", await FoundAsync("?area_code=312"));

        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/batches/{batch}/cancel");
        var all = await Host.DoneAsync(200, Host.OwnerA, "POST", "/numbers/release", ReleaseOf(ids[1..]));
        Assert.Equal("""{"total_requested":1,"released_count":1,"failed_count":0}""", all["summary"]!.ToJsonString());
        Assert.Equal(2, (await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers?status=released"))["numbers"]!.AsArray().Count);
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task A_toll_free_number_waits_until_the_operator_has_made_it_ready_or_it_has_gone()
    {
        const string Ready = "+18335550140", Lost = "+18335550141", Quick = "+18335550149";
        var desk = new OperatorClient(Host.Node);
        await desk.DataAsync("POST", "/stock/actions/import", """
            {"numbers":[{"first":"+18335550140","last":"+18335550141","type":"toll_free","monthly_cost":"1.00"},
             {"first":"+18335550149","last":"+18335550149","type":"toll_free","quickship":true}]}
            """);
        var made = await Host.OnceAsync(Host.OwnerA, "k", "/numbers/purchase", OrderOf((Ready, _lab.Agent), (Lost, null), (Quick, null)));
        Assert.True(made.Status == 201, made.Body?.ToJsonString());
        Assert.Equal("pending", (string?)made.Body!["order"]!["status"]);
        Assert.Equal("pending pending active",
            string.Join(' ', made.Body["phone_numbers"]!.AsArray().Select(one => (string?)one!["status"])));
        var waiting = await NumberAsync(Ready);
        Assert.Equal(("pending", true, null, _lab.Agent), ((string?)waiting["status"], (bool)waiting["is_active"]!,
            (string?)waiting["purchased_at"], (string?)waiting["agent_mapping_id"]));
        string id = (string)waiting["id"]!, path = "/numbers/" + id;
        foreach (var (method, more, body) in new (string, string, string?)[]
            {
                ("POST", "/assign", $$"""{"agent_mapping_id":"{{_lab.Agent}}"}"""), ("DELETE", "/assign", null),
                ("PATCH", "", """{"status":"active"}"""),
            })
            await Host.RefusedAsync(409, "invalid_state", Host.OwnerA, method, path + more, body);
        var kept = await Host.DoneAsync(207, Host.OwnerA, "POST", "/numbers/release", ReleaseOf([id]));
        Assert.Equal("invalid_state", (string?)kept["failed"]![0]!["error"]);
        await Host.RefusedAsync(400, "validation_error", Host.OwnerA, "POST", "/batches",
            _lab.BatchOf(await _lab.CampaignAsync(), [AgencyLab.Number("busy")], $$"""{"from_number":"{{Ready}}"}"""));

        string token = await Host.AdministratorAsync();
        await Host.DoneAsync(200, token, "POST", "/admin/workers/numbers/tick");
        // Whatever else is said of it leaves it as it is.
        Assert.Equal("pending", (string?)(await Host.DoneAsync(200, Host.OwnerA, "PATCH", path, """{"friendly_name":"L"}"""))["status"]);
        await desk.DataAsync("PATCH", "/stock/" + Uri.EscapeDataString(Ready), """{"quickship":true}""");
        await _lab.OtherApiAsync((string)Host.AccountA["telnyx_key"]!, "DELETE", "/v2/phone_numbers/" + Uri.EscapeDataString(Lost));
        await Host.DoneAsync(200, token, "POST", "/admin/workers/numbers/tick");
        var active = await NumberAsync(Ready);
        Assert.Equal(("active", "L"), ((string?)active["status"], (string?)active["friendly_name"]));
        Assert.NotNull(active["purchased_at"]);
        await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")], $$"""{"from_number":"{{Ready}}","hold":true}""");
        var gone = Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers?status=released"))["numbers"]!.AsArray())!;
        Assert.Equal((Lost, false), ((string?)gone["phone_number"], (bool)gone["is_active"]!));
        Assert.NotNull(gone["released_at"]);
    }

    [Fact]
    public async Task A_number_that_is_not_ready_after_three_days_goes_back_and_costs_nothing()
    {
        const string Late = "+18335550140";
        await new OperatorClient(Host.Node).DataAsync("POST", "/stock/actions/import", """
            {"numbers":[{"first":"+18335550140","last":"+18335550140","type":"toll_free","monthly_cost":"1.00","upfront_cost":"0.50"}]}
            """);
        Assert.Equal(201, (await Host.OnceAsync(Host.OwnerA, "k", "/numbers/purchase", OrderOf((Late, _lab.Agent)))).Status);
        var (database, account) = (Host.Node.Node.Database, new TenantId(Guid.Parse((string)Host.AccountA["id"]!)));
        async Task<long> BalanceAsync() => (await database.Money.BalancesAsync(account, Stop)).Sum(balance => balance.Micros);
        Assert.Equal(-1_500_000, await BalanceAsync());
        string administrator = await Host.AdministratorAsync();
        async Task TickAsync(TimeSpan age)
        {
            var at = Times.Cut(database.Time.GetUtcNow() - age);
            await database.Sql.WriteAsync(db => db.Execute("update agency_phone_numbers set created_at = @at where phone_number = @number",
                new { at, number = Late }) + db.Execute("update rw_number set created_at = @at where text = @number",
                new { at, number = Late }), Stop);
            await Host.DoneAsync(200, administrator, "POST", "/admin/workers/numbers/tick");
        }

        await TickAsync(TimeSpan.FromHours(71));
        Assert.Equal("pending", (string?)(await NumberAsync(Late))["status"]);
        await TickAsync(TimeSpan.FromHours(73));
        var gone = Assert.Single((await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers?status=released"))["numbers"]!.AsArray())!;
        Assert.Equal((Late, false, null),
            ((string?)gone["phone_number"], (bool)gone["is_active"]!, (string?)gone["agent_mapping_id"]));
        Assert.NotNull(gone["released_at"]);
        Assert.Null(database.Routing.Current.FindOwnNumber(Late));
        Assert.Equal(0, await BalanceAsync());
        await TickAsync(TimeSpan.FromHours(73));
        Assert.Equal(0, await BalanceAsync());
    }

    [Fact, Depth("the gate has who sees and may change it, and what is refused; its life is that of other resources")]
    public async Task What_is_no_number_is_told_before_anybody_looks_whether_it_is_there()
    {
        // Case E06.
        int nth = 0;
        foreach (var (number, status) in new[]
            {
                ("+12125550100", 201), ("+1212555", 404), ("+0123456789", 400), ("12125550100", 400), ("+12345", 400),
                ("+1234567890123456", 400),
            })
        {
            var asked = await Host.OnceAsync(Host.OwnerA, $"e-{nth++}", "/numbers/purchase", OrderOf((number, null)));
            Assert.True(asked.Status == status, $"{number}: {asked.Status} {asked.Body?.ToJsonString()}");
            if (status == 400) Assert.NotEmpty(asked.Body!["error"]!["details"]!.AsObject());
        }
    }

    private static string OrderOf(params (string Number, string? Agent)[] wanted) => new JsonObject
    {
        ["customer_reference"] = "desk",
        ["phone_numbers"] = new JsonArray([.. wanted.Select(one => (JsonNode)new JsonObject
        {
            ["phone_number"] = one.Number, ["friendly_name"] = "Front", ["agent_mapping_id"] = one.Agent,
        })]),
    }.ToJsonString();

    private static string ReleaseOf(IEnumerable<string> ids) => new JsonObject
    {
        ["phone_number_ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]), ["confirm"] = true,
    }.ToJsonString();

    private async Task<string[]> FoundAsync(string query, string? token = null) =>
        [
            .. (await Host.DoneAsync(200, token ?? Host.OwnerA, "GET", "/numbers/available" + query))["numbers"]!.AsArray()
                .Select(one => (string)one!["phone_number"]!),
        ];

    private async Task<JsonObject> NumberAsync(string number) => (await Host.DoneAsync(200, Host.OwnerA, "GET",
        "/numbers?search=" + number[1..]))["numbers"]![0]!.AsObject();

    private async Task<string> IdAsync(string number) => (string)(await NumberAsync(number))["id"]!;
}
