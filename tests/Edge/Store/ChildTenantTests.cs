using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Accounts below an account, on both databases.</summary>
public abstract class ChildTenantTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    private static IEnumerable<AuditNote> Notes(ChildTenant? before, ChildTenant after) =>
    [
        new()
        {
            Tenant = after.Parent, At = after.UpdatedAt, By = AuditActor.Owner, Change = before is null ? "created" : "changed",
            RecordType = "child", ResourceId = after.Id.ToString()
        },
    ];

    private static async Task<ChildTenant> MakeAsync(TestDatabase test, TenantId parent, string name, string? email = null) =>
        Assert.IsType<ChildMade.Done>(await test.Database.ChildTenants.CreateAsync(parent,
            new(name, email, HasOwnPrices: false, IsPaidAbove: true), Notes, Stop)).Child;

    private static async Task<int> ShareAsync(TestDatabase test, TenantId parent, TenantId child, int channels) =>
        await test.Database.ChildTenants.ShareAsync(parent, child, channels, most: 100, Notes, Stop) switch
        {
            ShareGiven.Done done => done.Child.Channels!.Value,
            ShareGiven.TooMany over => -(int)over.Free,
            _ => int.MinValue,
        };

    [Fact]
    public async Task A_child_has_two_keys_that_its_parent_reads_again_and_the_database_does_not_show()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var acme = await test.TenantAsync();
        var made = await MakeAsync(test, acme, "Shop", "shop@example.com");
        var found = (await test.Database.ChildTenants.FindAsync(acme, made.Id, Stop))!;
        Assert.Equal(made, found);
        Assert.Equal(("Shop", "shop@example.com", true, false, 10),
            (found.Organization, found.Email, found.IsPaidAbove, found.HasOwnPrices, found.Channels));
        foreach (string text in new[] { found.Keys!.Key, found.Keys.Token })
        {
            var key = (await test.Database.ApiKeys.FindAsync(text, Stop))!;
            Assert.Equal((made.Id, acme, KeyRole.Owner), (key.Tenant, key.Parent, key.Role));
        }
        Assert.NotNull(await test.Database.SigningKeys.FindAsync(made.Id, Stop));
        var tenant = test.Database.Routing.Current.FindTenant(made.Id)!;
        Assert.Equal((acme, "Shop", false), (tenant.Parent, tenant.Name, tenant.IsDisabled));
        Assert.True(test.Database.Routing.Current.Rates.AccountOf(made.Id).RollsUp);
        Assert.Single((await test.Database.Audit.ListAsync(acme, null, null, false, 0, 10, Stop)).Events);
        Assert.DoesNotContain(found.Keys.Key, await test.DumpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Children_are_found_in_any_case_of_any_language()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var acme = await test.TenantAsync();
        var made = await MakeAsync(test, acme, "\u00c9LAN \u00d6ST", "\u00c9lan@example.com");
        foreach (string part in new[] { "\u00e9lan", "\u00c9lan", "\u00f6st", "\u00d6ST" })
            Assert.Equal(made.Id, Assert.Single(
                (await test.Database.ChildTenants.ListAsync(acme, new() { OrganizationContains = part }, Stop)).Rows).Id);
        Assert.IsType<ChildMade.EmailTaken>(
            await test.Database.ChildTenants.CreateAsync(acme, new("Twin", "\u00e9LAN@example.com", false, false), Notes, Stop));
    }

    [Fact]
    public async Task Children_have_none_of_their_own_and_no_address_twice_and_may_share_a_name()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var child = await MakeAsync(test, acme, "Shop", "shop@example.com");
        Assert.IsType<ChildMade.TooDeep>(await test.Database.ChildTenants.CreateAsync(child.Id,
            new("Deeper", null, false, false), Notes, Stop));
        Assert.IsType<ChildMade.EmailTaken>(
            await test.Database.ChildTenants.CreateAsync(acme, new("Twin", "SHOP@example.com", false, false), Notes, Stop));
        var twin = await MakeAsync(test, other, "Shop", "shop@example.com");
        Assert.Equal("Shop", twin.Organization);
        Assert.NotEqual("Shop", test.Database.Routing.Current.FindTenant(twin.Id)!.Name);
        Assert.EndsWith("@account.invalid", (await MakeAsync(test, acme, "Quiet")).Email, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_are_no_more_below_one_than_it_may_make_and_another_has_its_own()
    {
        await using var test = await TestDatabase.OpenAsync(product, configure: options => options with { AccountsBelow = 2 });
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var first = await MakeAsync(test, acme, "One");
        await test.Database.ChildTenants.DisableAsync(acme, first.Id, Notes, Stop);
        await MakeAsync(test, acme, "Two");
        Assert.Equal(new ChildMade.TooMany(2),
            await test.Database.ChildTenants.CreateAsync(acme, new("Three", null, false, false), Notes, Stop));
        await MakeAsync(test, other, "Three");
        // The operator's is made all the same.
        Assert.NotNull(await test.Database.Tenants.CreateAsync("four", TenantLimits.None, acme, Stop));
    }

    [Fact]
    public async Task Nobody_but_the_parent_finds_or_changes_a_child()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var child = await MakeAsync(test, acme, "Shop");
        var children = test.Database.ChildTenants;
        foreach (var stranger in new[] { other, child.Id })
        {
            Assert.Null(await children.FindAsync(stranger, child.Id, Stop));
            Assert.Null(await children.AllowPricesAsync(stranger, child.Id, true, Notes, Stop));
            Assert.Null(await children.DisableAsync(stranger, child.Id, Notes, Stop));
            Assert.Null(await children.EnableAsync(stranger, child.Id, withConnections: false, Notes, Stop));
            Assert.Equal(int.MinValue, await ShareAsync(test, stranger, child.Id, 1));
            Assert.Equal(0, (await children.ListAsync(stranger, new(), Stop)).Total);
        }
        Assert.Null(await children.FindAsync(acme, acme, Stop));
        Assert.Equal(child, await children.FindAsync(acme, child.Id, Stop));
    }

    [Fact]
    public async Task Children_are_listed_by_name_and_address_in_either_order()
    {
        var time = new FakeTimeProvider();
        await using var test = await TestDatabase.OpenAsync(product, time);
        var acme = await test.TenantAsync();
        foreach (var (name, email) in new[] { ("Alpha 100%", "z@example.com"), ("Beta", "y@example.org"), ("alpha two", "x@example.com") })
        {
            await MakeAsync(test, acme, name, email);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        // One that the operator made, without an address.
        await test.Database.Tenants.CreateAsync("gamma", TenantLimits.None, acme, Stop);

        Assert.Equal("Alpha 100%,Beta,alpha two,gamma", await NamesAsync(new()));
        Assert.Equal("gamma,alpha two,Beta,Alpha 100%", await NamesAsync(new() { IsDescending = true }));
        Assert.Equal("Alpha 100%,alpha two", await NamesAsync(new() { OrganizationContains = "ALPHA" }));
        Assert.Equal("Alpha 100%", await NamesAsync(new() { OrganizationContains = "0%" }));
        Assert.Equal("Beta", await NamesAsync(new() { Organization = "Beta" }));
        Assert.Equal("", await NamesAsync(new() { Organization = "beta" }));
        Assert.Equal("alpha two,Alpha 100%", await NamesAsync(new() { EmailContains = "example.COM", IsByEmail = true }));
        Assert.Equal("Beta", await NamesAsync(new() { Email = "y@example.org" }));
        Assert.Equal("gamma", await NamesAsync(new() { EmailContains = "account.invalid" }));
        Assert.Equal("Beta", await NamesAsync(new() { IsByEmail = true, IsDescending = true, Offset = 1, Limit = 1 }));
        Assert.Equal(4, (await test.Database.ChildTenants.ListAsync(acme, new() { Limit = 1 }, Stop)).Total);

        async Task<string> NamesAsync(ChildTenantQuery query) =>
            string.Join(',', (await test.Database.ChildTenants.ListAsync(acme, query, Stop)).Rows.Select(c => c.Organization));
    }

    [Fact]
    public async Task A_disabled_child_takes_its_connections_with_it_and_gets_them_back_when_asked()
    {
        var time = new FakeTimeProvider();
        await using var test = await TestDatabase.OpenAsync(product, time);
        var acme = await test.TenantAsync();
        var child = await MakeAsync(test, acme, "Shop");
        var rows = test.Database.Connections.Rows(ConnectionKind.CallControl, Shop.Applications);
        foreach (var tenant in new[] { acme, child.Id })
            await rows.InsertAsync(Shop.Row(tenant, 1, new() { ["title"] = "A", ["on"] = true }), Stop);

        var off = (await test.Database.ChildTenants.DisableAsync(acme, child.Id, Notes, Stop))!;
        Assert.NotNull(off.DisabledAt);
        Assert.Equal((true, false, false), await StateAsync());
        Assert.True(test.Database.Routing.Current.FindConnection(acme, new(1))!.IsActive);

        await test.Database.ChildTenants.EnableAsync(acme, child.Id, withConnections: false, Notes, Stop);
        Assert.Equal((false, false, false), await StateAsync());
        await test.Database.ChildTenants.EnableAsync(acme, child.Id, withConnections: true, Notes, Stop);
        Assert.Equal((false, true, true), await StateAsync());

        // Who is off for a while has back what went off with it, and no more.
        await test.Database.ChildTenants.DisableAsync(acme, child.Id, Notes, Stop);
        await test.Database.ChildTenants.ResumeAsync(acme, child.Id, Notes, Stop);
        Assert.Equal((false, true, true), await StateAsync());
        await test.Database.ChildTenants.DisableAsync(acme, child.Id, Notes, Stop);
        await test.Database.ChildTenants.EnableAsync(acme, child.Id, withConnections: false, Notes, Stop);
        time.Advance(TimeSpan.FromMinutes(1));
        await test.Database.ChildTenants.DisableAsync(acme, child.Id, Notes, Stop);
        await test.Database.ChildTenants.ResumeAsync(acme, child.Id, Notes, Stop);
        Assert.Equal((false, false, false), await StateAsync());

        async Task<(bool IsDisabled, bool IsActive, bool Says)> StateAsync()
        {
            var now = test.Database.Routing.Current;
            return (now.FindTenant(child.Id)!.IsDisabled, now.FindConnection(child.Id, new(1))!.IsActive,
                (bool)(await rows.FindAsync(child.Id, "1", Stop))!.Body["on"]!);
        }
    }

    [Fact]
    public async Task Shares_of_channels_stay_together_within_what_the_parent_has()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var acme = await test.TenantAsync();
        var (a, b) = (await MakeAsync(test, acme, "A"), await MakeAsync(test, acme, "B"));
        Assert.Equal(60, await ShareAsync(test, acme, a.Id, 60));
        Assert.Equal(-40, await ShareAsync(test, acme, b.Id, 41));
        Assert.Equal(40, await ShareAsync(test, acme, b.Id, 40));
        Assert.Equal(60, await ShareAsync(test, acme, a.Id, 60));
        Assert.Equal(100, await test.Database.ChildTenants.SharedAsync(acme, Stop));

        await test.Database.Tenants.ChangeLimitsAsync(acme, limits => limits with { Channels = 50 }, Stop);
        Assert.Equal(-10, await ShareAsync(test, acme, a.Id, 20));
        Assert.Equal(0, await ShareAsync(test, acme, a.Id, 0));
        Assert.Equal((0, 40), (test.Database.Routing.Current.FindTenant(a.Id)!.Limits.Channels,
            test.Database.Routing.Current.FindTenant(b.Id)!.Limits.Channels));
    }

    [Fact]
    public async Task Two_that_ask_for_the_last_channels_at_once_do_not_both_get_them()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var acme = await test.TenantAsync();
        var children = new List<ChildTenant>();
        for (int i = 0; i < 8; i++) children.Add(await MakeAsync(test, acme, $"C{i}"));
        foreach (var child in children) await ShareAsync(test, acme, child.Id, 0);      // what a new account begins with
        int[] given = await Task.WhenAll(children.Select(c => ShareAsync(test, acme, c.Id, 30)));
        Assert.Equal(3, given.Count(g => g == 30));
        Assert.Equal(90, await test.Database.ChildTenants.SharedAsync(acme, Stop));
    }
}

public sealed class ChildTenantsOnSqlite() : ChildTenantTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ChildTenantsOnPostgres() : ChildTenantTests(Product.Postgres);
