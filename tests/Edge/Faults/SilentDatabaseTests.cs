using System.Data;
using System.Net;
using Dapper;
using Microsoft.Data.Sqlite;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>
/// The database says nothing for a while, neither yes nor no: who notices, who is told, and what becomes of what was under way.
/// </summary>
[Failure("database-silent")]
public sealed class SilentDatabaseTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_without_calls_notices_and_notices_when_there_are_answers_again()
    {
        var log = new Lines();
        await using var test = await FaultyDatabase.OpenAsync(log);
        var ledger = test.Ledger(log);
        using var silence = new Silence(test);
        silence.Begin();
        await Eventually.TrueAsync(() => !ledger.IsReady && log.Of(1115).Any(), "nobody has asked for anything");
        string why = test.Database.Away!;       // as the log says
        // After two seconds, or when somebody gets to look.
        Assert.Matches("^It has not answered for [2-9] s[.]$", why);
        Assert.Contains(why, Assert.Single(log.Of(1115)), StringComparison.Ordinal);

        silence.End();
        await Eventually.TrueAsync(() => ledger.IsReady && log.Of(1116).Any(), "there are answers again");
        Assert.Single(log.Of(1115));
    }

    public static TheoryData<bool> Commits => Depth.Rows(gate: [true], deep: [false]);

    [Theory, MemberData(nameof(Commits))]
    public async Task A_dial_whose_row_hangs_is_withdrawn_and_never_placed(bool isCommittedLate)
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        using var silence = new Silence(test);
        // The row is written, and its commit hangs.
        var projector = new Projector { Throws = silence.BeginWith<CallEvent.LegInitiated> };
        var ledger = test.Ledger(null, projector);
        await using var rig = new EngineRig { Beyond = ledger, Current = RoutingOf(tenant) };
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        var request = EngineRig.Request($"sip:bob@{phone.Local}") with { Tenant = tenant, CommandId = "c1" };

        var refused = await rig.Engine.Calls.DialAsync(request, Stop);
        Assert.Equal(Refusal.LedgerUnavailable, refused.Ack.Refusal);
        Assert.True(silence.IsHolding);
        Assert.Equal((0, 0), (rig.OpenPorts, rig.InGate));
        // The dial has its patience and the database its own; which of them ends first is nobody's promise.
        await Eventually.TrueAsync(() => !ledger.IsReady, "the silence is noticed");
        Assert.Equal(Refusal.LedgerUnavailable, (await rig.Engine.Calls.DialAsync(request, Stop)).Ack.Refusal);
        var withdrawn = Assert.Single(rig.Events.OfType<CallEvent.LegInitiated>()).Leg.Id;

        silence.End(isCommittedLate ? null : new SqliteException("disk I/O error", 10));
        await Eventually.TrueAsync(() => ledger.IsReady, "there are answers again");
        var again = await rig.Engine.Calls.DialAsync(request, Stop);
        Assert.True(again.Ack.IsAccepted);
        Assert.NotEqual(withdrawn, again.Leg!.Id);
        Assert.Equal(again.Leg.Id, (await rig.Engine.Calls.DialAsync(request, Stop)).Leg!.Id);

        string invite = await phone.HearAsync("INVITE ");
        phone.Send(phone.Response(invite, "486 Busy Here"));
        await phone.HearAsync("ACK ");
        Assert.Empty(phone.Passed);
        await Eventually.SomeAsync(
            async () => await test.Database.Legs.FindAsync(tenant, again.Leg.Id, Stop) is { IsAlive: false } ended ? ended : null,
            "the fresh attempt is written and over");
        var late = await test.Database.Legs.FindAsync(tenant, withdrawn, Stop);
        Assert.Equal(isCommittedLate ? HangupCause.LedgerUnavailable : null, late?.Cause);
        Assert.Equal(isCommittedLate, late is { IsAlive: false });
        Assert.Equal(isCommittedLate ? 2 : 1, projector.Seen.Count(seen => seen.Type == nameof(CallEvent.LegEnded)));
    }

    [Fact]
    public async Task A_call_that_waits_behind_a_silent_writer_is_never_written()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var ledger = test.Ledger();
        Script live = new(tenant, 1), begun = new(tenant, 2);
        Assert.True(await ledger.AppendAsync(live.Initiated()));
        using var silence = new Silence(test);
        silence.Begin();
        await Eventually.TrueAsync(() => silence.IsHolding, "the writer hangs");
        var answered = ledger.AppendAsync(live.Answered());
        Assert.False(await ledger.AppendAsync(begun.Initiated()));
        Assert.False(answered.IsCompleted);

        silence.End();
        Assert.True(await answered);
        Assert.True(await ledger.AppendAsync(live.Ended()));
        Assert.Null(await test.Database.Legs.FindAsync(tenant, begun.Facts.Id, Stop));
    }

    [Fact]
    public void Whoever_begins_a_call_is_told_once_by_who_comes_first()
    {
        var tenant = new TenantId(Guid.NewGuid());
        var queue = new LedgerQueue();
        List<(uint Leg, bool IsCommitted)> told = [];
        var patience = TimeSpan.FromSeconds(4);
        // there is room
        LedgerEntry Entry(uint leg) =>
            queue.Add(new(new Script(tenant, leg).Initiated(), null, (_, isCommitted) => told.Add((leg, isCommitted))), 10)!;
        LedgerEntry queued = Entry(1), taken = Entry(2), done = Entry(3);
        queue.WithdrawNew(TimeSpan.FromHours(1), patience);      // seen for the first time
        queue.WithdrawNew(TimeSpan.FromHours(1) + patience - TimeSpan.FromTicks(1), patience);
        Assert.Empty(told);

        queue.Withdraw(queued);
        List<LedgerEntry> batch = [];
        queue.Take(batch, 10);
        Assert.Equal([taken, done], batch);
        Assert.True(queue.Complete(done, true));
        queue.WithdrawNew(TimeSpan.FromHours(1) + patience, patience);
        Assert.True(taken.IsWithdrawn);
        Assert.False(queue.Complete(taken, true));
        Assert.Equal([(1u, false), (3u, true), (2u, false)], told);
    }

    [Fact]
    public void Who_comes_while_the_database_comes_back_is_not_withdrawn()
    {
        var tenant = new TenantId(Guid.NewGuid());
        var queue = new LedgerQueue();
        List<uint> refused = [];
        void Begin(uint leg) => queue.Add(new(new Script(tenant, leg).Initiated(), null, (_, _) => refused.Add(leg)), 10);
        Begin(1);
        queue.WithdrawNew(() =>
        {
            Begin(2);
            return false;
        });
        Assert.Empty(refused);
        queue.WithdrawNew(() =>
        {
            Begin(3);
            return true;
        });
        Assert.Equal([1u, 2u], refused.Order());
    }

    [Fact, Depth("the gate has a database that is noticed, a dial that is withdrawn and a call that is never written")]
    public async Task Reading_that_hangs_is_given_up_and_its_threads_are_replaced()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        await test.TenantAsync();
        using var stone = new ManualResetEventSlim();
        try
        {
            using var silence = new Silence(test);
            silence.Begin();
            var hanging = Enumerable.Range(0, 6)
                .Select(_ => test.Database.Sql.ReadAsync(db => { stone.Wait(); return 0; }, Stop).AsTask()).ToList();
            foreach (var read in hanging) await Assert.ThrowsAsync<StoreUnavailableException>(() => read);
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await test.Database.Tenants.ListAsync(Stop));
            silence.End();
            // Those that hang do so still.
            await Eventually.TrueAsync(() => test.Database.IsAvailable, "there are answers again");
            await Eventually.SomeAsync(async () => await TryListAsync(test), "and readers");
        }
        finally
        {
            stone.Set();
        }
    }

    [Fact, Depth("the gate has a database that is noticed, a dial that is withdrawn and a call that is never written")]
    public async Task A_change_that_is_given_up_is_made_if_it_was_committed_and_never_if_it_waited()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        using var silence = new Silence(test);
        bool isHeard = false;
        var first = test.Database.Sql.WriteAsync(db =>
        {
            silence.Begin();
            return db.Execute("update rw_node set epoch = epoch");
        }, Stop, committed: _ => Volatile.Write(ref isHeard, true)).AsTask();
        await Eventually.TrueAsync(() => silence.IsHolding, "its commit hangs");
        var second = test.Database.Tenants.CreateAsync("acme", new(), null, Stop).AsTask();
        var nobodys = test.Database.Sql.WriteAsync(static _ => 7, Stop, Ringwright.Store.Engines.CommitPriority.Later).AsTask();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => first);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => second);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await test.Database.Tenants.CreateAsync("late", new(), null, Stop));
        Assert.False(nobodys.IsCompleted);

        silence.End();
        Assert.Equal(7, await nobodys);
        Assert.True(isHeard);
        await Eventually.TrueAsync(() => test.Database.IsAvailable, "there are answers again");
        Assert.Empty(await test.Database.Tenants.ListAsync(Stop));
    }

    /// <summary>As whoever asks for any other change: its pieces are committed at once, and no commit of others is waited for.</summary>
    [Fact, Depth("the gate has a database that is noticed, a dial that is withdrawn and a call that is never written")]
    public async Task Whoever_brings_in_a_list_or_its_consents_is_told_no()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var now = test.Time.GetUtcNow();
        var list = new TargetList(Guid.CreateVersion7(now), tenant, "list", now);
        await test.Database.Targets.AddListAsync(list, Stop);
        using var silence = new Silence(test);
        silence.Begin();
        var targets = test.Database.Targets.AddAsync([new()
        {
            Id = Guid.CreateVersion7(now), Tenant = tenant, List = list.Id, Name = "", Destinations = ["+4930123", null, null, null, null],
            IdentityKey = "+4930123", DueAt = now, CreatedAt = now, UpdatedAt = now,
        }], Stop).AsTask();
        var consents = test.Database.Consents.BringAsync(tenant, [new()
        {
            Id = Guid.CreateVersion7(now), Tenant = tenant, Number = "+4930123", Kind = ConsentKind.Express,
            Channel = ConsentChannel.Voice, Source = "web form", GivenAt = now, At = now,
        }], static _ => null, Stop).AsTask();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => targets.WaitAsync(Eventually.Deadline, Stop));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => consents.WaitAsync(Eventually.Deadline, Stop));
        silence.End();
        await Eventually.TrueAsync(() => test.Database.IsAvailable, "there are answers again");
    }

    [Fact, Depth("the gate has a database that is noticed, a dial that is withdrawn and a call that is never written")]
    public async Task A_database_that_is_closed_in_its_silence_is_left_behind_with_what_waited()
    {
        var log = new Lines();
        await using var test = await FaultyDatabase.OpenAsync(log);
        var tenant = await test.TenantAsync();
        var ledger = test.Ledger(log);
        var live = new Script(tenant);
        Assert.True(await ledger.AppendAsync(live.Initiated()));
        using var silence = new Silence(test);
        silence.Begin();
        await Eventually.TrueAsync(() => silence.IsHolding && test.Database.IsSilent, "the writer hangs");
        var answered = ledger.AppendAsync(live.Answered());
        var nobodys = test.Database.Sql.WriteAsync(static _ => 7, Stop, Ringwright.Store.Engines.CommitPriority.Later).AsTask();
        test.Database.BeginStop();
        // The end of whoever has asked for it waits for it.
        await Assert.ThrowsAsync<StoreUnavailableException>(() => nobodys);

        await test.Database.DisposeAsync().AsTask().WaitAsync(Eventually.Deadline, Stop);
        Assert.True(silence.IsHolding);
        Assert.False(await answered);
        Assert.Contains("1 events are lost", Assert.Single(log.Of(1117)));
        silence.End();
        await Eventually.TrueAsync(() => !File.Exists(test.Engine.Place + "-wal"), "what was left behind has ended too");
        // It was told already, with what the writer had in hand.
        Assert.Single(log.Of(1117));
    }

    [Fact, Depth("the gate has a database that is noticed, a dial that is withdrawn and a call that is never written")]
    public async Task A_node_ends_though_nobody_reads_what_it_tells_its_database()
    {
        var address = new Uri(await Migrated.OnPostgresAsync(ofNode: true));
        using var way = new StallingProxy(new(IPAddress.Loopback, address.Port));
        var node = await Server.RunningNode.StartAsync(settings => settings with
        {
            Database = new UriBuilder(address) { Port = way.Port }.Uri.AbsoluteUri,
            Drain = TimeSpan.Zero,
        });
        way.StallForGood();
        await Eventually.TrueAsync(() => node.Node.Database.IsSilent, "it is noticed");
        await node.DisposeAsync().AsTask().WaitAsync(Eventually.Deadline, Stop);
    }

    [Fact, Depth("the gate has a database that is noticed, a dial that is withdrawn and a call that is never written")]
    public async Task The_snapshot_shows_a_change_that_was_committed_while_nobody_could_read()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        using var silence = new Silence(test);
        var creating = test.Database.Tenants.CreateAsync("acme", new(), null, Stop).AsTask();
        silence.Begin();
        try
        {
            await creating;     // it may have come through before
        }
        catch (StoreUnavailableException)
        {
            Assert.True(silence.IsHolding);
        }
        silence.End();
        await Eventually.TrueAsync(() => test.Database.Routing.Current.Tenants.Count == 1, "the account is in the snapshot");
    }

    [Fact, Depth("the gate has a database that is noticed, a dial that is withdrawn and a call that is never written")]
    public async Task An_import_may_take_its_time_and_only_refuses_new_calls()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var ledger = test.Ledger();
        using var end = new ManualResetEventSlim();
        try
        {
            var importing = test.Database.Sql.WriteAsync(db => { end.Wait(); return 1; }, Stop, isLong: true).AsTask();
            await Eventually.TrueAsync(() => !ledger.IsReady, "new calls are refused");
            Assert.False(await ledger.AppendAsync(new Script(tenant).Initiated()));
            Assert.Equal("A long change is being written.", test.Database.Away);
            Assert.Single(await test.Database.Tenants.ListAsync(Stop));
            Assert.False(importing.IsCompleted);
            end.Set();
            Assert.Equal(1, await importing);
            await Eventually.TrueAsync(() => ledger.IsReady, "and taken again");
        }
        finally
        {
            end.Set();
        }
    }

    [Fact, Depth("the gate has a database that is noticed, a dial that is withdrawn and a call that is never written")]
    public async Task A_file_that_another_program_has_locked_is_noticed_and_read()
    {
        var log = new Lines();
        await using var test = await FaultyDatabase.OpenAsync(log);
        await test.TenantAsync();
        var ledger = test.Ledger(log);
        await using var other = new SqliteConnection($"Data Source={test.Engine.Place};Pooling=False");
        await other.OpenAsync(Stop);
        await other.ExecuteAsync("begin immediate");
        await Eventually.TrueAsync(() => !ledger.IsReady, "it is noticed");
        Assert.Single(await test.Database.Tenants.ListAsync(Stop));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await test.Database.Tenants.CreateAsync("other", new(), null, Stop));

        await other.ExecuteAsync("rollback");
        await Eventually.TrueAsync(() => ledger.IsReady, "it is free");
        Assert.NotNull(await test.Database.Tenants.CreateAsync("other", new(), null, Stop));
        Assert.Single(log.Of(1115));
    }

    [Fact, Failure("database-broken")]
    public async Task A_node_without_calls_notices_that_its_database_is_broken()
    {
        await using var test = await FaultyDatabase.OpenAsync();
        var ledger = test.Ledger();
        test.Engine.OnCommit = static () => throw new SqliteException("database disk image is malformed", 11);
        await Eventually.TrueAsync(() => ledger.Failed.IsCancellationRequested, "it is noticed");
        test.Engine.OnCommit = static () => { };
    }

    private static async ValueTask<object?> TryListAsync(FaultyDatabase test)
    {
        try
        {
            return await test.Database.Tenants.ListAsync(Stop);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private static RoutingSnapshot RoutingOf(TenantId tenant) => new(
        [new() { Id = tenant, Name = "acme" }],
        [new() { Id = EngineRig.Connection, Tenant = tenant, Kind = ConnectionKind.CallControl, Name = "app" }],
        [], [], [], [])
    { VerifiedNumbers = [new(tenant, "+4930123")] };

    /// <summary>From its beginning on each commit of the writer hangs, until its end.</summary>
    private sealed class Silence : IDisposable
    {
        private readonly ManualResetEventSlim _isOver = new(initialState: true);
        private readonly FaultyDatabase _test;
        private volatile bool _isHolding;
        private Exception? _failure;

        public Silence(FaultyDatabase test)
        {
            _test = test;
            test.Engine.OnCommit = Hold;
        }

        public bool IsHolding => _isHolding;

        public void Begin() => _isOver.Reset();

        /// <summary>For a projector: begins in the transaction of such an event, the first time.</summary>
        public bool BeginWith<T>(SubjectEvent happened)
        {
            if (happened is T && !_isHolding) Begin();
            return false;
        }

        /// <param name="failure">How the commit that hangs ends; null commits it.</param>
        public void End(Exception? failure = null)
        {
            _failure = failure;
            _test.Engine.OnCommit = static () => { };
            _isOver.Set();
        }

        public void Dispose() => _isOver.Set();

        private void Hold()
        {
            if (_isOver.IsSet) return;
            _isHolding = true;
            _isOver.Wait(CancellationToken.None);
            if (_failure is { } failure) throw failure;
        }
    }
}
