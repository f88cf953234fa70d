using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

[Depth("the gate kills one on PostgreSQL")]
public sealed class ANodeKilledOnSqlite : KilledNodeTests
{
    private protected override Task<RunningNode> NodeAsync() => Task.FromResult(new RunningNode(Flags));
}

public sealed class ANodeKilledOnPostgres : KilledNodeTests
{
    private protected override async Task<RunningNode> NodeAsync() =>
        new([.. Flags, "--database", await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()]);
}

/// <summary>
/// kill -9 in the middle of many calls, and a start on what that left:
/// nothing is lost, nobody is rung twice, nobody is left on a dead line.
/// </summary>
public abstract class KilledNodeTests
{
    private const int Calls = 100, JoinedCalls = 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    /// <summary>Whoever was recorded for so long before the kill has a recording.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(2);

    private protected static readonly string[] Flags = ["--api-rate", "100000"];

    private protected abstract Task<RunningNode> NodeAsync();

    [Failure("process-killed")]
    [Theory, Seeds(2)] // case 86: twice usually, twenty times in a long run
    public Task A_hundred_calls_end_everywhere_and_nothing_is_left(ulong seed) => KillAsync(seed, Calls, Crowd.All, "wav");

    [Failure("process-killed"), Depth("the gate kills a hundred calls, some of which are joined or recorded")]
    [Theory, MemberData(nameof(Kills))]
    public Task Thirty_calls_that_are_joined_and_recorded_end_everywhere_and_nothing_is_left(ulong seed)
    {
        Tool.Require("libmp3lame.so.0", "libmpg123.so.0");
        return KillAsync(seed, JoinedCalls, Crowd.Joined, "mp3");
    }

    /// <summary>Five times in a run of everything, fifty times in a long one.</summary>
    public static TheoryData<ulong> Kills => [.. Enumerable.Range(1, LongRun.Times(5, 50)).Select(seed => (ulong)seed)];

    private async Task KillAsync(ulong seed, int calls, int[] kinds, string format)
    {
        await using var node = await NodeAsync();
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        var dice = new Random((int)seed);
        using var crowd = new Crowd(node, customer, dice, calls, kinds, format);

        // The first call of a process takes its time; the others shall be in full swing when it is killed.
        await CheckNewCallAsync(node, customer);
        var calling = crowd.CallAsync();
        // the moment of the kill is the test's dice
        await Task.Delay(TimeSpan.FromSeconds(1.5 + 5 * dice.NextDouble()), TestContext.Current.CancellationToken);
        crowd.IsKilled = true;
        long killedAt = Stopwatch.GetTimestamp();
        await node.KillAsync();
        await calling;
        await node.StartAgainAsync();
        await crowd.RepeatDialsAsync();

        await UntilAsync(() => crowd.Members.All(member => member.IsOver),
            () => $"phones are left in calls:\n{crowd.Describe(m => !m.IsOver)}\n{node.Output}");
        await UntilAsync(() => Legs(customer, "call.initiated").IsSubsetOf(Legs(customer, "call.hangup")), () => "calls have no hang-up");
        Assert.All(crowd.Members, member => Assert.True(member.Invites <= 1, $"{member} was rung {member.Invites} times"));
        TestContext.Current.TestOutputHelper?.WriteLine(crowd.Summary);
        await CheckCallsAsync(customer);
        await CheckRecordingsAsync(customer, node, [.. crowd.Members.Where(m => m.RecordedSince > 0
            && Stopwatch.GetElapsedTime(m.RecordedSince, killedAt) > LongEnough).Select(m => m.Call!)]); // recorded ones have a call
        await CheckNothingLeftAsync(node);
        await CheckNewCallAsync(node, customer);
        CheckWebhooks(customer);
        // Once more: by now the customer knows of every call that had a row.
        Assert.All(crowd.Members, member => Assert.True(member.IsOver, $"{member}"));
    }

    private static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        try
        {
            await Eventually.TrueAsync(condition, "", Patience);
        }
        catch (Xunit.Sdk.FailException)
        {
            Assert.Fail(otherwise());
        }
    }

    private static HashSet<string> Legs(Customer customer, string type) =>
        [.. customer.Sink.Taken.Where(w => w.Type == type).Select(w => w.Call)];

    /// <summary>One id for one event, whatever its attempts; one hang-up for one call.</summary>
    private static void CheckWebhooks(Customer customer)
    {
        var taken = customer.Sink.Taken.Where(w => w.Body["meta"] is not null).ToList();
        Assert.All(taken.GroupBy(w => w.Id), attempts => Assert.Single(attempts.Select(w => (w.Type, w.Call)).Distinct()));
        foreach (var call in taken.GroupBy(w => w.Call))
        {
            Assert.Single(call.Where(w => w.Type == "call.hangup").Select(w => w.Id).Distinct());
            Assert.Single(call.Where(w => w.Type == "call.initiated").Select(w => w.Id).Distinct());
        }
    }

    private static async Task CheckCallsAsync(Customer customer)
    {
        foreach (string call in Legs(customer, "call.initiated"))
        {
            var shown = await customer.GetAsync($"calls/{Uri.EscapeDataString(call)}");
            Assert.False((bool)shown.Succeeds().Data["is_alive"]!);
            (await customer.TryActAsync(call, "hangup")).Refuses(422, "90018");
        }
        var active = await customer.GetAsync($"connections/{customer.Application}/active_calls");
        Assert.Empty(active.Succeeds().Data.AsArray());
    }

    /// <summary>What was recorded for a while is there, once, and can be heard.</summary>
    private static async Task CheckRecordingsAsync(Customer customer, RunningNode node, HashSet<string> expected)
    {
        await UntilAsync(() => expected.IsSubsetOf(Legs(customer, "call.recording.saved")),
            () => $"recordings are not saved\n{node.Output}");
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", node.Key) } };
        foreach (var saved in customer.Sink.Taken.Where(w => w.Type == "call.recording.saved").DistinctBy(w => w.Id).GroupBy(w => w.Call))
        {
            var payload = Assert.Single(saved).Payload;
            string shown = await http.GetStringAsync(new Uri(node.Api, $"recordings/{(string?)payload["recording_id"]}"),
                TestContext.Current.CancellationToken);
            var (format, link) = JsonNode.Parse(shown)!["data"]!["download_urls"]!.AsObject().First();
            byte[] bytes = await http.GetByteArrayAsync((string)link!, TestContext.Current.CancellationToken);
            var file = format == "mp3" ? Recorded.OfMp3(bytes) : new Recorded(bytes);
            if (expected.Contains(saved.Key)) Assert.True(file.MillisOf(600) > 0, $"a recording of {file.Millis} ms");
        }
    }

    private static async Task CheckNothingLeftAsync(RunningNode node)
    {
        using var http = new HttpClient();
        string[] gauges = ["ringwright_legs_active", "ringwright_media_ports_open", "ringwright_gate_legs", "ringwright_programs",
            "ringwright_media_recordings_active"];
        await Eventually.SomeAsync(async () =>
        {
            string text = await http.GetStringAsync(new Uri(node.Admin, "metrics"), TestContext.Current.CancellationToken);
            return gauges.All(gauge => Regex.Matches(text, $@"^{gauge}(\{{[^}}]*\}})? (\S+)$", RegexOptions.Multiline)
                .All(m => m.Groups[2].Value == "0")) ? text : null;
        }, "no leg, port or lease is left", Patience);
        await UntilAsync(() => Files(node).Count == 0, () => $"half files are left: {string.Join(", ", Files(node))}");
    }

    private static List<string> Files(RunningNode node) =>
        [.. Directory.EnumerateFiles(node.PathOf(), "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".part",
            StringComparison.Ordinal) || f.EndsWith(".tmp", StringComparison.Ordinal) || f.Contains("/recordings/parts/"))];

    private static async Task CheckNewCallAsync(RunningNode node, Customer customer)
    {
        using var phone = new Phone(node);
        var call = await customer.DialAsync(phone.Uri);
        var ringing = await phone.RingsAsync();
        await ringing.AcceptAsync();
        await customer.ActAsync(call, "hangup");
        await ringing.ReceivesAsync("BYE");
        await customer.WebhookAsync(w => w.Type == "call.hangup" && w.Call == (string?)call["call_control_id"], "the new call ends");
    }
}
