using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>From a leg's end to its charge, the balance and who hears of it; and the price lists that it comes from.</summary>
public abstract class MoneyTests(Product product)
{
    private static readonly TrunkId Trunk = new(Guid.Parse("99999999-6f07-4c8e-9a53-2f1f4b1c7a10"));

    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task An_answered_leg_is_charged_with_its_end_and_told_behind_it()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1555", 60_000, fee: 5));
        var projector = new Projector();
        var ledger = Open(test, projector);
        List<(LegId Leg, Charge? Charge)> settled = [];
        ledger.Settled = (leg, charge) => settled.Add((leg.Id, charge));
        var script = Leg(tenant, 1);
        await RunAsync(ledger, script, seconds: 61);

        var record = (await test.Database.CallRecords.FindAsync(tenant, script.Facts.Id, Stop))!;
        Assert.Equal((61, 66, 60_000, new Money(66_005, "USD")),
            (record.TalkSeconds, record.BilledSeconds, record.RateMicros, record.Cost));
        var entry = Assert.Single(await test.Database.Money.ListAsync(tenant, new(), Stop));
        Assert.Equal((MoneyKind.Charge, new Money(-66_005, "USD"), -66_005, "voice",
            Subject.Of(script.Facts.Id), Direction.Outbound, 66, "second"),
            (entry.Kind, entry.Amount, entry.BalanceMicros, entry.Product, entry.Subject, entry.Direction, entry.Quantity, entry.Unit));
        Assert.Equal([new Money(-66_005, "USD")], await test.Database.Money.BalancesAsync(tenant, Stop));
        Assert.Equal(["LegEnded", "LegCharged"], projector.Seen.Select(s => s.Type).TakeLast(2));
        Assert.Equal("leg_charged", (await test.Database.Events.ListLegAsync(tenant, script.Facts.Id, Stop))[^1].Type);
        Assert.Equal((script.Facts.Id, 66_005), (settled[^1].Leg, settled[^1].Charge!.Micros));
    }

    [Fact]
    public async Task A_charge_is_among_those_of_its_profiles_billing_group()
    {
        const string Group = "0a3c2d3e-9d5b-4c64-8d6e-1d9f4b8a7c11";
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1555", 60_000));
        var profiles = Shop.Profiles with { Read = row => Shop.Profiles.Read(row) with { BillingGroup = Group } };
        await test.Database.OutboundProfiles.Rows(profiles).InsertAsync(Shop.Row(tenant, 5, new() { ["name"] = "out" }), Stop);
        await test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications)
            .InsertAsync(Shop.Row(tenant, 77, new() { ["title"] = "App", ["outbound"] = new JsonObject { ["profile"] = 5L } }), Stop);
        await RunAsync(Open(test), Leg(tenant, 1), seconds: 61);
        Assert.Equal(Group, Assert.Single(await test.Database.Money.ListAsync(tenant, new(), Stop)).BillingGroup);

        // What the call says itself wins.
        const string Own = "5d1f5a0e-2c57-4f0c-9a39-3a7d3f1b6e22";
        var script = Leg(tenant, 2);
        script.Facts = script.Facts with { Labels = Labels.Of((Labels.BillingGroup, Own)) };
        await RunAsync(Open(test), script, seconds: 61, from: 200);
        Assert.Contains(await test.Database.Money.ListAsync(tenant, new(), Stop), entry => entry.BillingGroup == Own);
    }

    [Theory]
    [InlineData("+4930123", true, true)]                // no price
    [InlineData("+15550001234", true, false)]           // by no trunk
    [InlineData("sip:ada@example.com", true, true)]
    public async Task A_leg_without_a_price_costs_nothing_and_not_zero(string to, bool isAnswered, bool hasTrunk)
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1555", 60_000));
        var script = Leg(tenant, 1);
        script.Facts = script.Facts with { To = to, Trunk = hasTrunk ? Trunk : null };
        await RunAsync(Open(test), script, isAnswered ? 61 : 0);
        var record = (await test.Database.CallRecords.FindAsync(tenant, script.Facts.Id, Stop))!;
        Assert.Equal((null, null, null), (record.BilledSeconds, record.RateMicros, record.Cost));
        Assert.Empty(await test.Database.Money.ListAsync(tenant, new(), Stop));
        Assert.Equal("leg_ended", (await test.Database.Events.ListLegAsync(tenant, script.Facts.Id, Stop))[^1].Type);
    }

    [Fact]
    public async Task A_leg_that_was_not_answered_costs_zero_and_moves_no_money()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1555", 60_000, fee: 5));
        var script = Leg(tenant, 1);
        await RunAsync(Open(test), script, seconds: 0);
        Assert.Equal((0, new Money(0, "USD")), ((await test.Database.CallRecords.FindAsync(tenant, script.Facts.Id, Stop))!
            is var record ? (record.BilledSeconds, record.Cost) : default));
        Assert.Empty(await test.Database.Money.ListAsync(tenant, new(), Stop));
    }

    [Fact]
    public async Task Calls_that_come_in_cost_what_the_own_number_says()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1", 60_000), (Direction.Inbound, Price("+1555", 6_000).Rate));
        var script = Leg(tenant, 1, Direction.Inbound);
        await RunAsync(Open(test), script, seconds: 60);
        Assert.Equal(new Money(6_000, "USD"), (await test.Database.CallRecords.FindAsync(tenant, script.Facts.Id, Stop))!.Cost);
    }

    [Fact]
    public async Task What_a_call_costs_is_settled_when_it_begins()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1", 60_000), Price("+1", 120_000, from: Script.Anchor.Wall.AddSeconds(30)));
        var ledger = Open(test);
        Script before = Leg(tenant, 1), after = Leg(tenant, 2);
        after.Facts = after.Facts with { StartedAt = Script.At(30) };
        await RunAsync(ledger, before, seconds: 60);
        await RunAsync(ledger, after, seconds: 60, from: 30);
        Assert.Equal([new Money(-60_000, "USD"), new Money(-120_000, "USD")], (await test.Database.Money.ListAsync(tenant, new(), Stop))
            .OrderBy(e => e.Seq).Select(e => e.Amount));
    }

    [Fact, Failure("process-killed")]
    public async Task A_leg_of_a_process_that_died_is_charged_once_by_the_next_start()
    {
        var time = new FakeTimeProvider(Script.Anchor.Wall.AddSeconds(3));
        await using var test = await OpenAsync(time);
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1", 60_000));
        var script = Leg(tenant, 1);
        var ledger = Open(test);
        await ledger.AppendAsync(script.Initiated());
        await ledger.AppendAsync(script.Answered());
        for (int start = 0; start < 3; start++)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            if (start == 0) await ledger.SignAsync(Stop);
            await test.ReopenAsync();
            await Open(test).RecoverAsync(Stop);
        }
        var entry = Assert.Single(await test.Database.Money.ListAsync(tenant, new(), Stop));
        Assert.Equal((new Money(-60_000, "USD"), (Subject?)Subject.Of(script.Facts.Id)), (entry.Amount, entry.Subject));
        Assert.Equal(new Money(60_000, "USD"), (await test.Database.CallRecords.FindAsync(tenant, script.Facts.Id, Stop))!.Cost);
    }

    [Fact]
    public async Task The_end_of_a_leg_charges_it_once_however_often_it_is_told()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1", 60_000));
        var ledger = Open(test);
        var script = Leg(tenant, 1);
        await RunAsync(ledger, script, seconds: 10);
        Assert.False(await ledger.AppendAsync(script.Ended(20)));
        Assert.Single(await test.Database.Money.ListAsync(tenant, new(), Stop));
    }

    [Fact]
    public async Task Without_a_deck_a_leg_leaves_not_a_row_more()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var script = Leg(tenant, 1);
        await RunAsync(Open(test), script, seconds: 60);
        Assert.Equal(["leg_initiated", "leg_answered", "leg_ended"],
            (await test.Database.Events.ListLegAsync(tenant, script.Facts.Id, Stop)).Select(r => r.Type));
        Assert.Empty(await test.Database.Money.BalancesAsync(tenant, Stop));
    }

    [Fact]
    public async Task A_balance_is_the_sum_of_its_entries_in_each_currency_by_itself()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var other = await test.TenantAsync("other");
        List<MoneyEntry> posted = [];
        test.Database.Money.Posted = posted.Add;
        await test.Database.Money.AddAsync(tenant, MoneyKind.Payment, new(10_000_000, "USD"), "first", Stop);
        await test.Database.Money.AddAsync(tenant, MoneyKind.Payment, new(5_000_000, "EUR"), "", Stop);
        var last = await test.Database.Money.AddAsync(tenant, MoneyKind.Adjustment, new(-2_500_000, "USD"), "", Stop);
        Assert.Equal((7_500_000, true), (last.BalanceMicros, last.Seq > posted[0].Seq));
        Assert.Equal([new Money(5_000_000, "EUR"), new Money(7_500_000, "USD")], await test.Database.Money.BalancesAsync(tenant, Stop));
        Assert.Empty(await test.Database.Money.BalancesAsync(other, Stop));
        Assert.Empty(await test.Database.Money.ListAsync(other, new(), Stop));
        Assert.Equal(3, posted.Count);
        var totals = await test.Database.Money.TotalsAsync(tenant, new() { Kind = MoneyKind.Payment }, Stop);
        Assert.Equal([new Money(5_000_000, "EUR"), new Money(10_000_000, "USD")], totals.Select(t => t.Amount));
        Assert.Equal(3, (await test.Database.Audit.ListAsync(tenant, null, null, false, 0, 10, Stop)).Total);
    }

    [Fact]
    public async Task What_was_spent_today_is_known_by_profile_and_currency()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1", 60_000), Price("+44", 60_000, currency: "GBP"));
        var ledger = Open(test);
        foreach (uint counter in new uint[] { 1, 2, 3 })
        {
            var script = Leg(tenant, counter);
            if (counter == 3) script.Facts = script.Facts with { To = "+447400123456" };
            await RunAsync(ledger, script, seconds: 60);
        }
        MoneyStand? stand = null;
        await test.Database.Money.TellStandAsync(Script.Anchor.Wall, told => stand = told, Stop);
        Assert.Equal([new(tenant, null, new(60_000, "GBP")), new(tenant, null, new(120_000, "USD"))],
            stand!.Charged.OrderBy(s => s.Amount.Currency));
        Assert.Equal([(tenant, new Money(-60_000, "GBP")), (tenant, new Money(-120_000, "USD"))],
            stand.Balances.OrderBy(s => s.Balance.Currency));
        await test.Database.Money.TellStandAsync(Script.Anchor.Wall.AddHours(1), told => stand = told, Stop);
        Assert.Empty(stand.Charged);
    }

    [Fact]
    public async Task A_balance_below_its_threshold_asks_for_one_payment()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await ImportAsync(test, Price("+1", 60_000_000));
        await test.Database.Money.AddAsync(tenant, MoneyKind.Payment, new(100_000_000, "USD"), "", Stop);
        await RechargeAsync(test, tenant, threshold: 30_000_000, amount: 200_000_000);
        var ledger = Open(test);
        await RunAsync(ledger, Leg(tenant, 1), seconds: 30);
        Assert.Empty(await test.Database.PaymentRequests.ListOfAllTenantsAsync(10, Stop));
        await RunAsync(ledger, Leg(tenant, 2), seconds: 30);
        await RunAsync(ledger, Leg(tenant, 3), seconds: 30);
        var request = Assert.Single(await test.Database.PaymentRequests.ListOfAllTenantsAsync(10, Stop));
        Assert.Equal((tenant, new Money(200_000_000, "USD"), PaymentState.Pending, "ach"),
            (request.Tenant, request.Amount, request.State, request.Preference));

        Assert.True(await test.Database.PaymentRequests.DecideAsync(request, isApproved: true, Stop));
        Assert.False(await test.Database.PaymentRequests.DecideAsync(request, isApproved: false, Stop));
        Assert.Equal([new Money(120_000_000, "USD")], await test.Database.Money.BalancesAsync(tenant, Stop));
        Assert.Equal(PaymentState.Approved, (await test.Database.PaymentRequests.FindAsync(request.Id, Stop))!.State);
    }

    [Fact]
    public async Task A_payment_that_leaves_too_little_asks_for_no_other_one()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await RechargeAsync(test, tenant, threshold: 30_000_000, amount: 200_000_000);
        var request = Assert.Single(await test.Database.PaymentRequests.ListOfAllTenantsAsync(10, Stop));
        Assert.True(await test.Database.PaymentRequests.DecideAsync(request, isApproved: false, Stop));
        await EnterAsync(MoneyKind.Payment, 1_000_000);
        Assert.Equal(PaymentState.Rejected, Assert.Single(await test.Database.PaymentRequests.ListOfAllTenantsAsync(10, Stop)).State);
        await EnterAsync(MoneyKind.Charge, -1_000_000);
        Assert.Equal(2, (await test.Database.PaymentRequests.ListOfAllTenantsAsync(10, Stop)).Count);

        async Task EnterAsync(MoneyKind kind, long micros) => await test.Database.Documents.Rows(new DocumentKind("thing")).InsertAsync(
            new()
            {
                Id = Guid.NewGuid().ToString(), Tenant = tenant, Body = [], CreatedAt = Script.Anchor.Wall, UpdatedAt = Script.Anchor.Wall,
            },
            new UnitOfWork
            {
                Money = [new() { Tenant = tenant, Kind = kind, Amount = new(micros, "USD"), Note = "", At = Script.Anchor.Wall }],
            }, Stop);
    }

    [Fact]
    public async Task A_new_threshold_above_the_balance_asks_at_once()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        await RechargeAsync(test, tenant, threshold: 1_000_000, amount: 5_000_000);
        var request = Assert.Single(await test.Database.PaymentRequests.ListOfAllTenantsAsync(10, Stop));
        Assert.True(await test.Database.PaymentRequests.DecideAsync(request, isApproved: false, Stop));
        Assert.Empty(await test.Database.Money.BalancesAsync(tenant, Stop));
    }

    [Fact]
    public async Task An_import_counts_as_a_whole_and_says_what_was_new()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var deck = await ImportAsync(test, Price("+1", 1), Price("+49", 2));
        Assert.Equal(2, Rate(test, tenant, "+4930")?.MicrosPerMinute);
        Assert.Equal(new RateImport(0, 2),
            await test.Database.RateDecks.ImportAsync(deck, [Price("+1", 1), Price("+49", 2)], isWhole: false, Stop));
        Assert.Equal(new RateImport(2, 1),
            await test.Database.RateDecks.ImportAsync(deck, [Price("+1", 1), Price("+49", 3), Price("+4930", 4)], isWhole: false, Stop));
        Assert.Equal((4, 3, 1), (Rate(test, tenant, "+4930")?.MicrosPerMinute, Rate(test, tenant, "+4940")?.MicrosPerMinute,
            Rate(test, tenant, "+15")?.MicrosPerMinute));
        Assert.Equal(new RateImport(1, 0), await test.Database.RateDecks.ImportAsync(deck, [Price("+1", 1)], isWhole: true, Stop));
        Assert.Null(Rate(test, tenant, "+4930"));
        Assert.Null(await test.Database.RateDecks.ImportAsync(Guid.NewGuid(), [Price("+1", 1)], isWhole: false, Stop));
        await test.ReopenAsync();
        Assert.Equal((1, null), (Rate(test, tenant, "+15")?.MicrosPerMinute, Rate(test, tenant, "+4930")));
    }

    [Fact, Depth("the gate has single prices and their account")]
    public async Task A_hundred_thousand_prices_are_imported_and_kept_while_other_things_change()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var dice = new Random(3);
        (Direction, Rate)[] prices = [.. Enumerable.Range(0, 100_000)
            .Select(i => Price($"+{10_000_000 + i * 7}", dice.Next(1, 1_000_000)))];
        var deck = await ImportAsync(test, prices);
        Assert.Equal(100_000, test.Database.Routing.Current.Rates.FindDeck(deck)!.Count);
        Assert.Equal(prices[77_777].Item2.MicrosPerMinute, Rate(test, tenant, prices[77_777].Item2.Prefix + "123")?.MicrosPerMinute);
        var kept = test.Database.Routing.Current.Rates.FindDeck(deck);
        await test.TenantAsync("another");
        Assert.Same(kept, test.Database.Routing.Current.Rates.FindDeck(deck));
        await test.ReopenAsync();
        Assert.Equal(100_000, test.Database.Routing.Current.Rates.FindDeck(deck)!.Count);
    }

    [Fact]
    public async Task One_deck_is_the_default_one_and_an_account_may_have_another()
    {
        await using var test = await OpenAsync();
        var tenant = await test.TenantAsync();
        var first = await ImportAsync(test, Price("+", 1));
        var second = (await test.Database.RateDecks.CreateAsync("second", isDefault: false, Stop))!;
        await test.Database.RateDecks.ImportAsync(second.Id, [Price("+", 2)], isWhole: false, Stop);
        Assert.Equal(1, Rate(test, tenant, "+15")?.MicrosPerMinute);
        await test.Database.MoneyAccounts.ChangeAsync(tenant, account => account with { Deck = second.Id }, AuditActor.Operator, Stop);
        Assert.Equal(2, Rate(test, tenant, "+15")?.MicrosPerMinute);
        Assert.Equal(WriteOutcome.InUse, await test.Database.RateDecks.DeleteAsync(second.Id, Stop));
        await test.Database.MoneyAccounts.ChangeAsync(tenant, account => account with { Deck = null }, AuditActor.Operator, Stop);
        await test.Database.RateDecks.UpdateAsync(second.Id, "renamed", isDefault: true, Stop);
        Assert.Equal([("deck", false), ("renamed", true)], (await test.Database.RateDecks.ListAsync(Stop))
            .Select(d => (d.Name, d.IsDefault)).Order());
        Assert.Equal(WriteOutcome.Duplicate, await test.Database.RateDecks.UpdateAsync(first, "renamed", isDefault: false, Stop));
        Assert.Null(await test.Database.RateDecks.CreateAsync("renamed", isDefault: false, Stop));
        Assert.Equal(WriteOutcome.Done, await test.Database.RateDecks.DeleteAsync(second.Id, Stop));
        Assert.Null(Rate(test, tenant, "+15"));
    }

    private Task<TestDatabase> OpenAsync(TimeProvider? time = null) =>
        TestDatabase.OpenAsync(product, time ?? new FakeTimeProvider(Script.Anchor.Wall));

    private static Ledger Open(TestDatabase test, params IProjector[] projectors) =>
        new(test.Database, Script.Anchor, projectors, NullLogger.Instance);

    private static async Task<Guid> ImportAsync(TestDatabase test, params (Direction, Rate)[] rates)
    {
        var deck = (await test.Database.RateDecks.CreateAsync("deck", isDefault: true, Stop))!;
        await test.Database.RateDecks.ImportAsync(deck.Id, rates, isWhole: false, Stop);
        return deck.Id;
    }

    private static async Task RechargeAsync(TestDatabase test, TenantId tenant, long threshold, long amount) =>
        await test.Database.MoneyAccounts.RechargeAsync(tenant, prefs =>
            prefs with { IsEnabled = true, ThresholdMicros = threshold, AmountMicros = amount, Preference = "ach" }, (_, after) => new()
            {
                Tenant = tenant, At = Script.Anchor.Wall, By = AuditActor.Owner, Change = "updated", RecordType = "auto_recharge_pref",
                ResourceId = after.Id,
            }, Stop);

    private static (Direction Direction, Rate Rate) Price(string prefix, long micros, long fee = 0, DateTimeOffset? from = null,
        string currency = "USD") => (Direction.Outbound, new()
        {
            Prefix = prefix, Currency = currency, MicrosPerMinute = micros, InitialSeconds = 60, IncrementSeconds = 6, FeeMicros = fee,
            EffectiveFrom = from ?? DateTimeOffset.UnixEpoch,
        });

    private static Rate? Rate(TestDatabase test, TenantId tenant, string number) =>
        test.Database.Routing.Current.Rates.Find(tenant, Direction.Outbound, number, Script.Anchor.Wall);

    private static Script Leg(TenantId tenant, uint counter, Direction direction = Direction.Outbound)
    {
        var script = new Script(tenant, counter, direction);
        script.Facts = script.Facts with { Trunk = Trunk };
        return script;
    }

    private static async Task RunAsync(Ledger ledger, Script script, double seconds, double from = 0)
    {
        Assert.True(await ledger.AppendAsync(script.Initiated(from + 1)));
        if (seconds > 0) Assert.True(await ledger.AppendAsync(script.Answered(from + 3)));
        Assert.True(await ledger.AppendAsync(script.Ended(from + 3 + seconds)));
    }
}

public sealed class MoneyOnSqlite() : MoneyTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and on PostgreSQL what is written with a call, by the next start, for a day and by an import")]
public sealed class MoneyOnPostgres() : MoneyTests(Product.Postgres);

/// <summary>What of them the gate has on PostgreSQL: each way in which money is written.</summary>
public sealed class MoneyOnPostgresInBrief
{
    private readonly MoneyOnPostgres _all = new();

    [Fact]
    public Task An_answered_leg_is_charged() => _all.An_answered_leg_is_charged_with_its_end_and_told_behind_it();

    [Fact, Failure("process-killed")]
    public Task A_leg_of_a_process_that_died_is_charged() => _all.A_leg_of_a_process_that_died_is_charged_once_by_the_next_start();

    [Fact]
    public Task A_balance_is_the_sum_of_its_entries() => _all.A_balance_is_the_sum_of_its_entries_in_each_currency_by_itself();

    [Fact]
    public Task What_was_spent_today_is_known() => _all.What_was_spent_today_is_known_by_profile_and_currency();

    [Fact]
    public Task An_import_counts_as_a_whole() => _all.An_import_counts_as_a_whole_and_says_what_was_new();
}
