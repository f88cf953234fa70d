using Microsoft.Data.Sqlite;
using Ringwright.Core;
using Ringwright.Edge.Faults;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Testing;
using Ringwright.Voipbin;
using Ringwright.Voipbin.Calling;
using Ringwright.Voipbin.Queueing;

namespace Ringwright.Edge.Voipbin;

/// <summary>Whoever comes into a queue in the moment in which the database goes away.</summary>
public sealed class QueueEntryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_while_nothing_can_be_written_waits_as_soon_as_it_can()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var work = WorkOf(test);
        var queue = await AddQueueAsync(test, tenant);
        var far = new Flows.FarEnd(tenant, static _ => []);

        Break(test);
        var join = new QueueJoin(work, queue).RunAsync(far).AsTask();
        await GoOnAsync(test, join);
        test.Engine.OnCommit = static () => { };
        var waiting = await Eventually.SomeAsync(async () =>
        {
            test.Time.Advance(Second);
            var page = await test.Database.Documents.Rows(Queuecalls.Stored).ListAsync(tenant, new(), Stop);
            return page.Rows.FirstOrDefault(row => (string?)row.Body["status"] == Queuecalls.Waiting);
        }, "he waits");
        Assert.False(join.IsCompleted);
        var shown = await Eventually.SomeAsync(async () =>
        {
            test.Time.Advance(Second);
            var row = await test.Database.Documents.Rows(VoipbinQueues.Stored).FindAsync(tenant, queue.ToString(), Stop);
            return (int?)row?.Body["total_incoming_count"] is > 0 ? row : null;
        }, "the queue counts him");
        Assert.Equal(1, (int?)shown.Body["total_incoming_count"]);
        Assert.Equal([waiting.Id], shown.Body["wait_queuecall_ids"]!.AsArray().Select(one => (string)one!));

        far.HangUp();
        Assert.Equal(QueueJoinEnd.CallerGone, await join.WaitAsync(Eventually.Deadline, Stop));
        var all = (await test.Database.Documents.Rows(Queuecalls.Stored).ListAsync(tenant, new(), Stop)).Rows;
        Assert.Equal([(waiting.Id, Queuecalls.Abandoned)], all.Select(row => (row.Id, (string?)row.Body["status"])));
    }

    [Fact]
    public async Task Who_must_not_wait_longer_than_that_is_abandoned_though_nothing_can_be_written()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var work = WorkOf(test);
        var queue = await AddQueueAsync(test, tenant);

        Break(test);
        var join = new QueueJoin(work, queue) { AnswersWithin = 2 * Second }.RunAsync(new Flows.FarEnd(tenant, static _ => [])).AsTask();
        await Eventually.TrueAsync(() =>
        {
            test.Time.Advance(Second);
            return join.IsCompleted;
        }, "he is told");
        Assert.Equal(QueueJoinEnd.Abandoned, await join);
    }

    [Fact]
    public async Task Who_hangs_up_before_it_can_be_written_has_never_waited()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var work = WorkOf(test);
        var queue = await AddQueueAsync(test, tenant);
        var far = new Flows.FarEnd(tenant, static _ => []);

        Break(test);
        var join = new QueueJoin(work, queue).RunAsync(far).AsTask();
        await GoOnAsync(test, join);
        far.HangUp();
        Assert.Equal(QueueJoinEnd.CallerGone, await join.WaitAsync(Eventually.Deadline, Stop));
    }

    private static CallWork WorkOf(FaultyDatabase test) =>
        new(new() { Store = test.Database, Egress = null! }, VoipbinContract.Read());       // nothing is fetched

    private static async Task<Guid> AddQueueAsync(FaultyDatabase test, TenantId tenant)
    {
        var (queue, now) = (Guid.NewGuid(), test.Time.GetUtcNow());
        await test.Database.Documents.Rows(VoipbinQueues.Stored).InsertAsync(
            new() { Id = queue.ToString(), Tenant = tenant, Body = new() { ["name"] = "q" }, CreatedAt = now, UpdatedAt = now }, Stop);
        return queue;
    }

    private static void Break(FaultyDatabase test) =>
        test.Engine.OnCommit = static () => throw new SqliteException("disk I/O error", 10);

    /// <summary>Some seconds of the outage, in which nothing ends.</summary>
    private static async Task GoOnAsync(FaultyDatabase test, Task join)
    {
        for (int i = 0; i < 5; i++)
        {
            await Task.Delay(100, Stop);
            test.Time.Advance(Second);
        }
        Assert.False(join.IsCompleted);
    }
}
