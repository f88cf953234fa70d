using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class AccessNetworkTests(Product product)
{
    private static readonly ResourceView<IPNetwork> View = new() { Read = row => IPNetwork.Parse((string)row.Body["network"]!) };

    private static CancellationToken Stop => TestDatabase.Stop;

    private static ResourceRow Row(TenantId tenant, long id, string network) =>
        Shop.Row(tenant, id, new JsonObject { ["network"] = network });

    [Fact]
    public async Task What_is_listed_is_in_the_snapshot_and_leaves_it_when_it_goes()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var (addresses, ranges) = (test.Database.AccessNetworks.Rows(AccessKind.Address, View),
            test.Database.AccessNetworks.Rows(AccessKind.Range, View));
        Assert.True(Allows(acme, "198.51.100.1"));
        Assert.Equal(WriteOutcome.Done, await addresses.InsertAsync(Row(acme, 1, "203.0.113.7/32"), Stop));
        Assert.Equal(WriteOutcome.Duplicate, await addresses.InsertAsync(Row(acme, 2, "203.0.113.7/32"), Stop));
        Assert.Equal(WriteOutcome.Done, await ranges.InsertAsync(Row(acme, 2, "203.0.113.7/32"), Stop));
        Assert.Equal(WriteOutcome.Done, await ranges.InsertAsync(Row(acme, 3, "2001:db8::/32"), Stop));
        Assert.Equal((false, true, true), (Allows(acme, "198.51.100.1"), Allows(acme, "203.0.113.7"), Allows(acme, "2001:db8::5")));
        Assert.True(Allows(other, "198.51.100.1"));

        Assert.Null(await addresses.FindAsync(acme, "3", Stop));
        Assert.Equal(WriteOutcome.Missing, await ranges.DeleteAsync(other, "3", Stop));
        Assert.Equal(WriteOutcome.Missing, await addresses.DeleteAsync(acme, "3", Stop));
        Assert.Equal(WriteOutcome.Done, await ranges.DeleteAsync(acme, "3", Stop));
        Assert.False(Allows(acme, "2001:db8::5"));

        bool Allows(TenantId tenant, string source) =>
            test.Database.Routing.Current.FindTenant(tenant)!.Access.Allows(IPAddress.Parse(source));
    }

    [Fact]
    public async Task The_operator_lists_and_removes_entries_of_both_kinds_and_the_account_is_told()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        await test.Database.AccessNetworks.Rows(AccessKind.Address, View).InsertAsync(Row(tenant, 1, "203.0.113.7/32"), Stop);
        await test.Database.AccessNetworks.Rows(AccessKind.Range, View).InsertAsync(Row(tenant, 2, "198.51.100.0/24"), Stop);
        var entries = await test.Database.AccessNetworks.ListAsync(tenant, Stop);
        Assert.Equal(["1 Address 203.0.113.7/32", "2 Range 198.51.100.0/24"], entries.Select(e => $"{e.Id} {e.Kind} {e.Network}"));

        Assert.Equal(2, await test.Database.AccessNetworks.RemoveAsync(tenant, [1, 2, 3], id => new()
        {
            Tenant = tenant, At = test.Time.GetUtcNow(), By = AuditActor.Operator, Change = "deleted",
            RecordType = "entry", ResourceId = $"{id}",
        }, Stop));
        Assert.Empty(await test.Database.AccessNetworks.ListAsync(tenant, Stop));
        Assert.Equal(0, test.Database.Routing.Current.FindTenant(tenant)!.Access.Count);
        Assert.Equal(["1", "2"], (await test.Database.Audit.ListAsync(tenant, null, null, false, 0, 10, Stop)).Events
            .Select(e => e.ResourceId).Order());
    }

    [Fact]
    public async Task Tags_are_told_once_in_the_spelling_that_came_first()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var profiles = test.Database.OutboundProfiles.Rows(Shop.Profiles);
        Assert.Equal(WriteOutcome.Done,
            await profiles.InsertAsync(Shop.Row(acme, 1, new() { ["name"] = "a", ["tags"] = new JsonArray("Blue", "green") }), Stop));
        Assert.Equal(WriteOutcome.Done,
            await profiles.InsertAsync(Shop.Row(acme, 2, new() { ["name"] = "b", ["tags"] = new JsonArray("blue", "red") }), Stop));
        Assert.Equal(WriteOutcome.Done, await profiles.InsertAsync(Shop.Row(acme, 3, new() { ["name"] = "c" }), Stop));
        var now = test.Time.GetUtcNow();
        NewNumber Number(TenantId tenant, string text, long id, params string[] tags) =>
            new(new(text, tenant, null) { Tags = tags }, id, now.AddSeconds(id));
        await test.Database.Numbers.ImportAsync([Number(acme, "+15550100001", 1, "Desk"), Number(acme, "+15550100002", 2), Number(acme,
            "+15550100003", 3, "desk", "Shop"), Number(acme, "+15550100004", 4, "Desk"), Number(other, "+15550100005", 5, "theirs")], Stop);

        Assert.Equal(["Blue", "green", "red"], await test.Database.Tags.OfProfilesAsync(acme, Stop));
        Assert.Equal(["Desk", "Shop"], await test.Database.Tags.OfNumbersAsync(acme, Stop));
        Assert.Equal(["theirs"], await test.Database.Tags.OfNumbersAsync(other, Stop));
        Assert.Empty(await test.Database.Tags.OfProfilesAsync(other, Stop));
    }
}

public sealed class AccessNetworksOnSqlite() : AccessNetworkTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AccessNetworksOnPostgres() : AccessNetworkTests(Product.Postgres);
