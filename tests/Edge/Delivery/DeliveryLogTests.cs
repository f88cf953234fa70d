using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

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

    [Depth("replays go by the same filters in the gate")]
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

    [Theory, InlineData("\u00e9lan"), InlineData("\u00c9LAN")]
    public async Task Text_in_a_body_is_found_in_any_case_of_any_language(string part)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var message = Message(tenant, 1) with { Body = "{\"name\":\"\u00c9lan\"}" };
        await test.Database.Outbox.AddAsync([message], Stop);
        var attempt = new DeliveryAttempt
        {
            Number = 1, Url = "http://sink/", IsDelivered = true, StartedAt = Start, FinishedAt = Start.AddSeconds(1), Errors = [],
            ResponseStatus = 200,
        };
        await test.Database.Outbox.RecordAsync(tenant, message.Id, attempt, new OutboxStep.Delivered(), Stop);
        Assert.Equal(1, (await test.Database.Deliveries.ListAsync(tenant, new() { BodyContains = part }, Stop)).Total);
    }

    [Fact]
    public async Task A_message_that_comes_again_under_its_id_keeps_its_one_delivery()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var message = Message(tenant, 1);
        for (int second = 1; second <= 2; second++)
        {
            await test.Database.Outbox.AddAsync([message], Stop);
            var attempt = new DeliveryAttempt
            {
                Number = 1, Url = "http://sink/", IsDelivered = true, StartedAt = Start, FinishedAt = Start.AddSeconds(second), Errors = [],
                ResponseStatus = 200,
            };
            Assert.True(await test.Database.Outbox.RecordAsync(tenant, message.Id, attempt, new OutboxStep.Delivered(), Stop));
            Assert.Equal(0, await test.Database.Outbox.CountAsync(Stop));
        }
        var delivery = Assert.Single((await test.Database.Deliveries.ListAsync(tenant, new(), Stop)).Rows);
        Assert.Equal(Start.AddSeconds(2), delivery.FinishedAt);
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

    public static TheoryData<string, ReplayQuery> ReplayQueries => new()
    {
        { "1,2,3", Replayed },
        { "1,3", Replayed with { IsDelivered = true } },
        { "2", Replayed with { IsDelivered = false } },
        { "1", Replayed with { EventType = "Call.Initiated" } },
        { "2,3", Replayed with { EventType = "call.h*" } },
        { "", Replayed with { EventType = "call.h" } },
        { "", Replayed with { EventType = "call_hangup" } },
        { "1,2,3", Replayed with { Url = "HTTP://sink/*" } },
        { "", Replayed with { Url = "http://sink" } },
        { "2,3", Replayed with { StartedFrom = Start.AddMinutes(2) } },
        { "1", Replayed with { StartedTo = Start.AddMinutes(1) } },
        { "3", Replayed with { FinishedFrom = Start.AddMinutes(3) } },
        { "1,2", Replayed with { FinishedTo = Start.AddMinutes(2).AddSeconds(1) } },
        { "2", Replayed with { FinishedFrom = Start.AddMinutes(2), EventType = "*", IsDelivered = false } },
    };

    private static ReplayQuery Replayed => new() { FinishedTo = Start.AddHours(1) };

    [Theory, MemberData(nameof(ReplayQueries))]
    public async Task A_replay_is_about_what_all_its_conditions_say(string expected, ReplayQuery query)
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (tenant, other) = (await test.TenantAsync(), await test.TenantAsync("other"));
        await ThreeAsync(test, tenant);
        var numbers = (await test.Database.Deliveries.ListAsync(tenant, new(), Stop)).Rows.ToDictionary(d => d.Id, d => d.Body[^2]);
        var found = await test.Database.Deliveries.ListAsync(tenant, query, ReplayPlace.Start, limit: 10, Stop);
        Assert.Equal(expected, string.Join(',', found.Select(f => numbers[f.Id])));
        Assert.Equal(found.Count, await test.Database.Deliveries.CountAsync(tenant, query, Stop));
        Assert.Equal(0, await test.Database.Deliveries.CountAsync(other, query, Stop));
    }

    [Fact]
    public async Task A_replay_finds_each_once_though_many_finished_at_the_same_time()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        for (int i = 0; i < 3; i++) await ThreeAsync(test, tenant);
        var found = new List<ReplayPlace>();
        for (var page = await PageAsync(ReplayPlace.Start); page.Count > 0; page = await PageAsync(page[^1])) found.AddRange(page);
        Assert.Equal(9, found.Select(f => f.Id).Distinct().Count());
        Assert.Equal(found.Select(f => f.FinishedAt).Order(), found.Select(f => f.FinishedAt));
        Assert.Equal(9, found.Count);

        var outcomes = await test.Database.Outbox.ReplayAsync(tenant, [.. found.Take(4).Select(f => f.Id)], Stop);
        Assert.All(outcomes, outcome => Assert.Equal(ReplayOutcome.Begun, outcome));
        await test.Database.Outbox.AddAsync([Message(tenant, 4)], Stop);
        Assert.Equal(4, await test.Database.Outbox.CountReplaysAsync(tenant, Stop));

        ValueTask<IReadOnlyList<ReplayPlace>> PageAsync(ReplayPlace after) =>
            test.Database.Deliveries.ListAsync(tenant, Replayed, after, limit: 2, Stop);
    }

    [Fact]
    public async Task What_is_to_be_tried_again_is_found_by_its_time_a_page_at_a_time()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var messages = Enumerable.Range(1, 7).Select(n => Message(tenant, n)).ToList();
        await test.Database.Outbox.AddAsync(messages, Stop);
        // The last one was not tried yet; of the others every two are due at the same time.
        for (int i = 0; i < 6; i++)
        {
            var attempt =
                new DeliveryAttempt { Number = 1, Url = "http://sink/", IsDelivered = false, StartedAt = Start, FinishedAt = Start };
            await test.Database.Outbox.RecordAsync(tenant, messages[i].Id, attempt,
                new OutboxStep.Again(Start.AddMinutes(i / 2), IsOnFailover: false, AttemptsOnUrl: 1), Stop);
        }
        var found = new List<OutboxEntry>();
        (DateTimeOffset, long) after = (DateTimeOffset.UnixEpoch, long.MaxValue);
        while (await test.Database.Outbox.ListDueAsync(after, Start.AddMinutes(1), limit: 3, Stop) is { Count: > 0 } page)
        {
            found.AddRange(page);
            after = (page[^1].NextAt!.Value, page[^1].Seq);
        }
        Assert.Equal([1, 2, 3, 4], found.Select(e => e.Seq));
        found = [.. await test.Database.Outbox.ListDueAsync((Start.AddMinutes(1), long.MaxValue), Start.AddMinutes(2), limit: 3, Stop)];
        Assert.Equal([5, 6], found.Select(e => e.Seq));
        Assert.Equal([7], (await test.Database.Outbox.ListNewAsync(0, 10, Stop)).Select(e => e.Seq));
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
            await test.Database.Outbox.RecordAsync(tenant, message.Id, attempt,
                isDelivered ? new OutboxStep.Delivered() : new OutboxStep.GivenUp(), Stop);
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

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class DeliveryLogOnPostgres() : DeliveryLogTests(Product.Postgres);
