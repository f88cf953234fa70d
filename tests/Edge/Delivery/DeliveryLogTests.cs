using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Delivery;

public abstract class DeliveryLogTests(Product product)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestDatabase.Stop;

    public static TheoryData<string, DeliveryQuery> Queries => new()
    {
        { "3,2,1", new() },
        { "2", new() { Offset = 1, Limit = 1 } },
        { "3,1", new() { IsDelivered = true } },
        { "2", new() { IsDelivered = false } },
        { "1", new() { EventType = "call.initiated" } },
        { "3", new() { BodyContains = "NUMBER\":3" } },
        { "2", new() { AttemptsContain = "75500" } },
        { "", new() { AttemptsContain = "%" } },
        { "3,2", new() { StartedFrom = Start.AddMinutes(2) } },
        { "1", new() { StartedTo = Start.AddMinutes(1) } },
        { "3", new() { FinishedFrom = Start.AddMinutes(3) } },
        { "2,1", new() { FinishedTo = Start.AddMinutes(2).AddSeconds(1) } },
    };

    [Theory, MemberData(nameof(Queries))]
    public async Task The_log_is_filtered_in_the_database(string expected, DeliveryQuery query)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        await ThreeAsync(test, tenant);
        var page = await test.Database.Deliveries.ListAsync(tenant, query, Stop);
        Assert.Equal(expected, string.Join(',', page.Rows.Select(d => d.Body[^2])));
        if (query.Limit == 20) Assert.Equal(page.Rows.Count, page.Total);
        else Assert.Equal(3, page.Total);
    }

    [Fact]
    public async Task A_tenant_sees_its_own_log_only()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        await ThreeAsync(test, acme);
        var delivery = (await test.Database.Deliveries.ListAsync(acme, new(), Stop)).Rows[0];
        Assert.NotNull(await test.Database.Deliveries.FindAsync(acme, delivery.Id, Stop));
        Assert.Null(await test.Database.Deliveries.FindAsync(other, delivery.Id, Stop));
        Assert.Empty((await test.Database.Deliveries.ListAsync(other, new(), Stop)).Rows);
        Assert.Empty(await test.Database.Deliveries.ListAttemptsAsync(other, delivery.Message, Stop));
    }

    [Fact]
    public async Task Old_deliveries_are_forgotten_with_their_attempts()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        await ThreeAsync(test, tenant);
        var oldest = (await test.Database.Deliveries.ListAsync(tenant, new(), Stop)).Rows[^1];
        Assert.Equal(1, await test.Database.Deliveries.PruneAsync(Start.AddMinutes(2), Stop));
        Assert.Equal(2, (await test.Database.Deliveries.ListAsync(tenant, new(), Stop)).Total);
        Assert.Empty(await test.Database.Deliveries.ListAttemptsAsync(tenant, oldest.Message, Stop));
    }

    [Fact]
    public async Task A_sequence_number_is_never_used_twice()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        await ThreeAsync(test, tenant);
        await test.Database.Outbox.AddAsync([Message(tenant, 4)], Stop);
        Assert.Equal(4, Assert.Single(await test.Database.Outbox.ListPendingAsync(0, 10, Stop)).Seq);
    }

    private static async Task ThreeAsync(TestDatabase test, TenantId tenant)
    {
        for (int n = 1; n <= 3; n++)
        {
            var message = Message(tenant, n);
            await test.Database.Outbox.AddAsync([message], Stop);
            bool isDelivered = n != 2;
            var attempt = new DeliveryAttempt
            {
                Number = 1,
                Url = "http://sink/",
                IsDelivered = isDelivered,
                StartedAt = Start.AddMinutes(n),
                FinishedAt = Start.AddMinutes(n).AddSeconds(1),
                Errors = isDelivered ? [] : [75500],
                ResponseStatus = isDelivered ? 200 : 500,
            };
            await test.Database.Outbox.RecordAsync(tenant, message.Id, attempt, isDelivered ? new OutboxStep.Delivered() : new OutboxStep.GivenUp(), Stop);
        }
    }

    private static OutboxMessage Message(TenantId tenant, int n) => new()
    {
        Id = Guid.NewGuid(),
        Tenant = tenant,
        OrderKey = "leg",
        Format = "plain",
        EventType = n == 1 ? "call.initiated" : "call.hangup",
        Url = "http://sink/",
        OccurredAt = Start,
        Body = $$"""{"number":{{n}}}""",
    };
}

public sealed class DeliveryLogOnSqlite() : DeliveryLogTests(Product.Sqlite);

public sealed class DeliveryLogOnPostgres() : DeliveryLogTests(Product.Postgres);
