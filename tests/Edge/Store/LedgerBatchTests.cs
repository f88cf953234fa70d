using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Batches that are committed together, in the orders that a busy machine brings about once in a hundred runs.</summary>
public abstract class LedgerBatchTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task What_comes_right_behind_an_answer_costs_no_talk_time()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        Script leg = new(tenant, 1), other = new(tenant, 2);
        Assert.True(await ledger.AppendAsync(leg.Initiated()));
        Assert.Equal((bool[])[true, true, true], await TogetherAsync(test, ledger, leg.Answered(), other.Initiated(),
            late: leg.Labelled(Labels.Of(("telnyx.tag", "b")))));
        Assert.True(await ledger.AppendAsync(leg.Ended(at: 5.2)));

        var row = (await test.Database.Legs.FindAsync(tenant, leg.Facts.Id, Stop))!;
        var record = (await test.Database.CallRecords.FindAsync(tenant, leg.Facts.Id, Stop))!;
        Assert.Equal(Script.Anchor.Wall.AddSeconds(3), row.AnsweredAt);
        Assert.Equal((row.AnsweredAt, 3), (record.AnsweredAt, record.TalkSeconds));
        Assert.Equal("b", row.Labels["telnyx.tag"]);
        var types = (await test.Database.Events.ListLegAsync(tenant, leg.Facts.Id, Stop)).Select(e => e.Type);
        Assert.Equal(["leg_initiated", "leg_answered", "labels_changed", "leg_ended"], types);
    }

    [Fact]
    public async Task What_comes_right_behind_a_beginning_is_written()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        Script up = new(tenant, 1), leg = new(tenant, 2);
        Assert.True(await ledger.AppendAsync(up.Initiated()));
        Assert.Equal((bool[])[true, true, true], await TogetherAsync(test, ledger, up.Digit('1'), leg.Initiated(), late: leg.Ringing()));
        Assert.Equal(StoredLegState.Ringing, (await test.Database.Legs.FindAsync(tenant, leg.Facts.Id, Stop))!.State);
    }

    [Fact]
    public async Task What_comes_right_behind_an_end_is_not_written()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        Script leg = new(tenant, 1), other = new(tenant, 2);
        Assert.True(await ledger.AppendAsync(leg.Initiated()));
        Assert.Equal((bool[])[true, true, false], await TogetherAsync(test, ledger, leg.Ended(), other.Initiated(), late: leg.Digit('1')));
        Assert.Equal("leg_ended", (await test.Database.Events.ListLegAsync(tenant, leg.Facts.Id, Stop))[^1].Type);
    }

    /// <summary>
    /// Has the writer take two batches at once: one that may wait, and one that a call waits for. The first of them finds both events.
    /// </summary>
    /// <param name="late">Comes when that one has taken them, before the second one's turn.</param>
    /// <returns>Whether each was written, in the order of the parameters.</returns>
    private static async Task<bool[]> TogetherAsync(TestDatabase test, Ledger ledger, CallEvent soon, CallEvent now, CallEvent late)
    {
        var sql = test.Database.Sql;
        var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var open = new ManualResetEventSlim();
        var held = sql.WriteAsync(_ =>
        {
            isHeld.TrySetResult();
            return open.Wait(TimeSpan.FromMinutes(1));
        }, Stop).AsTask();
        await isHeld.Task;

        Task<bool>? third = null;       // what is written may run again
        var first = ledger.AppendAsync(soon);
        var between = sql.WriteAsync(_ => third ??= ledger.AppendAsync(late), Stop).AsTask();
        var second = ledger.AppendAsync(now);
        open.Set();
        Assert.True(await held);
        return await Task.WhenAll(first, second, await between);
    }

    private static Ledger Open(TestDatabase test) => new(test.Database, Script.Anchor, [], NullLogger.Instance);
}

public sealed class LedgerBatchesOnSqlite() : LedgerBatchTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and on PostgreSQL each way in which a leg is written, in brief")]
public sealed class LedgerBatchesOnPostgres() : LedgerBatchTests(Product.Postgres);
