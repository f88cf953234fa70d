using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Queues and who waits in them, as their events and those of legs write them.</summary>
public abstract class QueueTableTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    private static QueueFacts Facts(TenantId tenant, uint counter = 50, string name = "support", int node = 1) =>
        new(new(LegId.Compose(node, 0, 1, counter, 9).Value), Guid.NewGuid(), tenant, name, 20, Script.At(1));

    private static QueueEvent Began(QueueFacts queue) => new QueueEvent.QueueBegan { Queue = queue, At = Script.At(1) };

    private static QueueEvent Ended(QueueFacts queue) => new QueueEvent.QueueEnded(QueueEnd.Empty) { Queue = queue, At = Script.At(9) };

    private static CallEvent In(Script leg, QueueFacts queue, long entry, double at) =>
        new CallEvent.LegEnqueued(queue.Id, queue.Name, entry)
        {
            Leg = leg.Facts, At = Script.At(at), Position = (int)entry, AverageWait = TimeSpan.Zero
        };

    private static CallEvent Out(Script leg, QueueFacts queue, double at) =>
        new CallEvent.LegDequeued(queue.Id, queue.Name, DequeueReason.Leave)
        {
            Leg = leg.Facts, At = Script.At(at), Position = 1, Waited = TimeSpan.FromSeconds(1)
        };

    [Fact]
    public async Task A_queue_has_its_calls_in_order_and_is_gone_with_its_end()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var ledger = Open(test);
        var queue = Facts(acme);
        Script one = new(acme, 1), two = new(acme, 2);
        foreach (var happened in new SubjectEvent[]
        {
            one.Initiated(), two.Initiated(), Began(queue), In(two, queue, 1, 2), In(one, queue, 2, 3), Began(Facts(other, 51))
        })
            Assert.True(await ledger.AppendAsync(happened));
        var row = (await test.Database.Queues.FindAsync(acme, "support", Stop))!;
        Assert.Equal((queue.Uuid, 20), (row.Uuid, row.MaxSize));
        Assert.Equal([(two.Facts.Id, 1L), (one.Facts.Id, 2L)], row.Calls.Select(call => (call.Leg, call.Entry)));
        Assert.True(row.UpdatedAt > row.CreatedAt);
        Assert.Empty((await test.Database.Queues.FindAsync(other, "support", Stop))!.Calls);
        Assert.Null(await test.Database.Queues.FindAsync(acme, "Support", Stop));

        Assert.True(await ledger.AppendAsync(Out(two, queue, 4)));
        Assert.Equal(one.Facts.Id, Assert.Single((await test.Database.Queues.FindAsync(acme, "support", Stop))!.Calls).Leg);
        Assert.True(await ledger.AppendAsync(Ended(queue)));
        Assert.Null(await test.Database.Queues.FindAsync(acme, "support", Stop));
        Assert.True(await ledger.AppendAsync(Out(one, queue, 9)));      // the call tells it a moment later
        Assert.False(await ledger.AppendAsync(Ended(queue)));
        Assert.Empty(await test.QueryAsync("select leg_id from rw_queued_call"));
    }

    [Fact]
    public async Task What_a_crash_left_is_ended_at_the_next_start_and_another_nodes_is_not()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var acme = await test.TenantAsync();
        var ledger = Open(test);
        QueueFacts mine = Facts(acme), theirs = Facts(acme, 60, "far", node: 7);
        var leg = new Script(acme, 1);
        foreach (var happened in new SubjectEvent[] { leg.Initiated(), Began(mine), In(leg, mine, 1, 2), Began(theirs) })
            Assert.True(await ledger.AppendAsync(happened));

        await test.ReopenAsync();
        ledger = Open(test);
        Assert.Equal(2, await ledger.RecoverAsync(Stop));
        Assert.Null(await test.Database.Queues.FindAsync(acme, "support", Stop));
        Assert.NotNull(await test.Database.Queues.FindAsync(acme, "far", Stop));
        Assert.Empty(await test.QueryAsync("select leg_id from rw_queued_call"));
        Assert.Equal(["queue_began", "queue_ended"],
            (await test.Database.Events.ListAsync(acme, Subject.Of(mine.Id), Stop)).Select(row => row.Type));
        Assert.Equal(0, await Open(test).RecoverAsync(Stop));
    }

    private static Ledger Open(TestDatabase test) => new(test.Database, Script.Anchor, [], NullLogger.Instance);
}

public sealed class QueueTableOnSqlite() : QueueTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class QueueTableOnPostgres() : QueueTableTests(Product.Postgres);
