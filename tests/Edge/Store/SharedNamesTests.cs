using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Delivery;
using Ringwright.Store;
using Ringwright.Store.Forwarding;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>What one node of a PostgreSQL finds of the names of another one's conferences and queues.</summary>
public sealed class SharedNamesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_is_found_at_the_node_where_it_lives_as_long_as_it_does()
    {
        await using var server = await Peer.ServerAsync();
        TenantId tenant = await server.TenantAsync(), other = await server.TenantAsync("other");
        await using var one = await Peer.StartAsync(server, 1, lease: Peer.LongLease);
        await using var two = await Peer.StartAsync(server, 2, lease: Peer.LongLease);
        await Eventually.TrueAsync(() => two.Database.Outbox.Lease.Alive.Contains(1), "the second node knows of the first");
        Script there = new(tenant), here = new(tenant, 2), theirs = new(other, 3);
        here.Facts = here.Facts with { Id = LegId.Compose(2, 0, 1, 2, 2) };
        theirs.Facts = theirs.Facts with { Id = LegId.Compose(2, 0, 1, 3, 3) };
        Ledger first = LedgerOf(one), second = LedgerOf(two);
        var board = new Conferring(there, 60, "board");
        var queue = new QueueFacts(new(LegId.Compose(1, 0, 1, 50, 9).Value), Guid.NewGuid(), tenant, "support", 20, Script.At(1));
        await AppendAsync(first, there.Initiated(), board.Began(1), new QueueEvent.QueueBegan { Queue = queue, At = Script.At(1) });
        await AppendAsync(second, here.Initiated(), theirs.Initiated());

        var names = SharedNames.Of(two.Database)!;
        async Task<bool> IsElsewhereAsync(SubjectKind kind, Script asker, string name)
        {
            bool found = await names.IsElsewhereAsync(kind, asker.Facts.Id, name, Stop);
            Assert.Equal(found, await names.IsElsewhereAsync(kind, asker.Facts.Tenant, name, Stop));
            return found;
        }
        Assert.True(await IsElsewhereAsync(SubjectKind.Conference, here, "board"));
        Assert.True(await IsElsewhereAsync(SubjectKind.Queue, here, "support"));
        Assert.False(await IsElsewhereAsync(SubjectKind.Conference, here, "support"));
        Assert.False(await IsElsewhereAsync(SubjectKind.Conference, theirs, "board"));
        Assert.False(await IsElsewhereAsync(SubjectKind.Queue, theirs, "support"));
        // Where it lives it is not elsewhere.
        Assert.False(await SharedNames.Of(one.Database)!.IsElsewhereAsync(SubjectKind.Conference, tenant, "board", Stop));

        await AppendAsync(first, board.Ended(5), new QueueEvent.QueueEnded(QueueEnd.Empty) { Queue = queue, At = Script.At(9) });
        Assert.False(await IsElsewhereAsync(SubjectKind.Conference, here, "board"));
        Assert.False(await IsElsewhereAsync(SubjectKind.Queue, here, "support"));
    }

    [Fact, Depth("the gate has nodes that die, stand still and are taken over")]
    public async Task What_an_earlier_start_or_a_dead_node_left_has_no_name_any_more()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var two = await Peer.StartAsync(server, 2);
        await using var one = await Peer.StartAsync(server, 1);
        var creator = new Script(tenant);
        await AppendAsync(LedgerOf(one), creator.Initiated(), new Conferring(creator, 60, "board").Began(1));
        var names = SharedNames.Of(two.Database)!;
        ValueTask<bool> IsElsewhereAsync() => names.IsElsewhereAsync(SubjectKind.Conference, tenant, "board", Stop);
        await Eventually.SomeAsync(async () => await IsElsewhereAsync() ? "there" : null, "it is there");
        await one.KillAsync();
        await Eventually.SomeAsync(async () => await IsElsewhereAsync() ? null : "gone", "its node is dead");
        await one.StartAgainAsync(server);
        await Eventually.TrueAsync(() => two.Database.Outbox.Lease.Alive.Contains(1), "its node is back");
        Assert.False(await IsElsewhereAsync());
    }

    private static Ledger LedgerOf(Peer peer) => new(peer.Database, Script.Anchor, [], NullLogger.Instance);

    private static async Task AppendAsync(Ledger ledger, params SubjectEvent[] events)
    {
        foreach (var happened in events) Assert.True(await ledger.AppendAsync(happened));
    }
}
