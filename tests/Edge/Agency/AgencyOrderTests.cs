using Dapper;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Server.Modules;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyOrdersOnSqliteTests() : AgencyOrderTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyOrdersOnPostgresTests() : AgencyOrderTests(Product.Postgres);

/// <summary>What is done for many numbers at once, and for whose.</summary>
public abstract class AgencyOrderTests(Product product)
{
    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_asks_after_the_orders_of_one_agency_leaves_those_of_others_alone()
    {
        await using var test = await OpenAsync();
        var (first, second) = (await test.TenantAsync("first"), await test.TenantAsync("second"));
        foreach (var (tenant, number) in new[] { (first, "+18335550140"), (second, "+18335550141") })
            await test.Database.Sql.WriteAsync(db => db.Execute("""
                insert into agency_phone_numbers (id, tenant_id, phone_number, status, created_at, updated_at)
                values (@id, @tenant, @number, 'pending', @at, @at)
                """, new { id = Guid.CreateVersion7(), tenant, number, at = At }), Stop);
        var numbers = new AgencyNumberTable(test.Database);
        // None of them is an account's any more.
        Assert.True(await numbers.FollowOrdersAsync(first, At, Stop));
        Assert.Equal(("released", "pending"), (await StatusAsync(first), await StatusAsync(second)));
        Assert.False(await numbers.FollowOrdersAsync(first, At, Stop));
        await numbers.FollowOrdersAsync(At, Stop);
        Assert.Equal("released", await StatusAsync(second));

        async Task<string> StatusAsync(TenantId tenant) => Assert.Single((await numbers.SaidStatusesAsync(tenant, Stop)).Values);
    }

    [Fact]
    public async Task Numbers_that_lead_nowhere_are_led_to_a_connection_all_at_once_and_others_stay()
    {
        await using var test = await OpenAsync();
        var (tenant, other) = (await test.TenantAsync("first"), await test.TenantAsync("second"));
        string[] texts = ["+12125550100", "+12125550101", "+12125550102", "+12125550103"];
        foreach (long id in new[] { 77L, 78L })
            await test.Database.Connections.Records.AddAsync($"{id}", new Connection
            {
                Id = new(id), Tenant = tenant, Kind = ConnectionKind.CallControl, Name = $"connection {id}",
            }, At, work: null, Stop);
        await test.Database.Numbers.ImportAsync(
        [
            new(new(texts[0], tenant, null), 1, At), new(new(texts[1], tenant, new ConnectionId(78)), 2, At),
            new(new(texts[2], tenant, null), 3, At), new(new(texts[3], other, null), 4, At),
        ], Stop);
        await test.Database.Numbers.LeadAsync(tenant, texts, new(77), At, Stop);
        var routing = test.Database.Routing.Current;
        long?[] led = [77, 78, 77, null];
        Assert.Equal(led, texts.Select(text => routing.FindOwnNumber(text)!.Connection?.Value));
    }

    private Task<TestDatabase> OpenAsync() =>
        TestDatabase.OpenAsync(product, configure: options => options with { Areas = NodeModules.Areas });
}
