using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>What the account has and how it pays, and the operator's price lists.</summary>
public sealed class BillingTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<Answer> OperateAsync(string method, string path, string? body = null) =>
        host.SendAsync(method, "/operator/v1" + path, body, TelnyxHost.OperatorKey);

    private Task<Answer> ImportAsync(string deck, string csv, string query = "") =>
        host.SendAsync("POST", $"/operator/v1/rate_decks/{deck}/rates{query}", new StringContent(csv, Encoding.UTF8, "text/csv"),
            TelnyxHost.OperatorKey);

    private async Task<string> DeckAsync(string name) =>
        (string)(await OperateAsync("POST", "/rate_decks", $$"""{"name":"{{name}}"}""")).Data["id"]!;

    [Fact]
    public async Task A_new_account_has_nothing_and_owes_nothing()
    {
        var balance = (await host.SendAsync("GET", "/v2/balance", key: TelnyxHost.OtherTenantKey)).Data;
        Assert.Equal("""{"available_credit":"0.00","balance":"0.00","credit_limit":"0.00","currency":"USD","pending":"0.00","record_type":"balance"}""",
            balance.ToJsonString());
    }

    [Fact]
    public async Task A_balance_shows_the_accounts_own_currency_and_what_it_may_owe()
    {
        await host.Store.Money.AddAsync(host.Tenant, MoneyKind.Payment, new(12_345_678, "EUR"), "", Stop);
        await host.Store.Money.AddAsync(host.Tenant, MoneyKind.Payment, new(99_000_000, "USD"), "", Stop);
        await host.Store.MoneyAccounts.ChangeAsync(host.Tenant,
            account => account with { Currency = "EUR", CreditLimitMicros = 50_000_000 }, AuditActor.Operator, Stop);
        var balance = (await host.SendAsync("GET", "/v2/balance")).Data;
        Assert.Equal("""{"available_credit":"62.345678","balance":"12.345678","credit_limit":"50.00","currency":"EUR","pending":"0.00","record_type":"balance"}""",
            balance.ToJsonString());
    }

    [Fact]
    public async Task Preferences_keep_what_a_change_does_not_name_and_are_each_accounts_own()
    {
        var before = (await host.SendAsync("GET", "/v2/payment/auto_recharge_prefs")).Data;
        Assert.Equal((false, false, "credit_paypal", "0.00"), ((bool)before["enabled"]!, (bool)before["invoice_enabled"]!,
            (string?)before["preference"], (string?)before["threshold_amount"]));
        await host.SendAsync("PATCH", "/v2/payment/auto_recharge_prefs",
            """{"threshold_amount":"10.5","recharge_amount":"100","preference":"ach"}""");
        var after = (await host.SendAsync("PATCH", "/v2/payment/auto_recharge_prefs", """{"invoice_enabled":true}""")).Data;
        Assert.Equal(("10.50", "100.00", "ach", true), ((string?)after["threshold_amount"], (string?)after["recharge_amount"],
            (string?)after["preference"], (bool)after["invoice_enabled"]!));
        Assert.Equal((string?)after["id"], (string?)(await host.SendAsync("GET", "/v2/payment/auto_recharge_prefs")).Data["id"]);
        Assert.NotEqual("ach",
            (string?)(await host.SendAsync("GET", "/v2/payment/auto_recharge_prefs", key: TelnyxHost.OtherTenantKey)).Data["preference"]);
        var trail = await host.Store.Audit.ListAsync(host.Tenant, null, null, true, 0, 50, Stop);
        Assert.Contains(trail.Events, e => e.RecordType == "auto_recharge_pref" && e.By is AuditActor.Owner);
    }

    [Theory]
    [InlineData("""{"threshold_amount":"-1"}""", "/threshold_amount")]
    [InlineData("""{"recharge_amount":"0.0000001"}""", "/recharge_amount")]
    [InlineData("""{"recharge_amount":"lots"}""", "/recharge_amount")]
    [InlineData("""{"preference":"cash"}""", "/preference")]
    [InlineData("""{"enabled":true,"recharge_amount":"0"}""", "/recharge_amount")]
    public async Task A_preference_that_cannot_be_is_refused_where_it_stands(string body, string pointer)
    {
        var refused = await host.SendAsync("PATCH", "/v2/payment/auto_recharge_prefs", body);
        Assert.Equal((422, pointer), (refused.Status, (string?)JsonNode.Parse(refused.Text)!["errors"]![0]!["source"]!["pointer"]));
    }

    [Fact]
    public async Task A_file_of_prices_is_imported_as_a_whole_or_not_at_all()
    {
        string deck = await DeckAsync("whole");
        var refused = await ImportAsync(deck, "prefix,price,initial,increment\n+33,1,60,60\n+34,x,60,60\n+35,1,0,60\n");
        Assert.Equal(422, refused.Status);
        var errors = JsonNode.Parse(refused.Text)!["errors"]!.AsArray();
        Assert.Equal(["line 3: 'x' is no price a minute: a number from 0 to 1000", "line 4: '0' are no initial seconds: 1 to 3600"],
            errors.Select(e => (string?)e!["detail"]));
        Assert.Equal(0, (int)(await OperateAsync("GET", $"/rate_decks/{deck}")).Data["rates"]!);

        var done = (await ImportAsync(deck, "prefix,price,initial,increment\n+33,1,60,60\n+34,0.5,60,60\n", "?currency=EUR")).Data;
        Assert.Equal((2, 2, 0), ((int)done["rates"]!, (int)done["written"]!, (int)done["unchanged"]!));
        var found = (await OperateAsync("GET", $"/rate_decks/{deck}/rates?number=%2B33123")).Data;
        Assert.Equal(("+33", "1.00", "EUR"),
            ((string?)found["outbound"]!["prefix"], (string?)found["outbound"]!["price"], (string?)found["outbound"]!["currency"]));
        Assert.Null(found["inbound"]);
    }

    [Fact]
    public async Task A_deck_says_what_it_prices_and_what_texts_cost_beside_calls()
    {
        string deck = await DeckAsync("of texts");
        async Task<(bool, bool)> PricesAsync()
        {
            var shown = (await OperateAsync("GET", $"/rate_decks/{deck}")).Data;
            return ((bool)shown["prices_calls"]!, (bool)shown["prices_texts"]!);
        }
        Assert.Equal((false, false), await PricesAsync());
        await ImportAsync(deck, "on-net,1,60,60\nsms:on-net,1,1,1\n");       // prices nothing that is somebody else's
        Assert.Equal((false, false), await PricesAsync());
        await ImportAsync(deck, "sms:+33,0.25,1,1\n");
        Assert.Equal((false, true), await PricesAsync());
        await ImportAsync(deck, "+33,1,60,60\n");
        await ImportAsync(deck, "sms:+33,0.01,1,1\n", "?direction=inbound");
        Assert.Equal((true, true), await PricesAsync());

        var found = (await OperateAsync("GET", $"/rate_decks/{deck}/rates?number=%2B33123")).Data;
        Assert.Equal(("1.00", "0.25", "0.01", "sms:+33"), ((string?)found["outbound"]!["price"], (string?)found["outbound_texts"]!["price"],
            (string?)found["inbound_texts"]!["price"], (string?)found["outbound_texts"]!["prefix"]));
        Assert.Null(found["inbound"]);
    }

    [Fact]
    public async Task A_later_price_takes_over_at_its_date()
    {
        string deck = await DeckAsync("dated");
        await ImportAsync(deck, "+33,1,60,60\n");
        await ImportAsync(deck, "+33,2,60,60\n", "?effective_from=2025-04-01");
        Assert.Equal("1.00", (string?)(await OperateAsync("GET", $"/rate_decks/{deck}/rates?number=%2B33123")).Data["outbound"]!["price"]);
        Assert.Equal("2.00",
            (string?)(await OperateAsync("GET", $"/rate_decks/{deck}/rates?number=%2B33123&at=2025-04-01")).Data["outbound"]!["price"]);
        await ImportAsync(deck, "+33,3,60,60\n", "?replace=true");
        Assert.Equal("3.00",
            (string?)(await OperateAsync("GET", $"/rate_decks/{deck}/rates?number=%2B33123&at=2025-04-01")).Data["outbound"]!["price"]);
    }

    [Theory]
    [InlineData("?currency=eur", "+1,1,1,1"), InlineData("?effective_from=soon", "+1,1,1,1"), InlineData("?direction=up", "+1,1,1,1"),
        InlineData("", ""), InlineData("", "# nothing\n")]
    public async Task An_import_that_says_nothing_or_nonsense_is_refused(string query, string csv) =>
        Assert.Equal(422, (await ImportAsync(await DeckAsync(Guid.NewGuid().ToString()[..8]), csv, query)).Status);

    [Fact]
    public async Task Decks_have_names_of_their_own_and_one_is_the_default()
    {
        string one = await DeckAsync("one"), two = await DeckAsync("two");
        Assert.Equal(409, (await OperateAsync("POST", "/rate_decks", """{"name":"one"}""")).Status);
        Assert.Equal(409, (await OperateAsync("PATCH", $"/rate_decks/{two}", """{"name":"one"}""")).Status);
        Assert.Equal(422, (await OperateAsync("POST", "/rate_decks", """{"name":"  "}""")).Status);
        Assert.True((bool)(await OperateAsync("PATCH", $"/rate_decks/{two}", """{"default":true}""")).Data["default"]!);
        var all = (await OperateAsync("GET", "/rate_decks?page[size]=250")).List;
        Assert.Equal(two, (string?)Assert.Single(all, d => (bool)d!["default"]!)!["id"]);
        await host.Store.MoneyAccounts.ChangeAsync(host.Stranger, account => account with { Deck = Guid.Parse(one) },
            AuditActor.Operator, Stop);
        Assert.Equal(409, (await OperateAsync("DELETE", $"/rate_decks/{one}")).Status);
        await host.Store.MoneyAccounts.ChangeAsync(host.Stranger, account => account with { Deck = null }, AuditActor.Operator, Stop);
        Assert.Equal(200, (await OperateAsync("DELETE", $"/rate_decks/{one}")).Status);
        foreach (string method in new[] { "GET", "DELETE" }) Assert.Equal(404, (await OperateAsync(method, $"/rate_decks/{one}")).Status);
        Assert.Equal(404, (await ImportAsync(one, "+1,1,1,1")).Status);
        await OperateAsync("DELETE", $"/rate_decks/{two}");
    }

    [Fact]
    public async Task An_application_says_whether_it_wants_to_hear_of_costs()
    {
        string id = await host.ApplicationAsync("costs", ""","call_cost_in_webhooks":true""");
        Assert.True(host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(id)))!.TellsCost);
        Assert.True((bool?)(await host.SendAsync("GET", $"/v2/call_control_applications/{id}")).Data["call_cost_in_webhooks"]);
        string other = await host.ApplicationAsync("no costs");
        Assert.False(host.Store.Routing.Current.FindConnection(host.Tenant, new(long.Parse(other)))!.TellsCost);
    }
}
