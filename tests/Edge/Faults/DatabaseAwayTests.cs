using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>
/// The database cannot be written for a while: what waits, who is told, and that all is in its place when it can be written again.
/// </summary>
public sealed class DatabaseAwayTests
{
    /// <summary>A good part of the time after which a silent database is noticed.</summary>
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(1.5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_writer_that_cannot_even_take_back_what_failed_goes_on()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        test.Engine.OnUse = () => throw new InvalidOperationException("The connection is closed.");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await test.Database.Tenants.CreateAsync("acme", new(), null, Stop));
        test.Engine.OnUse = static () => { };
        Assert.NotNull(await test.Database.Tenants.CreateAsync("acme", new(), null, Stop));
    }

    /// <summary>What the disk does, by what SQLite makes of it.</summary>
    public enum Disk { Full, ReadOnly, Failing }

    [Theory, InlineData(Disk.Full), InlineData(Disk.ReadOnly), InlineData(Disk.Failing), Failure("disk-full"),
        Failure("database-read-only")]
    public async Task Calls_that_are_up_wait_for_the_disk_and_new_ones_are_refused(Disk disk)
    {
        var log = new Lines();
        await using var test = await FaultyDatabase.OpenAsync(log);
        var tenant = await test.TenantAsync();
        var projector = new Projector();
        var ledger = test.Ledger(log, projector);
        Script live = new(tenant, 1), caught = new(tenant, 2), refused = new(tenant, 3), later = new(tenant, 4);
        Assert.True(await ledger.AppendAsync(live.Initiated()));
        long sent = await test.Database.Outbox.CountAsync(Stop);

        Break(test, disk);
        // Big, so that the journal must grow.
        live.Facts = live.Facts with { Labels = Labels.Of(("big", new string('x', 100_000))) };
        var answered = ledger.AppendAsync(live.Answered());
        Assert.False(await ledger.AppendAsync(caught.Initiated()));             // was on its way, or came a moment later
        await Eventually.TrueAsync(() => !ledger.IsReady, "no new calls");
        Assert.False(await ledger.AppendAsync(refused.Initiated()));
        var ended = ledger.AppendAsync(live.Ended(63));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await test.Database.Tenants.CreateAsync("other", new(), null, Stop));
        Assert.Equal("acme", Assert.Single(await test.Database.Tenants.ListAsync(Stop)).Name);
        Assert.False(ledger.Failed.IsCancellationRequested);
        Assert.False(answered.IsCompleted || ended.IsCompleted);
        Assert.Equal(sent, await test.Database.Outbox.CountAsync(Stop));        // nobody is told of what is not written

        Mend(test);
        Assert.True(await answered.WaitAsync(Eventually.Deadline, Stop));
        Assert.True(await ended);
        await Eventually.TrueAsync(() => ledger.IsReady, "new calls");
        Assert.True(await ledger.AppendAsync(later.Initiated()));
        Assert.Equal(["leg_initiated", "leg_answered", "leg_ended"],
            (await test.Database.Events.ListLegAsync(tenant, live.Facts.Id, Stop)).Select(r => r.Type));
        Assert.Equal(60, (await test.Database.CallRecords.FindAsync(tenant, live.Facts.Id, Stop))!.TalkSeconds);
        Assert.Null(await test.Database.Legs.FindAsync(tenant, refused.Facts.Id, Stop));
        Assert.Equal(sent + 3, await test.Database.Outbox.CountAsync(Stop));
        // The line is written a moment after calls are taken again.
        await Eventually.TrueAsync(() => log.Of(1116).Any(), "the log says so");
        Assert.Single(log.Of(1115));
        Assert.Single(log.Of(1116));
    }

    [Fact, Failure("disk-full")]
    public async Task A_node_without_calls_notices_by_itself_that_the_disk_is_back()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var ledger = test.Ledger();
        Break(test, Disk.Failing);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await test.Database.Tenants.CreateAsync("acme", new(), null, Stop));
        Assert.False(ledger.IsReady);
        Mend(test);
        await Eventually.TrueAsync(() => ledger.IsReady, "the disk is back");
        Assert.NotNull(await test.Database.Tenants.CreateAsync("acme", new(), null, Stop));
    }

    [Depth("the gate has calls that wait for a full disk, and who asks while it hangs")]
    [Fact, Failure("disk-full")]
    public async Task A_disk_with_room_for_a_small_write_only_is_full_still()
    {
        var log = new Lines();
        await using var test = await FaultyDatabase.OpenAsync(log);
        var tenant = (await test.Database.Tenants.CreateAsync("acme", new(), null, Stop))!.Tenant.Id;
        var ledger = new Ledger(test.Database, Script.Anchor, [], log);
        var live = new Script(tenant);
        Assert.True(await ledger.AppendAsync(live.Initiated()));
        bool hasRoom = false;
        int commits = 0;
        test.Engine.OnMeasure = () => Volatile.Read(ref hasRoom);
        Break(test, Disk.Failing);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await test.Database.Tenants.CreateAsync("other", new(), null, Stop));

        // From now on each write succeeds, the look whether it would among them.
        Mend(test);
        test.Engine.OnCommit = () => Interlocked.Increment(ref commits);
        Assert.True(await ledger.AppendAsync(live.Answered()).WaitAsync(Eventually.Deadline, Stop));
        await Eventually.TrueAsync(() => Volatile.Read(ref commits) > 2, "the disk is looked at again");
        Assert.False(ledger.IsReady);

        Volatile.Write(ref hasRoom, true);
        await Eventually.TrueAsync(() => ledger.IsReady, "the disk has room");
        // The line is written a moment after calls are taken again.
        await Eventually.TrueAsync(() => log.Of(1116).Any(), "the log says so");
        Assert.Single(log.Of(1115));
        Assert.Single(log.Of(1116));
    }

    [Fact, Failure("disk-full")]
    public async Task What_a_full_disk_kept_from_the_ledger_ends_at_the_next_start()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var log = new Lines();
        var ledger = test.Ledger(log);
        var script = new Script(tenant);
        Assert.True(await ledger.AppendAsync(script.Initiated()));
        Break(test, Disk.Failing);
        var ended = ledger.AppendAsync(script.Ended());
        await Eventually.TrueAsync(() => !ledger.IsReady, "the disk is noticed");

        await test.Database.DisposeAsync();
        Assert.False(await ended);
        Assert.Single(log.Of(1117));
        await test.OpenAgainAsync();
        Assert.Equal(1, await test.Ledger().RecoverAsync(Stop));
        Assert.Equal(HangupCause.NodeRestart, (await test.Database.Legs.FindAsync(tenant, script.Facts.Id, Stop))!.Cause);
    }

    [Fact, Failure("disk-full")]
    public async Task When_the_memory_for_events_is_full_the_calls_end_and_their_ends_are_written()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        int overflows = 0;
        var ledger = test.Ledger();
        ledger.Overflowed = () => overflows++;
        var script = new Script(tenant);
        Assert.True(await ledger.AppendAsync(script.Initiated()));
        Break(test, Disk.Failing);
        var waiting = Enumerable.Range(0, Ledger.Bound).Select(_ => ledger.AppendAsync(script.Digit('1'))).ToList();
        Assert.False(await ledger.AppendAsync(script.Digit('2')));
        Assert.False(await ledger.AppendAsync(script.Digit('3')));
        Assert.Equal(1, overflows);
        waiting.Add(ledger.AppendAsync(script.Ended(cause: HangupCause.LedgerUnavailable)));

        Mend(test);
        Assert.DoesNotContain(false, await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromMinutes(2), Stop));
        Assert.Equal(HangupCause.LedgerUnavailable, (await test.Database.Legs.FindAsync(tenant, script.Facts.Id, Stop))!.Cause);
    }

    [Fact, Failure("database-broken")]
    public async Task A_broken_file_is_for_good()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var ledger = test.Ledger();
        test.Engine.OnCommit = static () => throw new SqliteException("database disk image is malformed", 11);
        Assert.False(await ledger.AppendAsync(new Script(tenant).Initiated()));
        Assert.True(ledger.Failed.IsCancellationRequested);
        test.Engine.OnCommit = static () => { };
        Assert.False(await ledger.AppendAsync(new Script(tenant, 2).Initiated()));
        Assert.False(ledger.IsReady);
    }

    [Fact, Failure("database-removed")]
    public async Task Whoever_removes_the_open_file_is_told_before_it_is_lost()
    {
        var log = new Lines();
        await using var test = await FaultyDatabase.OpenAsync(log);
        var tenant = await test.TenantAsync();
        var ledger = test.Ledger(log);
        var live = new Script(tenant, 1);
        Assert.True(await ledger.AppendAsync(live.Initiated()));
        string aside = test.Engine.Place + ".aside";
        File.Move(test.Engine.Place, aside);
        await Eventually.TrueAsync(() => !ledger.IsReady, "it is noticed");
        Assert.Single(log.Of(1122));
        Assert.False(await ledger.AppendAsync(new Script(tenant, 2).Initiated()));
        Assert.True(await ledger.AppendAsync(live.Answered()));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await test.Database.Tenants.CreateAsync("other", new(), null, Stop));

        File.Move(aside, test.Engine.Place);
        await Eventually.TrueAsync(() => ledger.IsReady, "it is back");
        Assert.True(await ledger.AppendAsync(live.Ended()));
        Assert.Single(log.Of(1123));
    }

    [Fact]
    public async Task Whoever_asks_for_the_file_does_not_wait_for_a_disk_that_hangs()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var ledger = test.Ledger();
        using ManualResetEventSlim isLooking = new(), isBack = new();
        test.Engine.OnLook = () =>
        {
            isLooking.Set();
            isBack.Wait(Stop);
            return true;
        };
        try
        {
            await Eventually.TrueAsync(() => isLooking.IsSet, "somebody looks");
            Assert.True(ledger.IsReady);
        }
        finally
        {
            test.Engine.OnLook = null;
            isBack.Set();
        }
    }

    [Fact, Failure("disk-slow")]
    public async Task Only_commits_wait_for_a_slow_disk()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var log = new Lines();
        var ledger = test.Ledger(log);
        var script = new Script(tenant);
        Assert.True(await ledger.AppendAsync(script.Initiated()));
        using var disk = new ManualResetEventSlim();
        test.Engine.OnCommit = disk.Wait;
        long since = Stopwatch.GetTimestamp();
        var answered = ledger.AppendAsync(script.Answered());
        var begun = ledger.AppendAsync(new Script(tenant, 2).Initiated());
        Assert.Single(await test.Database.Tenants.ListAsync(Stop));             // reading goes on
        Assert.False(answered.IsCompleted);
        // Who looks too late sees what comes next.
        Assert.True(ledger.IsReady || Stopwatch.GetElapsedTime(since) > Noticed);
        Assert.False(await begun);      // after some seconds
        Assert.False(ledger.IsReady);
        Assert.False(await ledger.AppendAsync(new Script(tenant, 3).Initiated()));
        Assert.False(answered.IsCompleted);

        disk.Set();
        Assert.True(await answered);
        await Eventually.TrueAsync(() => ledger.IsReady, "and taken again");
    }

    private static void Break(FaultyDatabase test, Disk disk)
    {
        if (disk is Disk.Failing) test.Engine.OnCommit = static () => throw new SqliteException("disk I/O error", 10);
        else test.Engine.OnBegin = connection =>
            connection.Run(disk is Disk.Full ? "pragma max_page_count = 1;" : "pragma query_only = on;");
    }

    private static void Mend(FaultyDatabase test)
    {
        test.Engine.OnCommit = static () => { };
        test.Engine.OnBegin = static connection => connection.Run("pragma max_page_count = 1000000000; pragma query_only = off;");
    }
}
