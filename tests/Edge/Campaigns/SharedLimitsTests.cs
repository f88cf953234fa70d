using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Edge.Delivery;
using Ringwright.Edge.Store;
using Ringwright.Store.Forwarding;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns;

/// <summary>The gates of two nodes of one PostgreSQL, with the limits of the same accounts.</summary>
public sealed class SharedLimitsTests : GateRig
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_ask_two_nodes_at_once_a_channel_limit_is_reached_and_never_exceeded()
    {
        await using var two =
            await Two.StartAsync(shared => Gate(tenantLimit: 10, childLimit: 3, profileLimit: 9, outbound: 8, shared: shared));
        var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(i => Task.Run(async () =>
        {
            var call = Ask($"+1555000{i:d4}");
            return (Node: i % 2, Call: call, Answer: await two.Gates[i % 2].EnterAsync(call));
        })));
        var open = answers.Where(a => a.Answer.IsOpen).ToList();
        Assert.Equal(8, open.Count);
        Assert.All(answers.Where(a => !a.Answer.IsOpen), a => Assert.Equal("connection_channel_limit", a.Answer.Rule));
        Assert.Equal(8, two.Own[0].Count + two.Own[1].Count);

        // The other kinds, with their own words: another connection's call, and one of the account below.
        Assert.True((await two.Gates[0].EnterAsync(Ask("+15550001234") with { Connection = Second })).IsOpen);
        Assert.True((await two.Gates[1].EnterAsync(ChildAsk())).IsOpen);
        Assert.Equal("parent_channel_limit", (await two.Gates[0].EnterAsync(ChildAsk())).Rule);
        Assert.Equal("tenant_channel_limit", (await two.Gates[1].EnterAsync(Ask("+15550001234") with { Connection = Second })).Rule);
        // has no limit
        Assert.True((await two.Gates[1].EnterAsync(Ask("+15550001234") with { Tenant = TenantB, From = Theirs })).IsOpen);

        // What one node lets go the other may have.
        foreach (var left in open.Where(a => a.Node == 0)) two.Gates[0].Leave(left.Call.Leg);
        int free = open.Count(a => a.Node == 0);
        await two.ExchangeAsync();
        for (int i = 0; i < free; i++) Assert.True((await two.Gates[1].EnterAsync(Ask("+15550001234"))).IsOpen, $"{i} of {free}");
        Assert.False((await two.Gates[1].EnterAsync(Ask("+15550001234"))).IsOpen);
    }

    [Fact, Depth("the gate has one limit that two nodes reach at once, what counts for a day and a balance, and what nobody knows")]
    public async Task Voice_channels_are_those_of_both_nodes()
    {
        await using var two = await Two.StartAsync(shared => Gate(euroChannels: 3, outbound: 8, shared: shared));
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            var call = Ask(ByChannel) with { Direction = Direction.Inbound, From = Theirs };
            return (Node: i % 2, Call: call, Answer: await two.Gates[i % 2].EnterAsync(call));
        })));
        var open = answers.Where(a => a.Answer.IsOpen).ToList();
        Assert.Equal(3, open.Count);
        Assert.All(answers.Where(a => !a.Answer.IsOpen), a => Assert.Equal("voice_channels", a.Answer.Rule));
        foreach (var (node, call, _) in open) two.Gates[node].Leave(call.Leg);
        await two.ExchangeAsync();
        Assert.True((await two.Gates[0].EnterAsync(open[0].Call with { Leg = Ask(ByChannel).Leg })).IsOpen);
        Assert.Equal(1, two.Own[0].Count + two.Own[1].Count);
    }

    [Fact, Depth("the gate has one limit that two nodes reach at once, what counts for a day and a balance, and what nobody knows")]
    public async Task Those_who_wait_and_will_be_refused_take_nothing_from_those_who_fit()
    {
        await using var two = await Two.StartAsync(shared => Gate(tenantLimit: 8, outbound: 2, shared: shared));
        Assert.True((await two.Gates[1].EnterAsync(Ask("+15550001234"))).IsOpen);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var call = i % 8 == 7 ? Ask("+15550001234") with { Connection = Second } : Ask("+15550001234");
            return (call.Connection, Answer: await two.Gates[0].EnterAsync(call));
        }));
        Assert.Equal(5, answers.Count(a => a.Connection == Second && a.Answer.IsOpen));
        Assert.Equal(1, answers.Count(a => a.Connection == Application && a.Answer.IsOpen));
        Assert.All(answers.Where(a => !a.Answer.IsOpen), a => Assert.Equal("connection_channel_limit", a.Answer.Rule));
    }

    [Fact, Depth("the gate has limits that two nodes share, and refusals while nobody knows")]
    public async Task A_node_that_is_dead_counts_no_more_and_one_that_starts_knows_what_is_used()
    {
        await using var two = await Two.StartAsync(shared => Gate(tenantLimit: 2, shared: shared));
        Assert.True((await two.Gates[0].EnterAsync(Ask("+15550001234"))).IsOpen);
        Assert.True((await two.Gates[0].EnterAsync(Ask("+15550001234"))).IsOpen);
        Assert.False((await two.Gates[1].EnterAsync(Ask("+15550001234"))).IsOpen);
        // Its last word; the other one hears it behind that.
        long since = Stopwatch.GetTimestamp();
        await two.Peers[0].Database.Outbox.Lease.RenewAsync(NullLogger.Instance, Stop);
        await Eventually.SomeAsync(async () =>
        {
            await two.Peers[1].Database.Outbox.Lease.RenewAsync(NullLogger.Instance, Stop);
            return two.Shared[1].HasOthers ? null : "alone";
        }, "the node is alone");
        Assert.True(Stopwatch.GetElapsedTime(since) > Peer.Lease * 0.8, "not at once");
        var asked = two.Gates[1].EnterAsync(Ask("+15550001234"));
        Assert.True(asked.IsCompletedSuccessfully);
        Assert.True((await asked).IsOpen);
    }

    [Fact]
    public async Task What_another_nodes_calls_hold_counts_for_a_days_limit_and_for_a_balance()
    {
        await using var two = await Two.StartAsync(shared =>
        {
            var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }],
                tenantSpend: 3_000_000, shared: shared);
            gate.Load(new([(TenantA, new(5_000_000, "USD"))], []));
            return gate;
        });
        Assert.True((await two.Gates[0].EnterAsync(Ask("+15550001234"))).IsOpen);
        var ended = Ask("+15550001234");
        Assert.True((await two.Gates[0].EnterAsync(ended)).IsOpen);
        await two.ExchangeAsync();
        Assert.Equal(2_000_000, await ((IHolds)two.Own[1]).HeldMicrosAsync(TenantA, "USD", Stop));
        Assert.True((await two.Gates[1].EnterAsync(Ask("+15550001234"))).IsOpen);
        Assert.Equal("tenant_daily_spend_limit", (await two.Gates[1].EnterAsync(Ask("+15550001234"))).Rule);
        await two.ExchangeAsync();
        Assert.Equal("tenant_daily_spend_limit", (await two.Gates[0].EnterAsync(Ask("+15550001234"))).Rule);
        Assert.Equal(3_000_000, await ((IHolds)two.Own[0]).HeldMicrosAsync(TenantA, "USD", Stop));

        two.Gates[0].Leave(ended.Leg);      // was never answered
        await two.ExchangeAsync();
        Assert.True((await two.Gates[1].EnterAsync(Ask("+15550001234"))).IsOpen);
    }

    [Fact, Depth("the gate has one limit that two nodes reach at once, what counts for a day and a balance, and what nobody knows")]
    public async Task What_another_nodes_calls_hold_is_not_there_for_this_nodes_calls()
    {
        await using var two = await Two.StartAsync(shared =>
        {
            var gate = Gate(rates: "+1,1,60,60", accounts: [new() { Tenant = TenantA, CreditLimitMicros = 0 }], shared: shared);
            gate.Load(new([(TenantA, new(2_500_000, "USD"))], []));
            return gate;
        });
        Assert.True((await two.Gates[0].EnterAsync(Ask("+15550001234"))).IsOpen);
        Assert.True((await two.Gates[0].EnterAsync(Ask("+15550001234"))).IsOpen);
        await two.ExchangeAsync();
        Assert.Equal("insufficient_funds", (await two.Gates[1].EnterAsync(Ask("+15550001234"))).Rule);
    }

    [Fact]
    public async Task While_nobody_knows_what_others_use_a_call_with_a_limit_is_refused_and_counts_nothing()
    {
        await using var two = await Two.StartAsync(shared => Gate(tenantLimit: 2, shared: shared));
        using var still = new ManualResetEventSlim(false);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holding = two.Server.Database.Sql.WriteAsync(db =>
        {
            db.Execute($"select pg_advisory_xact_lock(hashtextextended('use of {TenantA}', 0))");
            held.TrySetResult();
            still.Wait(Stop);
            return 0;
        }, Stop).AsTask();
        await held.Task.WaitAsync(Eventually.Deadline, Stop);
        Assert.Equal(GateAnswer.Silent.Rule, (await two.Gates[0].EnterAsync(Ask("+15550001234"))).Rule);
        Assert.Equal(0, two.Own[0].Count);
        Assert.True((await two.Gates[0].EnterAsync(Ask("+15550001234") with { Tenant = TenantB, From = Theirs })).IsOpen);
        still.Set();
        await holding;
        Assert.True((await two.Gates[0].EnterAsync(Ask("+15550001234"))).IsOpen);
        Assert.True((await two.Gates[1].EnterAsync(Ask("+15550001234"))).IsOpen);
        Assert.Equal("tenant_channel_limit", (await two.Gates[0].EnterAsync(Ask("+15550001234"))).Rule);
    }

    private sealed class Two : IAsyncDisposable
    {
        public required TestDatabase Server { get; init; }
        public required Peer[] Peers { get; init; }
        public required SharedUse[] Shared { get; init; }
        public required DialGate[] Own { get; init; }
        public IDialGate[] Gates => Own;

        public static async Task<Two> StartAsync(Func<ISharedUse, DialGate> gate)
        {
            var server = await Peer.ServerAsync();
            Peer[] peers = [await Peer.StartAsync(server, 1, delivers: false), await Peer.StartAsync(server, 2, delivers: false)];
            foreach (var peer in peers) await peer.Database.Outbox.Lease.RenewAsync(NullLogger.Instance, Stop);
            SharedUse[] shared = [.. peers.Select(peer => SharedUse.Of(peer.Database, NullLogger.Instance)!)];
            Assert.All(shared, use => Assert.True(use.HasOthers));
            return new() { Server = server, Peers = peers, Shared = shared, Own = [.. shared.Select(gate)] };
        }

        /// <summary>Each says what it uses, then hears the others.</summary>
        public async Task ExchangeAsync()
        {
            for (int round = 0; round < 2; round++)
                for (int i = 0; i < Own.Length; i++) await Shared[i].ExchangeAsync(Own[i].Uses, Own[i].Hear, Stop);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var use in Shared) await use.DisposeAsync();
            foreach (var peer in Peers) await peer.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
