using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Delivery;
using Ringwright.Store;
using Ringwright.Store.Forwarding;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>A node of a PostgreSQL dies, and the nodes beside it end what it has left alive.</summary>
[Failure("process-killed")]
public sealed class DeadNodesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("the gate has the same in brief (LedgerOnPostgresInBrief), and here a process that only stood still")]
    public async Task What_it_left_alive_ends_once_whoever_is_first_and_its_calls_are_known_to_have_ended()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var two = await Peer.StartAsync(server, 2);
        await using var three = await Peer.StartAsync(server, 3);
        await using var one = await Peer.StartAsync(server, 1);
        Script talking = new(tenant), waiting = new(tenant, 2);
        await LeaveAsync(one, talking, waiting);
        var own = new Script(tenant, 3);
        own.Facts = own.Facts with { Id = LegId.Compose(2, 0, two.Database.Node.Epoch, 3, 3) };
        Survivor second = new(two), third = new(three);
        Assert.True(await second.Ledger.AppendAsync(own.Initiated()));
        await second.Dead.LookAsync(Stop);
        Assert.True((await LegAsync(two, talking)).IsAlive);

        await one.KillAsync();
        await Eventually.SomeAsync(async () =>
        {
            await Task.WhenAll(second.Dead.LookAsync(Stop), third.Dead.LookAsync(Stop));
            return (await LegAsync(two, talking)).IsAlive || (await LegAsync(two, waiting)).IsAlive ? null : "ended";
        }, "its calls have ended");
        for (int again = 0; again < 3; again++) await Task.WhenAll(second.Dead.LookAsync(Stop), third.Dead.LookAsync(Stop));

        Assert.Equal(HangupCause.NodeRestart, (await LegAsync(two, talking)).Cause);
        var told = second.Projector.Seen.Concat(third.Projector.Seen).Select(seen => seen.Type).Order(StringComparer.Ordinal);
        Assert.Equal(["ConferenceEnded", "LegDequeued", "LegEnded", "LegEnded", "LegInitiated", "ParticipantLeft", "QueueEnded"], told);
        Assert.Equal(ConferenceEnd.NodeRestart, (await two.Database.Conferences.FindAsync(tenant, "board", Stop))!.Ended);
        Assert.Null(await two.Database.Queues.FindAsync(tenant, "support", Stop));
        // Each was told behind a commit of whoever ended it, and stands in the database once.
        Assert.Equal(["2"], await server.QueryAsync("select cast(count(*) as text) from rw_ledger where type = 'leg_ended'"));
        Assert.Equal(["2"], await server.QueryAsync("select cast(count(*) as text) from rw_call_record"));
        Assert.True((await LegAsync(two, own)).IsAlive);

        await using var forwarder = new CommandForwarder(two.Database, NullLogger.Instance);
        forwarder.Start(new NobodyAsks());
        Assert.Equal(Refusal.AlreadyEnded,
            (await forwarder.SendAsync(Subject.Of(talking.Facts.Id), new LegCommand.Hangup(), Stop)).Refusal);
        var names = SharedNames.Of(two.Database)!;
        Assert.True(await names.HasEndedAsync(Subject.Of(talking.Facts.Id), Stop));
        Assert.False(await names.HasEndedAsync(Subject.Of(own.Facts.Id), Stop));
        // One that says nothing, and has nothing, is left as it is: it may come back.
        Assert.Equal([server.Database.Node.Epoch.ToString(CultureInfo.InvariantCulture)],
            await server.QueryAsync("select cast(epoch as text) from rw_node where number = 200"));
    }

    [Fact]
    public async Task A_process_that_only_stood_still_finds_that_its_calls_have_ended_and_goes_on_with_none()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var two = await Peer.StartAsync(server, 2);
        await using var one = await Peer.StartAsync(server, 1);
        Script talking = new(tenant), waiting = new(tenant, 2);
        var its = await LeaveAsync(one, talking, waiting);
        var survivor = new Survivor(two);
        using var moves = one.StandStill();
        await Eventually.SomeAsync(async () =>
        {
            await survivor.Dead.LookAsync(Stop);
            return (await LegAsync(two, talking)).IsAlive ? null : "ended";
        }, "its calls have ended");
        moves.Set();
        await Eventually.TrueAsync(() => its.Failed.IsCancellationRequested, "it knows");
        Assert.True(one.Database.IsReplaced);
        Assert.False(two.Database.IsReplaced);
    }

    [Fact, Depth("the gate has nodes that die, stand still and are taken over")]
    public async Task A_recording_waits_for_the_node_that_has_it_and_not_for_ever()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var two = await Peer.StartAsync(server, 2);
        await using var one = await Peer.StartAsync(server, 1);
        Script talking = new(tenant), waiting = new(tenant, 2);
        var its = await LeaveAsync(one, talking, waiting);
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        Assert.True(await its.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = talking.Facts, At = Script.At(8) }));
        var survivor = new Survivor(two);
        await one.KillAsync();
        await Eventually.SomeAsync(async () =>
        {
            await survivor.Dead.LookAsync(Stop);
            return (await LegAsync(two, talking)).IsAlive ? null : "ended";
        }, "its call has ended");
        await survivor.Dead.LookAsync(Stop);
        Assert.Single(await two.Database.Recordings.ListOpenOfAllTenantsAsync(Stop));

        await server.Database.Sql.WriteAsync(db => db.Execute(
            "update rw_leg set ended_at = ended_at - interval '8 days', found_ended_at = found_ended_at - interval '8 days'"), Stop);
        await survivor.Dead.LookAsync(Stop);
        Assert.Empty(await two.Database.Recordings.ListOpenOfAllTenantsAsync(Stop));
        Assert.Single(survivor.Projector.Seen, seen => seen.Type == "RecordingFailed");
    }

    /// <summary>A call in a conference, and one in a queue.</summary>
    /// <returns>The ledger that wrote them.</returns>
    private static async Task<Ledger> LeaveAsync(Peer peer, Script talking, Script waiting)
    {
        var ledger = new Ledger(peer.Database, Script.Anchor, [], NullLogger.Instance);
        var board = new Conferring(talking, 60, "board");
        var queue = new QueueFacts(new(LegId.Compose(1, 0, 1, 50, 9).Value), Guid.NewGuid(), talking.Facts.Tenant, "support", 20,
            Script.At(1));
        foreach (var happened in new SubjectEvent[]
        {
            talking.Initiated(), talking.Answered(), board.Began(4), board.Joined(talking, 5, new()),
            waiting.Initiated(), waiting.Answered(), new QueueEvent.QueueBegan { Queue = queue, At = Script.At(4) },
            new CallEvent.LegEnqueued(queue.Id, queue.Name, 1)
            {
                Leg = waiting.Facts, At = Script.At(5), Position = 1, AverageWait = TimeSpan.Zero
            },
        })
            Assert.True(await ledger.AppendAsync(happened));
        await ledger.SignAsync(Stop);
        return ledger;
    }

    private static async Task<LegRow> LegAsync(Peer peer, Script script) =>
        (await peer.Database.Legs.FindAsync(script.Facts.Tenant, script.Facts.Id, Stop))!;

    private sealed class Survivor
    {
        public Survivor(Peer peer)
        {
            Ledger = new(peer.Database, new(new(5_000_000_000_000), DateTimeOffset.UtcNow), [Projector], NullLogger.Instance);
            Dead = new(peer.Database, Ledger, NullLogger.Instance) { RecordingsEvery = TimeSpan.Zero };
        }

        public Projector Projector { get; } = new();
        public Ledger Ledger { get; }
        public DeadNodes Dead { get; }
    }

    private sealed class NobodyAsks : ICallControl
    {
        public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop) => throw new NotSupportedException();

        public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop) => throw new NotSupportedException();
    }
}
