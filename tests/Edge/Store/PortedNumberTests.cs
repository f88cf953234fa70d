using Ringwright.Calls;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Numbers that leave the node and come back.</summary>
public sealed class PortedNumberTests
{
    private const string Theirs = "+15550177001", Other = "+15550177002";

    public static TheoryData<Product> DeepOnPostgres => Depth.Rows(gate: [Product.Sqlite], deep: [Product.Postgres]);

    [Theory, MemberData(nameof(DeepOnPostgres))]
    public async Task A_number_that_was_ported_out_is_nobodys_to_the_routing_until_it_is_back(Product product)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var numbers = test.Database.Numbers;
        await numbers.ImportAsync([.. new[] { Theirs, Other }.Select((text, i) =>
            Imported.Number(new(text, tenant, null), 2_000_000_000_000_000_001 + i, test.Time.GetUtcNow(), "US"))], TestDatabase.Stop);
        Assert.Equal(CallerStanding.Own, test.Database.Routing.Current.StandingOf(tenant, Theirs));

        Assert.True(await numbers.PortAsync(Theirs, isOut: true, test.Time.GetUtcNow(), TestDatabase.Stop));
        await test.ReopenAsync();
        var routing = test.Database.Routing.Current;
        Assert.Null(routing.FindNumber(Theirs));
        Assert.Null(routing.FindOwnNumber(Theirs));
        Assert.Equal(CallerStanding.Unproved, routing.StandingOf(tenant, Theirs));
        Assert.NotNull(routing.FindOwnNumber(Other));
        Assert.Equal(["ported-out"], await test.QueryAsync($"select doc -> 'telnyx' ->> 'status' from rw_number where text = '{Theirs}'"));

        Assert.True(await test.Database.Numbers.PortAsync(Theirs, isOut: false, test.Time.GetUtcNow(), TestDatabase.Stop));
        Assert.Equal(tenant, test.Database.Routing.Current.FindOwnNumber(Theirs)?.Tenant);
        Assert.False(await test.Database.Numbers.PortAsync("+15550177009", isOut: true, test.Time.GetUtcNow(), TestDatabase.Stop));
    }
}
