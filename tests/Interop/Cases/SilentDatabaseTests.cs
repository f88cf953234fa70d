using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A node whose database server is stopped, killed or frozen, at rest and at work.</summary>
[Failure("database-silent"), Failure("database-restarted")]
public sealed class SilentDatabaseTests
{
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(3), Answered = TimeSpan.FromSeconds(5),
        // Five seconds, and what two processes and a busy machine take for their own end.
        Ended = TimeSpan.FromSeconds(8),
        Look = TimeSpan.FromMilliseconds(20), Pause = TimeSpan.FromMilliseconds(100);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public enum Fate { Stopped, Killed, Frozen }

    public static TheoryData<Fate> AtRest => Depth.Rows([Fate.Frozen], [Fate.Stopped, Fate.Killed]);

    public static TheoryData<Fate> AtWork => [Fate.Killed, Fate.Stopped, Fate.Frozen];

    [Theory, MemberData(nameof(AtRest))]
    public async Task A_node_at_rest_notices_within_three_seconds_and_answers_each_request_within_five(Fate fate)
    {
        await using var server = await PostgresServer.StartAsync();
        await using var node = new RunningNode("--api-rate", "100000", "--database", await server.CreateDatabaseAsync());
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var phone = new Phone(node);
        var dial = customer.DialBody(phone.Uri, new() { ["command_id"] = "at rest" });
        await Task.Delay(TimeSpan.FromSeconds(1), Stop);        // nothing happens

        await using (var outage = await Outage.BeginAsync(server, fate)) await CheckAsync(fate, node, customer, dial);

        await UntilAsync(node.IsReadyAsync);
        await customer.SendAsync(HttpMethod.Post, "calls", dial);
        await (await phone.RingsAsync()).RefuseAsync(486);
        await customer.NextAsync("call.hangup");
        Assert.Equal(1, phone.InviteCount);
    }

    [Fact, Depth("a database that stands still is the gate's, by its server and in Edge by its file")]
    public async Task A_node_whose_data_disk_stands_still_notices_within_three_seconds_and_answers_each_request_within_five()
    {
        await using var disk = await StillDisk.MountAsync();
        await using var node = new RunningNode("--api-rate", "100000", "--database", $"sqlite:{disk.Place}/ringwright.db");
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var phone = new Phone(node);
        var dial = customer.DialBody(phone.Uri, new() { ["command_id"] = "at rest" });
        await using (await disk.FreezeAsync()) await CheckAsync("Still disk", node, customer, dial, isReadByChance: true);

        await UntilAsync(node.IsReadyAsync);
        await customer.SendAsync(HttpMethod.Post, "calls", dial);
        await (await phone.RingsAsync()).RefuseAsync(486);
        await customer.NextAsync("call.hangup");
        Assert.Equal(1, phone.InviteCount);
    }

    [Fact, Depth("the gate notices the silence, here and of a file in Edge")]
    public async Task A_node_that_is_stopped_meanwhile_ends_in_time_and_its_next_start_ends_the_calls_that_were_up()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var node = new RunningNode("--api-rate", "100000", "--database", await server.CreateDatabaseAsync());
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var talker = new Phone(node);
        var call = talker.Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await call.ReachesAsync(200);
        await customer.NextAsync("call.answered");

        TimeSpan took;
        await using (var outage = await Outage.BeginAsync(server, Fate.Frozen))
        {
            await UntilAsync(async () => !await node.IsReadyAsync());
            long askedAt = Stopwatch.GetTimestamp();
            await node.StopAsync();     // its calls have no time to end
            took = Stopwatch.GetElapsedTime(askedAt);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"It ended after {took.TotalSeconds:F2} s.");
        Assert.True(took <= Ended, $"it ended after {took.TotalSeconds:F2} s:\n{node.Output}");
        Assert.Contains(node.Lines, line => line.Contains("The database could not be written until the end", StringComparison.Ordinal));
        await node.StartAgainAsync();
        await customer.NextAsync("call.hangup");
    }

    /// <param name="isReadByChance">What the system has in memory can be read.</param>
    private static async Task CheckAsync(object fate, RunningNode node, Customer customer, JsonObject dial, bool isReadByChance = false)
    {
        var noticed = await UntilAsync(async () => !await node.IsReadyAsync());
        Assert.True(noticed <= Noticed, $"/readyz says so after {noticed.TotalSeconds:F2} s");
        Assert.Equal(0, await node.MetricAsync("ringwright_store_available"));
        Assert.Contains(node.Lines, line => line.Contains("The database cannot be written: ", StringComparison.Ordinal));
        var times = new ConcurrentBag<(string What, int Status, TimeSpan Took)>();
        await Task.WhenAll(
            TimedAsync(times, customer, HttpMethod.Get, "call_control_applications"), TimedAsync(times, customer, HttpMethod.Get,
                "recordings"), TimedAsync(times, customer, HttpMethod.Post, "outbound_voice_profiles", new() { ["name"] = "late" }),
            TimedAsync(times, customer, HttpMethod.Post, "calls", dial));
        Assert.All(times, t => Assert.True((t.Status == 503
            || t.Status == 200 && isReadByChance && t.What.StartsWith("GET", StringComparison.Ordinal)) && t.Took <= Answered, $"{t}"));
        var doctor = await node.TryRunAsync("doctor");
        Assert.Equal(1, doctor.Exit);
        Assert.Contains(doctor.Output.Split('\n'), line => line.StartsWith("BAD   database", StringComparison.Ordinal)
            && line.Contains("the node cannot write it", StringComparison.Ordinal));
        TestContext.Current.TestOutputHelper?.WriteLine($"{fate} at rest: noticed after {noticed.TotalSeconds:F2} s; {Describe(times)}");
    }

    [Theory, Depth("the gate restarts a server under events (PostgresTests), and has one at rest here"), MemberData(nameof(AtWork))]
    public async Task A_node_at_work_answers_each_request_within_five_seconds_and_rings_nobody_twice(Fate fate)
    {
        await using var server = await PostgresServer.StartAsync();
        await using var node = new RunningNode("--api-rate", "100000", "--database", await server.CreateDatabaseAsync());
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using Phone talker = new(node), door = new(node);
        var call = talker.Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await call.ReachesAsync(200);
        await customer.NextAsync("call.answered");

        var times = new ConcurrentBag<(string What, int Status, TimeSpan Took)>();
        var placed = new ConcurrentBag<string>();
        using CancellationTokenSource isOver = new(), isQuiet = new();
        var refusing = RefuseAllAsync(door, isQuiet.Token);
        var working = Task.WhenAll([
            .. Enumerable.Range(0, 6).Select(n => DialOnAsync(n, customer, door, times, placed, isOver.Token)),
            .. Enumerable.Range(0, 2).Select(_ => ReadOnAsync(customer, times, isOver.Token))]);
        await Eventually.TrueAsync(() => placed.Count > 20, "the node is at work");

        TimeSpan noticed;
        await using (var outage = await Outage.BeginAsync(server, fate))
        {
            noticed = await UntilAsync(async () => !await node.IsReadyAsync());
            call.Audio.Press("4");
            await call.Audio.SaidAsync();
            call.Audio.Say(600, 300);
            await call.Audio.SaidAsync();
            await Task.Delay(TimeSpan.FromSeconds(4), Stop);        // the outage goes on
        }
        await UntilAsync(node.IsReadyAsync);
        int before = placed.Count;
        await Eventually.TrueAsync(() => placed.Count > before + 20, "the node is at work again");
        await isOver.CancelAsync();
        await working;      // each command_id is repeated until its call is placed
        TestContext.Current.TestOutputHelper
            ?.WriteLine($"{fate} at work: noticed after {noticed.TotalSeconds:F2} s; {placed.Count} placed; {Describe(times)}");

        Assert.True(noticed <= Noticed, $"/readyz says so after {noticed.TotalSeconds:F2} s");
        Assert.All(times, t => Assert.True(t.Status is 200 or 503 && t.Took <= Answered, $"{t}"));
        Assert.Contains(times, t => t.Status == 503);
        call.Bye();
        await Eventually.TrueAsync(() => Legs(customer, "call.initiated").IsSubsetOf(Legs(customer, "call.hangup")), () =>
        {
            var open = customer.Sink.Taken.Where(w => w.Type == "call.initiated" && !Legs(customer, "call.hangup").Contains(w.Call));
            return $"each call has its end, but not: {string.Join(", ", open.Select(w => $"{w.Payload["to"]} {w.Call}"))}\n{node.Output}";
        });
        await isQuiet.CancelAsync();
        await refusing;
        var rung = door.Calls.CountBy(c => SipText.UserOf(c.Offer.RequestUri)).ToDictionary();
        Assert.All(rung, user => Assert.Equal(1, user.Value));
        Assert.Equal(placed.Order(), rung.Keys.Order());
        Assert.Equal(["call.dtmf.received"], customer.Types.Where(type => type == "call.dtmf.received"));
    }

    /// <summary>Dials one person after the other, each until it is placed.</summary>
    private static async Task DialOnAsync(int lane, Customer customer, Phone door, ConcurrentBag<(string, int Status, TimeSpan)> times,
        ConcurrentBag<string> placed, CancellationToken end)
    {
        for (int n = 0; !end.IsCancellationRequested; n++)
        {
            string name = $"p{lane}-{n}";
            var body = customer.DialBody($"sip:{name}@127.0.0.1:{door.Port}", new() { ["command_id"] = name });
            while (await TimedAsync(times, customer, HttpMethod.Post, "calls", body) != 200) await Task.Delay(Pause, Stop);
            placed.Add(name);
            await Task.Delay(Look, Stop);
        }
    }

    private static async Task ReadOnAsync(Customer customer, ConcurrentBag<(string, int, TimeSpan)> times, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await TimedAsync(times, customer, HttpMethod.Get, "call_control_applications");
            await Task.Delay(Look, Stop);
        }
    }

    private static async Task RefuseAllAsync(Phone door, CancellationToken end)
    {
        var seen = new HashSet<string>();
        List<Task> refusals = [];
        while (true)
        {
            bool isLast = end.IsCancellationRequested;
            foreach (var ringing in door.Calls.Where(c => seen.Add(c.CallId))) refusals.Add(ringing.RefuseAsync(486));
            if (isLast && refusals.TrueForAll(r => r.IsCompleted)) break;
            await Task.Delay(Look, Stop);
        }
        await Task.WhenAll(refusals);
    }

    private static async Task<int> TimedAsync(ConcurrentBag<(string What, int Status, TimeSpan Took)> times, Customer customer,
        HttpMethod method, string path, JsonObject? body = null)
    {
        await using var standing = new Standing();
        long begunAt = Stopwatch.GetTimestamp();
        var answer = await customer.TryAsync(method, path, body);
        times.Add(($"{method} {path}", answer.Status, Stopwatch.GetElapsedTime(begunAt) - standing.Total));
        return answer.Status;
    }

    private static string Describe(IEnumerable<(string What, int Status, TimeSpan Took)> times) =>
        string.Join(", ", times.GroupBy(t => (t.What, t.Status))
            .Select(g => $"{g.Key.What} {g.Key.Status} x{g.Count()} in {g.Max(t => t.Took).TotalSeconds:F2} s at most"));

    /// <returns>How long it took, without what the test itself stood.</returns>
    private static async Task<TimeSpan> UntilAsync(Func<Task<bool>> condition)
    {
        await using var standing = new Standing();
        long begunAt = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begunAt) < Eventually.Deadline, "it never happens");
            await Task.Delay(Look, Stop);
        }
        return Stopwatch.GetElapsedTime(begunAt) - standing.Total;
    }

    private static HashSet<string> Legs(Customer customer, string type) =>
        [.. customer.Sink.Taken.Where(w => w.Type == type).Select(w => w.Call)];

    /// <summary>Lasts until it is disposed of.</summary>
    private sealed class Outage(Func<ValueTask> end) : IAsyncDisposable
    {
        public static async Task<Outage> BeginAsync(PostgresServer server, Fate fate)
        {
            if (fate is Fate.Frozen) return new((await server.FreezeAsync()).DisposeAsync);
            await (fate is Fate.Stopped ? server.StopAsync() : server.KillAsync());
            return new(async () => await server.StartAgainAsync());
        }

        public ValueTask DisposeAsync() => end();
    }
}
