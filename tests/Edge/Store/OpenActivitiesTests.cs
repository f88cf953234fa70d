using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public sealed class OpenActivitiesOnSqlite() : OpenActivitiesTests(Product.Sqlite);

public sealed class OpenActivitiesOnPostgres() : OpenActivitiesTests(Product.Postgres);

/// <summary>What went on in a call when the process was killed has an end of its own, before the call's, and one.</summary>
public abstract class OpenActivitiesTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    [Failure("process-killed")]
    public async Task What_had_the_audio_of_a_call_ends_before_it_and_what_had_ended_does_not_end_again()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        Script busy = new(tenant, 1), over = new(tenant, 2);
        Guid stream = Guid.NewGuid(), before = Guid.NewGuid(), session = Guid.NewGuid(), words = Guid.NewGuid(), fork = Guid.NewGuid();
        AgentTerms done = new(Guid.NewGuid()), talks = new(Guid.NewGuid()) { Assistant = "assistant-1", Gather = new() };
        AgentGathered half = new("{\"age\":42}", "[]", IsComplete: false);
        const string url = "wss://media.example.com/in";
        foreach (var script in new[] { busy, over })
        {
            await ledger.AppendAsync(script.Initiated());
            await ledger.AppendAsync(script.Answered());
        }
        foreach (var happened in new CallEvent[]
        {
            new CallEvent.StreamStarted(before, url, TapTracks.Said) { Leg = busy.Facts, At = Script.At(4) },
            new CallEvent.StreamStopped(before, url, TapTracks.Said) { Leg = busy.Facts, At = Script.At(5) },
            new CallEvent.StreamStarted(stream, url, TapTracks.Said) { Leg = busy.Facts, At = Script.At(6) },
            new CallEvent.SiprecStarted(session, "recorder") { Leg = busy.Facts, At = Script.At(6), RecoveryBye = "bye" },
            new CallEvent.TranscriptionStarted(words, TapTracks.Heard) { Leg = busy.Facts, At = Script.At(7) },
            new CallEvent.AgentStarted(done) { Leg = over.Facts, At = Script.At(4) },
            new CallEvent.AgentEnded(done, "stopped", TimeSpan.FromSeconds(1)) { Leg = over.Facts, At = Script.At(5) },
            new CallEvent.ForkStarted(fork, new("192.0.2.1:4000", null)) { Leg = over.Facts, At = Script.At(7) },
            new CallEvent.AgentGathering(talks, AgentGathered.Nothing, GatherChange.Begun) { Leg = over.Facts, At = Script.At(7) },
            new CallEvent.AgentStarted(talks) { Leg = over.Facts, At = Script.At(7) },
            new CallEvent.AgentGathering(talks, half, GatherChange.Result) { Leg = over.Facts, At = Script.At(8) },
        }) Assert.True(await ledger.AppendAsync(happened));
        await test.ReopenAsync();

        var next = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        Assert.Equal(2, await next.RecoverAsync(Stop));
        Assert.Equal(["bye"], next.RecordingByes);
        Assert.Equal(0, await next.RecoverAsync(Stop));
        var rows = await test.Database.Events.ListLegAsync(tenant, busy.Facts.Id, Stop);
        Assert.Equal(["stream_stopped", "siprec_stopped", "transcription_ended", "leg_ended"], rows.Skip(7).Select(row => row.Type));
        Assert.Equal(stream, Assert.IsType<CallEvent.StreamStopped>(rows[7].ToEvent()).Stream);
        rows = await test.Database.Events.ListLegAsync(tenant, over.Facts.Id, Stop);
        Assert.Equal(["fork_stopped", "agent_gather_ended", "agent_ended", "leg_ended"], rows.Skip(8).Select(row => row.Type));
        Assert.Equal(half, Assert.IsType<CallEvent.AgentGatherEnded>(rows[9].ToEvent()).State);
        var ended = Assert.IsType<CallEvent.AgentEnded>(rows[10].ToEvent());
        Assert.Equal((talks, AgentEnd.NodeRestart), (ended.Terms, ended.Reason));
    }

    [Fact]
    [Failure("process-killed")]
    public async Task Sound_queues_gathers_and_rooms_end_before_the_hang_up_and_what_a_killed_start_has_ended_does_not_end_again()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        var call = new Script(tenant, 1);
        await ledger.AppendAsync(call.Initiated());
        await ledger.AppendAsync(call.Answered());
        Guid sound = Guid.NewGuid(), music = Guid.NewGuid();
        PromptSource source = new PromptSource.Url("https://example.com/a.wav");
        QueueFacts queue = new(new(LegId.Compose(1, 0, 1, 50, 9).Value), Guid.NewGuid(), tenant, "support", 20, Script.At(1));
        var room = new Conferring(call, 60, "room");
        var began = room.Began(6);
        foreach (var happened in new SubjectEvent[]
        {
            new QueueEvent.QueueBegan { Queue = queue, At = Script.At(4) },
            new CallEvent.LegEnqueued(queue.Id, queue.Name, 1)
            {
                Leg = call.Facts, At = Script.At(4), Position = 1, AverageWait = TimeSpan.Zero
            },
            new CallEvent.PlaybackStarted(sound, source) { Leg = call.Facts, At = Script.At(5) },
            new CallEvent.PlaybackStarted(music, source) { Leg = call.Facts, At = Script.At(5) },
            new CallEvent.SpeakStarted(Guid.NewGuid()) { Leg = call.Facts, At = Script.At(5) },
            began, room.Joined(call, 6, new()),
            Gathered(call, GatherStatus.Cancelled, at: 7), call.Digit('4', at: 8),
            // An earlier start came as far as this before it was killed as well.
            new CallEvent.PlaybackEnded(music, source, PlayStatus.CallHangup, null) { Leg = call.Facts, At = Script.At(8) },
        }) Assert.True(await ledger.AppendAsync(happened), happened.GetType().Name);
        await test.Database.Traces.WriteAsync([Command(call, 3, "c1"), Command(call, 7, "c2"), Command(call, 7, "c2")], Stop);
        await test.ReopenAsync();
        Assert.Equal(3, await new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance).RecoverAsync(Stop));
        await test.ReopenAsync();
        Assert.Equal(0, await new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance).RecoverAsync(Stop));

        LedgerRow[] rows = [.. (await test.Database.Events.ListLegAsync(tenant, call.Facts.Id, Stop)).Skip(9)];
        Assert.Equal(["leg_dequeued", "playback_ended", "speak_ended", "gather_ended", "leg_ended"], rows.Select(row => row.Type));
        var dequeued = Assert.IsType<CallEvent.LegDequeued>(rows[0].ToEvent());
        Assert.Equal((DequeueReason.Hangup, 1, TimeSpan.FromSeconds(4)), (dequeued.Reason, dequeued.Position, dequeued.Waited));
        Assert.Equal(sound, Assert.IsType<CallEvent.PlaybackEnded>(rows[1].ToEvent()).Playback);
        var gathered = Assert.IsType<CallEvent.GatherEnded>(rows[3].ToEvent());
        Assert.Equal(("4", GatherStatus.CallHangup), (gathered.Digits, gathered.Status));
        var told = await test.Database.Events.ListAsync(tenant, began.Subject, Stop);
        Assert.Equal(["conference_began", "participant_joined", "participant_left", "conference_ended"], told.Select(row => row.Type));
        Assert.True(told[2].Seq < rows[^1].Seq && rows[^1].Seq < told[3].Seq, "it is left before the hang-up, and over behind it");
    }

    private static CallEvent Gathered(Script call, GatherStatus status, double at) =>
        new CallEvent.GatherEnded { Leg = call.Facts, At = Script.At(at), Digits = "", Status = status };

    private static TraceEntry Command(Script call, double at, string id) => new()
    {
        Tenant = call.Facts.Tenant, Leg = call.Facts.Id, At = Script.Anchor.ToWall(Script.At(at)), Kind = TraceKind.Command,
        Name = "gather", CommandId = id, Outcome = "accepted",
    };
}
