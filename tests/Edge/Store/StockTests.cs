using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Documents;
using Ringwright.Store.Keeping;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Faces;
using Ringwright.Telnyx.Numbers;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>The stock of numbers on both databases: found, held, ordered by one of two, returned, and found again.</summary>
public sealed class StockTests
{
    private static CancellationToken Stop => TestDatabase.Stop;

    private static StockNumber Number(int last, string ndc = "312") => new()
    {
        Text = $"+1{ndc}5550{last:D3}", Country = "US", National = $"{ndc}5550{last:D3}", Ndc = ndc, Area = "IL", Locality = "CHICAGO",
        Features = ["voice", "sms"], UpfrontMicros = 1_000_000, MonthlyMicros = 2_000_000,
    };

    private static ResourceRow Row(TenantId tenant, string text, long id, DateTimeOffset at)
    {
        var body = NumberFace.New(at);
        body["phone_number"] = text;
        return new() { Id = $"{id}", Tenant = tenant, Body = body, CreatedAt = at, UpdatedAt = at };
    }

    private static Task<IReadOnlyList<StockNumber>> FindAsync(TestDatabase test, TenantId tenant,
        Func<StockQuery, StockQuery>? change = null)
    {
        var query = new StockQuery { Country = "US" };
        return test.Database.StockSearch.FindAsync(tenant, change?.Invoke(query) ?? query, test.Time.GetUtcNow(), Stop).AsTask();
    }

    private static async Task<ClaimRefusal?> OrderAsync(TestDatabase test, TenantId tenant, long id, params string[] texts)
    {
        var at = test.Time.GetUtcNow();
        return await test.Database.StockClaims.OrderAsync(new(tenant, texts, at), test.Database.Numbers.Rows(PhoneNumbers.View),
            stock => new([.. stock.Select((number, i) => Row(tenant, number.Text, id + i, at))], new()), Stop);
    }

    /// <summary>Of which the gate sees on PostgreSQL who of two has a number, and its months.</summary>
    public static TheoryData<Product> DeepOnPostgres => Depth.Rows([Product.Sqlite], [Product.Postgres]);

    private static async Task<(TestDatabase Test, TenantId One, TenantId Two)> StockedAsync(Product product)
    {
        var test = await TestDatabase.OpenAsync(product);
        var one = await test.TenantAsync();
        var two = (await test.Database.Tenants.CreateAsync("second", TenantLimits.None, null, Stop))!.Tenant.Id;
        var done = await test.Database.Stock.ImportAsync([.. Enumerable.Range(100, 20).Select(i => Number(i))], test.Time.GetUtcNow(),
            Stop);
        Assert.Equal((20, 0), (done.Added, done.Known));
        return (test, one, two);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task What_was_returned_is_kept_as_long_as_nobody_may_have_it(Product product)
    {
        var time = new FakeTimeProvider();
        await using var test = await TestDatabase.OpenAsync(product, time);
        var tenant = await test.TenantAsync();
        var returned = test.Database.Documents.Rows(new DocumentKind(StockLimits.Returned));
        Assert.Equal(WriteOutcome.Done, await returned.InsertAsync(Row(tenant, "+13125550100", 1_001, time.GetUtcNow()), Stop));
        time.Advance(StockLimits.Quarantine - TimeSpan.FromHours(1));
        await new Housekeeping(test.Database, new(), test.Folder, NullLogger.Instance).RunAsync(Stop);
        Assert.NotNull(await returned.FindAsync(tenant, "1001", Stop));
        time.Advance(TimeSpan.FromHours(2));
        await new Housekeeping(test.Database, new(), test.Folder, NullLogger.Instance).RunAsync(Stop);
        Assert.Null(await returned.FindAsync(tenant, "1001", Stop));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task What_is_sold_on_request_is_nobodys_until_it_is_decided_on(Product product)
    {
        var (test, one, two) = await StockedAsync(product);
        await using var database = test;
        var (stock, claims, numbers) = (test.Database.Stock, test.Database.StockClaims, test.Database.Numbers.Rows(PhoneNumbers.View));
        const string wanted = "+13125550100";
        var changed = await stock.ChangeAsync(wanted, number => number with { IsOnRequest = true }, Stop);
        Assert.True(changed!.IsOnRequest);
        Assert.Equal([wanted], (await FindAsync(test, one, q => q with { IsOnRequest = true })).Select(n => n.Text));
        Assert.DoesNotContain(await FindAsync(test, one, q => q with { IsOnRequest = false }), n => n.Text == wanted);
        var at = test.Time.GetUtcNow();
        await test.Database.StockSearch.RememberAsync(one, [wanted], at, Stop);
        // Whoever cannot wait is refused.
        Assert.Equal(new ClaimRefusal(ClaimFault.OnRequest), await OrderAsync(test, one, 1_001, wanted));
        var claim = new NumberClaim(one, [wanted], at) { MayWait = true };
        Assert.Null(await claims.OrderAsync(claim, numbers, _ => new([], new()), Stop));
        var kept = (await stock.FindAsync(wanted, Stop))!;
        Assert.Equal((StockState.Assigned, one), (kept.State, kept.Holder!.Value));
        Assert.Null(test.Database.Routing.Current.FindOwnNumber(wanted));

        Assert.Equal(WriteOutcome.Done, await claims.DecideAsync(new(one, [wanted], at, []), numbers, new(), Stop));
        Assert.Equal(StockState.Available, (await stock.FindAsync(wanted, Stop))!.State);
        // Nobody is given what waits for another, or for nobody.
        var given = new NumberDecision(one, [wanted], at, []) { Number = number => Row(one, number.Text, 1_001, at) };
        Assert.Equal(WriteOutcome.Taken, await claims.DecideAsync(given, numbers, new(), Stop));
        await test.Database.StockSearch.RememberAsync(one, [wanted], at, Stop);
        Assert.Null(await claims.OrderAsync(claim, numbers, _ => new([], new()), Stop));
        Assert.Equal(WriteOutcome.Taken, await claims.DecideAsync(given with { Tenant = two }, numbers, new(), Stop));
        Assert.Equal(WriteOutcome.Done, await claims.DecideAsync(given, numbers, new(), Stop));
        Assert.Equal(one, test.Database.Routing.Current.FindOwnNumber(wanted)!.Tenant);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_search_applies_each_filter_and_gives_numbers_in_their_order(Product product)
    {
        var (test, one, _) = await StockedAsync(product);
        await using var closing = test;
        await test.Database.Stock.ImportAsync(
        [
            Number(100, "773") with { Locality = "EVANSTON", Features = ["fax"] },
            Number(101, "800") with { Type = StockType.TollFree, IsQuickship = true },
            Number(102, "800") with { Type = StockType.TollFree },
        ], test.Time.GetUtcNow(), Stop);
        Assert.Equal(23, (await FindAsync(test, one)).Count);
        Assert.Equal(["+13125550100", "+13125550101"], (await FindAsync(test, one, q => q with { Limit = 2 })).Select(n => n.Text));
        Assert.Equal(20, (await FindAsync(test, one, q => q with { Ndc = "312" })).Count);
        Assert.Equal(10, (await FindAsync(test, one, q => q with { Ndc = "312", StartsWith = "555011" })).Count);
        Assert.Empty(await FindAsync(test, one, q => q with { Ndc = "312", StartsWith = "312" }));      // behind the code
        Assert.Equal(["+13125550107", "+13125550117"],
            (await FindAsync(test, one, q => q with { EndsWith = "7" })).Select(n => n.Text));
        Assert.Equal(["+13125550105", "+13125550115"],
            (await FindAsync(test, one, q => q with { Ndc = "312", EndsWith = "5" })).Select(n => n.Text));
        Assert.Equal(20, (await FindAsync(test, one, q => q with { Contains = "125550" })).Count);
        Assert.Empty(await FindAsync(test, one, q => q with { Ndc = "312", Contains = "125550" }));
        Assert.Equal("+17735550100", Assert.Single(await FindAsync(test, one, q => q with { Locality = "EVANSTON" })).Text);
        Assert.Single(await FindAsync(test, one, q => q with { Features = ["fax"] }));
        // It is asked of toll-free numbers alone.
        Assert.Equal(22, (await FindAsync(test, one, q => q with { IsQuickship = true })).Count);
        Assert.Equal("+18005550101",
            Assert.Single(await FindAsync(test, one, q => q with { Type = StockType.TollFree, IsQuickship = true })).Text);
        Assert.Empty(await FindAsync(test, one, q => q with { Type = StockType.Mobile }));
        Assert.False(await test.Database.StockSearch.HasCountryAsync("SE", Stop));
    }

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task Only_what_was_found_can_be_ordered_and_one_of_two_has_it(Product product)
    {
        var (test, one, two) = await StockedAsync(product);
        await using var closing = test;
        const string wanted = "+13125550100";
        Assert.Equal(new ClaimRefusal(ClaimFault.NotFound), await OrderAsync(test, one, 1_001, wanted));
        foreach (var tenant in new[] { one, two })
            await test.Database.StockSearch.RememberAsync(tenant, [wanted, "+13125550101"], test.Time.GetUtcNow(), Stop);

        var refused = await Task.WhenAll(OrderAsync(test, one, 1_001, wanted), OrderAsync(test, two, 2_001, wanted));
        Assert.Equal(ClaimFault.NotAvailable, Assert.Single(refused, r => r is not null)!.Fault);
        var owner = test.Database.Routing.Current.FindOwnNumber(wanted)!.Tenant;
        Assert.Equal(refused[0] is null ? one : two, owner);
        Assert.DoesNotContain(await FindAsync(test, one), n => n.Text == wanted);
        // Setup and the first month, once.
        Assert.Equal([-3_000_000L], (await test.Database.Money.BalancesAsync(owner, Stop)).Select(m => m.Micros));
        Assert.Empty(await test.Database.Money.BalancesAsync(owner == one ? two : one, Stop));

        // All or none: the second of these is gone, so the first stays where it was.
        var other = owner == one ? two : one;
        Assert.Equal(new ClaimRefusal(ClaimFault.NotAvailable, 1), await OrderAsync(test, other, 3_001, "+13125550101", wanted));
        Assert.Null(test.Database.Routing.Current.FindOwnNumber("+13125550101"));
        Assert.Equal(StockState.Available, (await test.Database.Stock.FindAsync("+13125550101", Stop))!.State);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task What_is_held_is_nobody_elses_until_the_hold_is_over(Product product)
    {
        var (test, one, two) = await StockedAsync(product);
        await using var closing = test;
        const string wanted = "+13125550102";
        var now = test.Time.GetUtcNow();
        foreach (var tenant in new[] { one, two }) await test.Database.StockSearch.RememberAsync(tenant, [wanted], now, Stop);
        IReadOnlyList<bool> held = [];
        Assert.Null(await test.Database.StockClaims.HoldAsync(new(one, [wanted], now), now.AddMinutes(30), h =>
        {
            held = h;
            return new();
        }, Stop));
        Assert.Equal([true], held);
        Assert.Equal(ClaimFault.HeldAlready,
            (await test.Database.StockClaims.HoldAsync(new(one, [wanted], now), now.AddMinutes(30), _ => new(), Stop))!.Fault);
        Assert.Null(await test.Database.StockClaims.HoldAsync(new(two, [wanted], now), now.AddMinutes(30), h =>
        {
            held = h;
            return new();
        }, Stop));
        Assert.Equal([false], held);
        Assert.Contains(await FindAsync(test, one), n => n.Text == wanted);
        Assert.DoesNotContain(await FindAsync(test, one, q => q with { IsWithoutHeld = true }), n => n.Text == wanted);
        Assert.DoesNotContain(await FindAsync(test, two), n => n.Text == wanted);
        Assert.Equal(ClaimFault.NotAvailable, (await OrderAsync(test, two, 2_001, wanted))!.Fault);

        ((FakeTimeProvider)test.Time).Advance(TimeSpan.FromMinutes(31));
        Assert.Contains(await FindAsync(test, two), n => n.Text == wanted);
        Assert.Null(await OrderAsync(test, two, 2_001, wanted));
        Assert.Equal(two, test.Database.Routing.Current.FindOwnNumber(wanted)!.Tenant);
    }

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task Months_are_charged_as_they_begin_until_the_number_is_returned(Product product)
    {
        var (test, one, two) = await StockedAsync(product);
        await using var closing = test;
        const string wanted = "+13125550103";
        await test.Database.StockSearch.RememberAsync(one, [wanted], test.Time.GetUtcNow(), Stop);
        Assert.Null(await OrderAsync(test, one, 1_001, wanted));
        Assert.Equal(0, await test.Database.NumberMonths.ChargeDueAsync(Stop));
        ((FakeTimeProvider)test.Time).Advance(TimeSpan.FromDays(62));
        Assert.Equal(2, await test.Database.NumberMonths.ChargeDueAsync(Stop));
        Assert.Equal(0, await test.Database.NumberMonths.ChargeDueAsync(Stop));
        Assert.Equal([-7_000_000L], (await test.Database.Money.BalancesAsync(one, Stop)).Select(m => m.Micros));

        Assert.Equal(WriteOutcome.Done, await test.Database.Numbers.Records.RemoveAsync(one, "1001", null, Stop));
        Assert.Null(test.Database.Routing.Current.FindOwnNumber(wanted));
        Assert.Equal(StockState.Quarantined, (await test.Database.Stock.FindAsync(wanted, Stop))!.State);
        Assert.DoesNotContain(await FindAsync(test, two), n => n.Text == wanted);
        ((FakeTimeProvider)test.Time).Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, await test.Database.NumberMonths.ChargeDueAsync(Stop));
        Assert.Contains(await FindAsync(test, two), n => n.Text == wanted);
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_number_that_another_network_has_costs_nothing_and_one_that_is_gone_neither(Product product)
    {
        var (test, one, _) = await StockedAsync(product);
        await using var closing = test;
        const string wanted = "+13125550103";
        await test.Database.StockSearch.RememberAsync(one, [wanted], test.Time.GetUtcNow(), Stop);
        Assert.Null(await OrderAsync(test, one, 1_001, wanted));
        Assert.True(await test.Database.Numbers.PortAsync(wanted, isOut: true, test.Time.GetUtcNow(), Stop));
        ((FakeTimeProvider)test.Time).Advance(TimeSpan.FromDays(62));
        Assert.Equal(0, await test.Database.NumberMonths.ChargeDueAsync(Stop));
        Assert.True(await test.Database.Numbers.PortAsync(wanted, isOut: false, test.Time.GetUtcNow(), Stop));
        ((FakeTimeProvider)test.Time).Advance(TimeSpan.FromDays(31));
        Assert.Equal(1, await test.Database.NumberMonths.ChargeDueAsync(Stop));
        await test.Database.Sql.WriteAsync(db => db.Execute("delete from rw_number where text = @wanted", new { wanted }), Stop);
        ((FakeTimeProvider)test.Time).Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, await test.Database.NumberMonths.ChargeDueAsync(Stop));
        Assert.Equal(["0"], await test.QueryAsync("select cast(count(*) as text) from rw_number_month"));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task What_there_is_comes_in_groups_once_each(Product product)
    {
        var (test, _, _) = await StockedAsync(product);
        await using var closing = test;
        await test.Database.Stock.ImportAsync([
            Number(1, "773") with { IsQuickship = true }, Number(2, "773") with { IsQuickship = true },
            Number(3, "773") with { Type = StockType.TollFree, Features = ["voice"] },
            Number(4, "773") with { Country = "CA", Features = ["voice"], IsReservable = false },
        ], test.Time.GetUtcNow(), Stop);
        var groups = await test.Database.StockSearch.GroupsAsync(Stop);
        Assert.Equal([("CA", StockType.Local, false, false), ("US", StockType.Local, true, false), ("US", StockType.Local, true, true),
            ("US", StockType.TollFree, true, false)], groups.Select(g => (g.Country, g.Type, g.IsReservable, g.IsQuickship)));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task Accounts_that_go_leave_their_numbers_and_a_backup_takes_them_again(Product product)
    {
        var (test, one, two) = await StockedAsync(product);
        await using var closing = test;
        const string kept = "+13125550103", later = "+13125550104", held = "+13125550105";
        await test.Database.StockSearch.RememberAsync(one, [kept, later, held], test.Time.GetUtcNow(), Stop);
        Assert.Null(await OrderAsync(test, one, 1_001, kept));
        string file = Path.Combine(test.Folder, "before.jsonl");
        var kinds = Ringwright.Telnyx.SnapshotKinds.Of(test.Database);
        await test.Database.Snapshots.SaveAsync(file, one, kinds, withFiles: false, overwrites: true, Stop);
        Assert.Null(await OrderAsync(test, one, 1_002, later));
        Assert.Null(await test.Database.StockClaims.HoldAsync(new(one, [held], test.Time.GetUtcNow()),
            test.Time.GetUtcNow() + TimeSpan.FromHours(1), _ => new(), Stop));
        await test.Database.Snapshots.LoadAsync(file, kinds, (_, _) => null, replaces: true, () => 1, Stop);
        Assert.Equal((StockState.Assigned, (TenantId?)one), await StateAsync(kept));
        Assert.Equal((StockState.Quarantined, (TenantId?)null), await StateAsync(later));
        Assert.Equal((StockState.Available, (TenantId?)null), await StateAsync(held));
        Assert.DoesNotContain(await FindAsync(test, two), n => n.Text == kept);

        async Task<(StockState, TenantId?)> StateAsync(string text)
        {
            var number = (await test.Database.Stock.FindAsync(text, Stop))!;
            return (number.State, number.Holder);
        }
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_block_is_found_while_all_of_it_is_free_and_ordered_whole(Product product)
    {
        var (test, one, two) = await StockedAsync(product);
        await using var closing = test;
        string[] block = [.. Enumerable.Range(200, 10).Select(i => Number(i).Text)];
        await test.Database.Stock.ImportAsync(
            [.. block.Select((_, i) => Number(200 + i) with { BlockFirst = block[0], BlockSize = 10 })], test.Time.GetUtcNow(), Stop);
        var now = test.Time.GetUtcNow();
        Assert.Equal(block[0], Assert.Single(await test.Database.StockSearch.FindBlocksAsync(new() { Country = "US" }, now, Stop)).Text);
        await test.Database.StockSearch.RememberAsync(one, [block[0]], now, Stop);
        await test.Database.StockSearch.RememberAsync(two, [block[3]], now, Stop);
        Assert.Null(await test.Database.StockClaims.OrderAsync(new(one, block, now) { Block = block[0] },
            test.Database.Numbers.Rows(PhoneNumbers.View),
            stock => new([.. stock.Select((number, i) => Row(one, number.Text, 1_001 + i, now))], new()), Stop));
        Assert.All(block, text => Assert.Equal(one, test.Database.Routing.Current.FindOwnNumber(text)!.Tenant));
        Assert.Empty(await test.Database.StockSearch.FindBlocksAsync(new() { Country = "US" }, now, Stop));
    }

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task What_an_account_has_by_the_operators_word_is_not_offered(Product product)
    {
        var (test, one, two) = await StockedAsync(product);
        await using var closing = test;
        const string given = "+13125550104";
        await test.Database.Numbers.ImportAsync([new(new(given, two, null), 2_000_000_000_000_000_001, test.Time.GetUtcNow())], Stop);
        Assert.DoesNotContain(await FindAsync(test, one), n => n.Text == given);
        await test.Database.StockSearch.RememberAsync(one, [given], test.Time.GetUtcNow(), Stop);
        Assert.Equal(ClaimFault.NotAvailable, (await OrderAsync(test, one, 1_001, given))!.Fault);
        Assert.False(await test.Database.Stock.SwitchAsync("+13125550199", isOffered: false, test.Time.GetUtcNow(), Stop));
        Assert.True(await test.Database.Stock.SwitchAsync("+13125550105", isOffered: false, test.Time.GetUtcNow(), Stop));
        Assert.DoesNotContain(await FindAsync(test, one), n => n.Text == "+13125550105");
        Assert.True(await test.Database.Stock.SwitchAsync("+13125550105", isOffered: true, test.Time.GetUtcNow(), Stop));
        Assert.Contains(await FindAsync(test, one), n => n.Text == "+13125550105");
    }
}
