using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public sealed class OpenLiveAudioOnSqlite() : OpenLiveAudioTests(Product.Sqlite);

public sealed class OpenLiveAudioOnPostgres() : OpenLiveAudioTests(Product.Postgres);

/// <summary>What had the audio of a call when the process was killed has an end of its own, before the call's.</summary>
public abstract class OpenLiveAudioTests(Product product)
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
            new CallEvent.SiprecStarted(session, "recorder") { Leg = busy.Facts, At = Script.At(6) },
            new CallEvent.TranscriptionStarted(words, TapTracks.Heard) { Leg = busy.Facts, At = Script.At(7) },
            new CallEvent.ForkStarted(fork, new("192.0.2.1:4000", null)) { Leg = over.Facts, At = Script.At(7) },
        }) Assert.True(await ledger.AppendAsync(happened));
        await test.ReopenAsync();

        var next = new Ledger(test.Database, Script.Anchor, [], NullLogger.Instance);
        Assert.Equal(2, await next.RecoverAsync(Stop));
        Assert.Equal(0, await next.RecoverAsync(Stop));
        var rows = await test.Database.Events.ListLegAsync(tenant, busy.Facts.Id, Stop);
        Assert.Equal(["stream_failed", "siprec_failed", "transcription_ended", "leg_ended"], rows.Skip(7).Select(row => row.Type));
        Assert.Equal((stream, "the node was restarted"),
            Assert.IsType<CallEvent.StreamFailed>(rows[7].ToEvent()) is var lost ? (lost.Stream, lost.Reason) : default);
        Assert.Equal(["fork_stopped", "leg_ended"],
            (await test.Database.Events.ListLegAsync(tenant, over.Facts.Id, Stop)).Skip(3).Select(row => row.Type));
    }
}
