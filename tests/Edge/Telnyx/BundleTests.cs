using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>Bundles over real HTTP: what the operator offers, what an account takes of it, and what it is charged.</summary>
public sealed class BundleTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static int _names;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<JsonObject> OfferAsync(string more = "", string price = "2.50")
    {
        var made = await host.SendAsync("POST", "/operator/v1/bundles", $$"""
            {"name":"Basic {{++_names}}","cost_code":"BASIC-{{_names}}","price":"{{price}}","specs":["1 number"],"limits":[{"service":"number","metric":"count","limit":1,"country_iso":"DE"}]{{more}}}
            """, TelnyxHost.OperatorKey);
        Assert.True(made.Status == 201, made.Text);
        return made.Data;
    }

    private Task<Answer> TakeAsync(JsonObject bundle, int quantity = 1, string more = "", string key = TelnyxHost.Key) =>
        host.SendAsync("POST", "/v2/bundle_pricing/user_bundles/bulk",
            $$"""{"items":[{"billing_bundle_id":"{{bundle["id"]}}","quantity":{{quantity}}}]{{more}}}""", key);

    private async Task<long> BalanceAsync() =>
        (await host.Store.Money.BalancesAsync(host.Tenant, Stop)).SingleOrDefault(m => m.Currency == "USD").Micros;

    [Fact]
    public async Task What_is_offered_is_in_the_catalogue()
    {
        var bundle = await OfferAsync();
        var list = await host.SendAsync("GET", "/v2/bundle_pricing/billing_bundles?page[size]=250&filter[country_iso]=DE");
        var shown = Assert.Single(list.List, b => (string?)b!["id"] == (string?)bundle["id"])!.AsObject();
        Assert.Equal((2.5m, "USD", true, host.Time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            ((decimal)shown["mrc_price"]!, (string?)shown["currency"], (bool)shown["is_public"]!, (string?)shown["created_at"]));
        Assert.DoesNotContain((await host.SendAsync("GET", "/v2/bundle_pricing/billing_bundles?page[size]=250&filter[country_iso][]=US"))
            .List, b => (string?)b!["id"] == (string?)bundle["id"]);

        var one = (await host.SendAsync("GET", $"/v2/bundle_pricing/billing_bundles/{bundle["id"]}")).Data;
        Assert.Equal("DE", (string?)one["bundle_limits"]![0]!["country_iso"]);
        (await host.SendAsync("GET", $"/v2/bundle_pricing/billing_bundles/{Guid.NewGuid()}")).Refuses(404, "10005");
    }

    [Fact]
    public async Task What_is_for_others_cannot_be_seen_or_taken()
    {
        var bundle = await OfferAsync($$""","accounts":["{{host.Stranger}}"]""");
        (await host.SendAsync("GET", $"/v2/bundle_pricing/billing_bundles/{bundle["id"]}")).Refuses(404, "10005");
        (await TakeAsync(bundle)).Refuses(404, "10005");
        Assert.Equal(201, (await TakeAsync(bundle, key: TelnyxHost.OtherTenantKey)).Status);
    }

    [Fact]
    public async Task What_is_taken_is_charged_listed_and_ended()
    {
        var bundle = await OfferAsync();
        long before = await BalanceAsync();
        var taken = await TakeAsync(bundle, 2);
        Assert.True(taken.Status == 201, taken.Text);
        Assert.Equal(2, taken.List.Count);
        Assert.Equal(before - 5_000_000, await BalanceAsync());

        string id = (string)taken.List[0]!["id"]!;
        Assert.Contains((await host.SendAsync("GET", "/v2/bundle_pricing/user_bundles?page[size]=250")).List, b => (string?)b!["id"] == id);
        var unused = (await host.SendAsync("GET", "/v2/bundle_pricing/user_bundles/unused")).List
            .Single(u => (string?)u!["billing_bundle"]!["id"] == (string?)bundle["id"]);
        Assert.Equal(2, unused!["user_bundle_ids"]!.AsArray().Count);
        Assert.Empty((await host.SendAsync("GET", $"/v2/bundle_pricing/user_bundles/{id}/resources")).List);
        (await host.SendAsync("GET", $"/v2/bundle_pricing/user_bundles/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"/v2/bundle_pricing/user_bundles/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        Assert.False((bool?)(await host.SendAsync("DELETE", $"/v2/bundle_pricing/user_bundles/{id}")).Data["active"]);
        Assert.False((bool?)(await host.SendAsync("GET", $"/v2/bundle_pricing/user_bundles/{id}")).Data["active"]);
        Assert.Equal(before - 5_000_000, await BalanceAsync());
    }

    [Fact]
    public async Task The_same_key_takes_the_same_bundles_once()
    {
        var bundle = await OfferAsync();
        string key = $$""","idempotency_key":"{{Guid.NewGuid()}}" """;
        var first = await TakeAsync(bundle, 2, key);
        long after = await BalanceAsync();
        var second = await TakeAsync(bundle, 2, key);
        Assert.Equal(first.List.Select(b => (string?)b!["id"]), second.List.Select(b => (string?)b!["id"]));
        Assert.Equal(after, await BalanceAsync());
    }

    [Theory]
    [InlineData("""{"items":[]}""", 422, "/items")]
    [InlineData("{}", 422, "/items")]
    [InlineData("""{"items":[{"billing_bundle_id":"$","quantity":0}]}""", 422, "/items/0/quantity")]
    [InlineData("""{"items":[{"billing_bundle_id":"$","quantity":101}]}""", 422, "/items/0/quantity")]
    [InlineData("""{"items":[{"billing_bundle_id":"$","quantity":60},{"billing_bundle_id":"$","quantity":41}]}""", 422, "/items")]
    [InlineData(
        """{"items":[{"billing_bundle_id":"$","quantity":1},{"billing_bundle_id":"00000000-0000-4000-8000-000000000000","quantity":1}]}""",
        404, "/items/1/billing_bundle_id")]
    [InlineData("""{"items":[{"billing_bundle_id":"four","quantity":1}]}""", 422, "/items/0/billing_bundle_id")]
    public async Task Bad_orders_take_nothing(string body, int status, string pointer)
    {
        var bundle = await OfferAsync();
        long before = await BalanceAsync();
        var answer = await host.SendAsync("POST", "/v2/bundle_pricing/user_bundles/bulk", body.Replace("$", (string)bundle["id"]!));
        Assert.Equal((status, pointer), (answer.Status, answer.Pointer));
        Assert.Equal(before, await BalanceAsync());
    }

    [Fact]
    public async Task What_is_retired_is_not_offered_and_stays_with_those_who_have_it()
    {
        var bundle = await OfferAsync();
        string id = (string)(await TakeAsync(bundle)).List[0]!["id"]!;
        Assert.Equal(200,
            (await host.SendAsync("PATCH", $"/operator/v1/bundles/{bundle["id"]}", """{"active":false}""", TelnyxHost.OperatorKey)).Status);
        (await TakeAsync(bundle)).Refuses(404, "10005");
        Assert.True((bool?)(await host.SendAsync("GET", $"/v2/bundle_pricing/user_bundles/{id}")).Data["active"]);
    }

    [Theory]
    [InlineData("""{"name":"x","cost_code":"X","price":"-1"}""", "/price")]
    [InlineData("""{"name":"x","cost_code":"X","price":"1","currency":"dollars"}""", "/currency")]
    [InlineData("""{"name":"","cost_code":"X","price":"1"}""", "/name")]
    [InlineData("""{"name":"x","cost_code":"X","price":"1","slug":"Not A Slug"}""", "/slug")]
    [InlineData("""{"name":"x","cost_code":"X","price":"1","accounts":["nobody"]}""", "/accounts/0")]
    public async Task The_operator_is_told_what_is_wrong(string body, string pointer)
    {
        var answer = await host.SendAsync("POST", "/operator/v1/bundles", body, TelnyxHost.OperatorKey);
        Assert.Equal((422, pointer), (answer.Status, answer.Pointer));
    }

    [Fact]
    public async Task Each_month_is_charged_once_until_the_bundle_ends()
    {
        var bundle = await OfferAsync(price: "1");
        string id = (string)(await TakeAsync(bundle)).List[0]!["id"]!;
        var month = host.Time.GetUtcNow();
        // Three months pass in which no node is there.
        host.Time.Advance(month.AddMonths(3) - month + TimeSpan.FromHours(1));
        await host.Store.UserBundles.ChargeDueAsync(Stop);
        Assert.Equal(0, await host.Store.UserBundles.ChargeDueAsync(Stop));
        var charges = (await host.Store.UserBundles.ChargesAsync(host.Tenant, month.AddDays(-1), host.Time.GetUtcNow().AddDays(1), Stop))
            .Where(c => c.Bundle.ToString() == (string?)bundle["id"]).ToList();
        Assert.Equal([true, false, false, false], charges.Select(c => c.IsFirst));
        Assert.Equal(4, (await host.Store.Money.ListAsync(host.Tenant, new() { Kind = MoneyKind.Charge }, Stop))
            .Count(e => e.Note.StartsWith((string)bundle["name"]! + ",", StringComparison.Ordinal)));

        await host.SendAsync("DELETE", $"/v2/bundle_pricing/user_bundles/{id}");
        host.Time.Advance(TimeSpan.FromDays(40));
        await host.Store.UserBundles.ChargeDueAsync(Stop);
        Assert.Equal(4, (await host.Store.UserBundles.ChargesAsync(host.Tenant, month.AddDays(-1), host.Time.GetUtcNow().AddDays(1), Stop))
            .Count(c => c.Bundle.ToString() == (string?)bundle["id"]));
    }

    [Fact]
    public async Task Who_has_no_credit_takes_nothing()
    {
        var poor = (await host.Store.Tenants.CreateAsync("poor", Calls.TenantLimits.None, null, Stop))!.Tenant.Id;
        await host.Store.ApiKeys.CreateAsync(poor, "KEY00000000000000000_poor", KeyRole.Owner, "test", Stop);
        await host.Store.MoneyAccounts.ChangeAsync(poor, account => account with { CreditLimitMicros = 0 }, AuditActor.Operator, Stop);
        var bundle = await OfferAsync();
        (await TakeAsync(bundle, key: "KEY00000000000000000_poor")).Refuses(403, "20100");
        await host.Store.Money.AddAsync(poor, MoneyKind.Payment, new(2_500_000, "USD"), "cash", Stop);
        Assert.Equal(201, (await TakeAsync(bundle, key: "KEY00000000000000000_poor")).Status);
        (await TakeAsync(bundle, key: "KEY00000000000000000_poor")).Refuses(403, "20100");
    }
}
