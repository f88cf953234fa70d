using System.Diagnostics;
using System.Net;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

[Depth("OpenActivitiesTests in Edge end each once, behind a killed start")]
public sealed class KilledActivitiesOnSqlite : KilledActivitiesTests
{
    private protected override Way[] Ways => [Way.Node, Way.Media, Way.NodeStandsStill, Way.MediaStandsStill, Way.DiskStandsStill];

    private protected override Task<PostgresServer?> DatabaseAsync() => Task.FromResult<PostgresServer?>(null);
}

public sealed class KilledActivitiesOnPostgres : KilledActivitiesTests
{
    // A run of everything has the first five, a long one all.
    private protected override Way[] Ways =>
    [
        Way.Node, Way.DatabaseCrashes, Way.Media, Way.DatabaseStandsStill, Way.DatabaseIsCut, Way.NodeStandsStill, Way.MediaStandsStill,
    ];

    private protected override async Task<PostgresServer?> DatabaseAsync() => await PostgresServer.StartAsync();
}

/// <summary>
/// Calls that do all that a call can do, and a process that goes away in the middle, at once, by standing still or behind a line that is
/// cut: whatever was told to have begun is told to have ended, once.
/// </summary>
public abstract class KilledActivitiesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), IsAway = TimeSpan.FromSeconds(2),
        AreWithheld = TimeSpan.FromMilliseconds(300);
    /// <summary>So long recorded, a call has a recording whatever happens.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(2.5);

    private static readonly (string Begin, string[] Ends)[] Edges =
    [
        ("call.initiated", ["call.hangup"]), ("call.enqueued", ["call.dequeued"]), ("call.speak.started", ["call.speak.ended"]),
        ("call.playback.started", ["call.playback.ended"]), ("streaming.started", ["streaming.stopped", "streaming.failed"]),
        ("call.fork.started", ["call.fork.stopped"]), ("siprec.started", ["siprec.stopped", "siprec.failed"]),
        ("conference.participant.joined", ["conference.participant.left"]),
        ("conference.playback.started", ["conference.playback.ended"]), ("conference.speak.started", ["conference.speak.ended"]),
    ];

    private protected enum Way
    {
        Node, NodeStandsStill, Media, MediaStandsStill, DatabaseCrashes, DatabaseStandsStill,
        /// <summary>No answer comes back, and then every connection is reset: what was committed meanwhile the node was not told.</summary>
        DatabaseIsCut,
        /// <summary>The one that SQLite's file is on.</summary>
        DiskStandsStill,
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected abstract Way[] Ways { get; }

    private protected abstract Task<PostgresServer?> DatabaseAsync();

    /// <summary>One in the gate, five in a run of everything, fifty in a long one.</summary>
    public static TheoryData<int> Kills => [.. Enumerable.Range(0, LongRun.Times(Depth.Times(1, 5), 50))];

    [Depth("OpenActivitiesOnPostgres in Edge end each activity once; a hundred calls are killed with their recordings")]
    [Theory, MemberData(nameof(Kills))]
    [Failure("process-killed")]
    public async Task What_had_begun_is_told_to_have_ended_once(int kill)
    {
        Tool.Require("sipp");
        var way = Ways[kill % Ways.Length];
        await using var disk = way is Way.DiskStandsStill ? await StillDisk.MountAsync() : null;
        await using var server = await DatabaseAsync();
        string? address = server is not null ? await server.CreateDatabaseAsync()
            : disk is not null ? $"sqlite:{disk.Place}/ringwright.db" : null;
        using var line = way is Way.DatabaseIsCut ? new StallingProxy(new(IPAddress.Loopback, new Uri(address!).Port)) : null;
        if (line is not null) address = new UriBuilder(address!) { Port = line.Port }.Uri.OriginalString;
        await using var node = new RunningNode(["--api-rate", "100000", .. address is null ? (string[])[] : ["--database", address]]);
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var calls = new BusyCalls(node, customer);
        await calls.BeginAsync();
        await Task.Delay(LongEnough, Stop);

        // A database that is away has its server, its line or its disk: each way above has made what it needs.
        await (way switch
        {
            Way.Node => RestartAsync(node),
            Way.NodeStandsStill => StandStillAsync(calls, () => FreezeAsync(node.NodeProcess)),
            // The node sees that nothing is heard of it, and ends it.
            Way.Media or Way.MediaStandsStill => SignalAsync(way is Way.Media ? "-KILL" : "-STOP", node.MediaProcess),
            Way.DatabaseCrashes => StandStillAsync(calls, () => CrashAsync(server!)),
            Way.DatabaseStandsStill => StandStillAsync(calls, server!.FreezeAsync),
            Way.DatabaseIsCut => CutAsync(calls, line!),
            _ => StandStillAsync(calls, disk!.FreezeAsync),
        });
        if (way is not (Way.Node or Way.Media or Way.MediaStandsStill)) calls.HangUp(which: _ => true);

        await Eventually.TrueAsync(() => Missing(customer).Count == 0, () => $"{way}: {string.Join(", ", Missing(customer))}", Patience);
        await calls.RecorderIsToldAsync();
        Check(customer, way);
        await calls.AreKeptAsync();
    }

    private static async Task RestartAsync(RunningNode node)
    {
        await node.KillAsync();
        await node.StartAgainAsync();
    }

    /// <summary>Half of the callers hang up while what they need does not answer.</summary>
    private static async Task StandStillAsync(BusyCalls calls, Func<Task<IAsyncDisposable>> begin)
    {
        await using (await begin())
        {
            calls.HangUp(which: i => i % 2 == 0);
            await Task.Delay(IsAway, Stop);
        }
    }

    private static async Task CutAsync(BusyCalls calls, StallingProxy line)
    {
        var lost = line.LoseAnswersAsync(AreWithheld);
        calls.HangUp(which: i => i % 2 == 0);
        await lost;
    }

    private static async Task<IAsyncDisposable> CrashAsync(PostgresServer server)
    {
        await server.StopAsync("immediate");
        return new Later(server.StartAgainAsync);
    }

    private static async Task<IAsyncDisposable> FreezeAsync(int process)
    {
        await SignalAsync("-STOP", process);
        return new Later(() => SignalAsync("-CONT", process));
    }

    private static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start("kill", [signal, $"{process}"]);
        await kill.WaitForExitAsync(CancellationToken.None);        // also when the test is being cancelled: nothing may stay frozen
    }

    private sealed class Later(Func<Task> what) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await what();
    }

    /// <summary>Calls of which something began, or was asked for, that has not ended.</summary>
    private static List<string> Missing(Customer customer)
    {
        var missing = new List<string>();
        foreach (var (begin, ends) in Edges)
        {
            var ended = Of(customer, ends).Select(w => w.Call).ToHashSet();
            missing.AddRange(Of(customer, begin).Where(w => !ended.Contains(w.Call)).Select(w => $"{begin} of {w.Call} has no end"));
        }
        if (!Of(customer, "call.recording.saved").Any()) missing.Add("call.recording.saved");
        if (!Of(customer, "call.gather.ended").Any()) missing.Add("call.gather.ended");
        return missing;
    }

    private static void Check(Customer customer, Way way)
    {
        foreach (var (begin, ends) in Edges)
        {
            foreach (var call in Of(customer, [begin, .. ends]).GroupBy(w => w.Call))
                Assert.True(call.Count() == 2, $"{way}: {string.Join(", ", call.Select(w => w.Type))} of one call");
        }
        Assert.Single(Of(customer, "call.recording.saved"));
        Assert.Single(Of(customer, "call.gather.ended"));
        string[] ofCalls = [.. Edges.SelectMany(edge => edge.Ends).Where(end => !end.StartsWith("conference.", StringComparison.Ordinal))];
        foreach (var call in Of(customer, ofCalls).GroupBy(w => w.Call))
            Assert.True(call.Last().Type == "call.hangup", $"{way}: {string.Join(", ", call.Select(w => w.Type))}");
    }

    /// <summary>Each event once, however often it was attempted, in the order of the first attempts.</summary>
    private static IEnumerable<Webhook> Of(Customer customer, params string[] types) =>
        customer.Sink.Taken.Where(w => types.Contains(w.Type)).DistinctBy(w => w.Id);
}
