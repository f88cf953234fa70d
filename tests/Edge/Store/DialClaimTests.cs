using System.Collections.Concurrent;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Delivery;
using Ringwright.Store;
using Ringwright.Store.Ledgers;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Two nodes of one PostgreSQL are given the same command ids. Whoever's first row is committed sends the INVITE.</summary>
[Collection(nameof(Starving))] // of two nodes that run for the same ids each is to get some
public sealed class DialClaimTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_many_ids_that_two_nodes_get_at_the_same_time_each_is_dialled_once_and_both_tell_of_the_same_call()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        // Their clocks are an hour apart.
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await using var two = await Peer.StartAsync(server, 2, delivers: false, new AheadTime(TimeSpan.FromHours(1)));
        var (first, second) = (new Node(one, tenant), new Node(two, tenant));
        string[] ids = [.. Enumerable.Range(0, 200).Select(i => $"c{i}")];
        var asked = ids.SelectMany(id => (Task<Dialled>[])[first.DialAsync(id), second.DialAsync(id)]).ToArray();
        var told = await Task.WhenAll(asked);

        Assert.Equal(ids.Length, first.Invites.Count + second.Invites.Count);
        Assert.True(!first.Invites.IsEmpty && !second.Invites.IsEmpty, $"{first.Invites.Count} and {second.Invites.Count}");
        for (int i = 0; i < ids.Length; i++)
        {
            var (here, there) = (told[2 * i], told[2 * i + 1]);
            Assert.True(here.Ack.IsAccepted && there.Ack.IsAccepted, $"{ids[i]}: {here}, {there}");
            Assert.Equal((here.Leg!.Id, here.Leg.Uuid, here.Leg.Session), (there.Leg!.Id, there.Leg.Uuid, there.Leg.Session));
        }
        // Later too, whatever their clocks say; another tenant has ids of its own.
        Assert.Equal(told[0].Leg!.Id, (await two.Database.Legs.FindByCommandAsync(tenant, ids[0], Stop))!.Id);
        Assert.Equal(told[0].Leg!.Id, (await one.Database.Legs.FindByCommandAsync(tenant, ids[0], Stop))!.Id);
        Assert.True((await new Node(two, await server.TenantAsync("other")).DialAsync(ids[0])).Ack.IsAccepted);
        // A minute later it is another dial's.
        await server.Database.Sql.WriteAsync(db => db.Execute("update rw_dial_claim set made_at = made_at - 60000"), Stop);
        Assert.Null(await one.Database.Legs.FindByCommandAsync(tenant, ids[0], Stop));
        Assert.NotEqual(told[0].Leg!.Id, (await first.DialAsync(ids[0])).Leg!.Id);
    }

    [Fact]
    public async Task A_node_that_stands_still_while_it_writes_an_id_holds_up_nobody_and_nobody_dials_for_it()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await using var two = await Peer.StartAsync(server, 2, delivers: false);
        var (first, second) = (new Node(one, tenant), new Node(two, tenant));
        using var still = new ManualResetEventSlim(false);
        int waiting = 0;
        one.OnCommit = () =>
        {
            Interlocked.Increment(ref waiting);
            still.Wait(Stop);
        };
        var slow = first.DialAsync("c1");
        await Eventually.TrueAsync(() => Volatile.Read(ref waiting) > 0, "its transaction is open");
        // The open transaction may be another one's: then the row is behind it, and this node may have the id.
        await Eventually.SomeAsync(async () => (await server.QueryAsync(
            "select 'x' from pg_locks where locktype = 'advisory' and objsubid = 1 and granted")).FirstOrDefault() is { } held
            ? held : Unblock(still, one), "the row is in the open transaction");

        var refused = await second.DialAsync("c1");
        Assert.Equal(Refusal.LedgerUnavailable, refused.Ack.Refusal);
        Assert.True((await second.DialAsync("c2")).Ack.IsAccepted);     // its writer goes on
        still.Set();
        var made = await slow;
        Assert.True(made.Ack.IsAccepted, $"{made}");
        Assert.Equal(made.Leg!.Id, (await second.DialAsync("c1")).Leg!.Id);
        Assert.Equal((1, 1), (first.Invites.Count, second.Invites.Count));
    }

    [Fact]
    public async Task A_node_that_dies_before_it_has_committed_leaves_the_id_and_one_that_dies_behind_it_keeps_it()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var two = await Peer.StartAsync(server, 2, delivers: false);
        var second = new Node(two, tenant);
        var one = await Peer.StartAsync(server, 1, delivers: false);
        // It is gone before its INVITE: nobody knows whether there was one.
        var kept = await new Node(one, tenant).DialAsync("kept");
        var again = await second.DialAsync("kept");
        Assert.Equal(kept.Leg!.Id, again.Leg!.Id);
        Assert.Empty(second.Invites);
        await one.DisposeAsync();

        // A transaction that is never committed.
        await Assert.ThrowsAnyAsync<Exception>(() => server.Database.Sql.WriteAsync<int>(db =>
        {
            Assert.True(server.Database.DialClaims.TryClaim(db, tenant.ToString(), "lost", "00"));
            throw new InvalidOperationException("killed");
        }, Stop).AsTask());
        Assert.True((await second.DialAsync("lost")).Ack.IsAccepted);
        Assert.Single(second.Invites);
    }

    [Fact]
    public async Task What_was_written_after_its_asker_was_told_no_does_not_keep_the_id()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await using var two = await Peer.StartAsync(server, 2, delivers: false);
        var ledger = new Ledger(one.Database, Script.Anchor, [], NullLogger.Instance);
        // Told no while the writer had it, and committed all the same: as after a server that was silent for a while.
        var leg = Node.LegOf(one, tenant, 7);
        Assert.True(await ledger.AppendAsync(new CallEvent.LegInitiated { Leg = leg, At = leg.StartedAt, CommandId = "c1" }));
        Assert.NotNull(await two.Database.Legs.FindByCommandAsync(tenant, "c1", Stop));
        ledger.Abandon(new CallEvent.LegInitiated { Leg = leg, At = leg.StartedAt, CommandId = "c1" });
        await Eventually.SomeAsync(async () => await two.Database.Legs.FindByCommandAsync(tenant, "c1", Stop) is null ? "free" : null,
            "the id is free");
        var second = new Node(two, tenant);
        Assert.True((await second.DialAsync("c1")).Ack.IsAccepted);
        Assert.Single(second.Invites);
    }

    private static string? Unblock(ManualResetEventSlim still, Peer one)
    {
        still.Set();
        still.Reset();
        return null;
    }

    /// <summary>What is in front of the network: a call whose first row is committed is an INVITE.</summary>
    private sealed class Node(Peer peer, TenantId tenant)
    {
        private readonly Ledger _ledger = new(peer.Database, Script.Anchor, [], NullLogger.Instance);
        private IDialMemory? _memory;
        private int _counter = Random.Shared.Next(1, 1_000_000);

        public ConcurrentQueue<LegId> Invites { get; } = new();

        public Task<Dialled> DialAsync(string id) => Task.Run(async () =>
        {
            _memory ??= DialClaims.Of(peer.Database, _ledger)!;
            return await _memory.DialAsync(tenant, id, Script.At(1), async () =>
            {
                var leg = LegOf(peer, tenant, (uint)Interlocked.Increment(ref _counter));
                if (!await _ledger.AppendAsync(new CallEvent.LegInitiated { Leg = leg, At = leg.StartedAt, CommandId = id }))
                    return Dialled.Refused(Refusal.LedgerUnavailable, null, null);
                Invites.Enqueue(leg.Id);
                return Dialled.Accepted(leg);
            }, Stop);
        });

        public static LegFacts LegOf(Peer peer, TenantId tenant, uint counter) => new Script(tenant, counter).Facts with
        {
            Id = LegId.Compose(peer.Number, 0, peer.Database.Node.Epoch, counter, counter),
            Uuid = TimeUuid.Create(Script.Anchor.Wall, ((ulong)peer.Number << 40) + counter),
        };
    }

    private sealed class AheadTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
