using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>The media process of a real node: what becomes of the calls when it is killed, and of it when the node is.</summary>
public sealed class MediaProcessTests : IAsyncLifetime
{
    private readonly RunningNode _node = new("--api-rate", "100000", "--rtp", Ports());

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static int Rounds => LongRun.Times(Depth.Times(1, 5), 50);

    [Fact]
    [Failure("media-killed")]
    public async Task When_it_is_killed_its_calls_end_for_that_their_recordings_are_kept_and_new_calls_work()
    {
        await using var customer = await Customer.CreateAsync(_node, _node.NextNumber());
        for (int round = 0; round < Rounds; round++) await KillAsync(customer, round);
        // SIP's transactions keep theirs for half a minute, which a run of everything waits for.
        if (!Depth.IsAll) return;
        await Eventually.SomeAsync(async () => await _node.MetricAsync("ringwright_timers_queued") == 0 ? "none" : null, "no timer is left",
            TimeSpan.FromSeconds(60));
    }

    private async Task KillAsync(Customer customer, int round)
    {
        using Phone recordedPhone = new(_node), ringingPhone = new(_node), dialledPhone = new(_node),
            callee = new(_node), next = new(_node);
        int process = _node.MediaProcess;
        var recorded = recordedPhone.Call(customer.Number);
        var call = await customer.NextAsync("call.initiated", CallsPerRound * round + 1);
        await customer.ActAsync(call, "answer",
            new() { ["record"] = "record-from-answer", ["record_format"] = "wav", ["record_channels"] = "single" });
        await recorded.ReachesAsync(200);
        var peer = await customer.DialAsync(callee.Uri);
        var called = await callee.RingsAsync();
        await called.AcceptAsync();
        await Eventually.TrueAsync(() => customer.TypesOf(peer).Contains("call.answered"), "the callee has answered");
        await customer.ActAsync(call, "bridge", new() { ["call_control_id"] = (string)peer["call_control_id"]! });
        var ringing = ringingPhone.Call(customer.Number);
        await ringing.ReachesAsync(180);
        var dialled = await customer.DialAsync(dialledPhone.Uri);
        var dialling = await dialledPhone.RingsAsync();
        dialling.Ring();
        recorded.Audio.Say(600, 1_000);
        await Task.WhenAll(recorded.Audio.SaidAsync(), called.Audio.HearsSomethingAsync(0, 600));
        await Recorded.IsOnDiskAsync(_node, 600, 900);      // it is written half a second behind

        Kill(process);
        await customer.CountAsync("call.hangup", CallsPerRound * round + 4);
        foreach (var ended in customer.Payloads("call.hangup").Skip(CallsPerRound * round).Take(4))
            Assert.Equal("unspecified", (string?)ended["hangup_cause"]);
        await Eventually.TrueAsync(() => _node.Lines.Count(IsVerdict) == 4 * (round + 1), "the log says of each call why it ended");
        await recorded.ReceivesAsync("BYE");
        await called.ReceivesAsync("BYE");
        await ringing.ReachesAsync(500);
        await dialling.ReceivesAsync("CANCEL");
        var saved = await customer.NextAsync("call.recording.saved", round + 1);
        Assert.InRange((await FetchAsync(saved)).MillisOf(600), 800, 1_040);

        await Eventually.TrueAsync(() => _node.MediaProcess is not 0 and var now && now != process, "another process takes its place");
        await ReadyAsync();
        var after = next.Call(customer.Number);
        var answered = await customer.NextAsync("call.initiated", CallsPerRound * round + 5);
        await customer.ActAsync(answered, "answer");
        await after.ReachesAsync(200);
        await customer.ActAsync(answered, "speak", new() { ["payload"] = "one two three", ["voice"] = "female" });
        await after.Audio.HearsSomethingAsync(0, 200);
        await customer.ActAsync(answered, "hangup");
        await customer.CountAsync("call.hangup", CallsPerRound * (round + 1));
        Assert.Equal(CallsPerRound * (round + 1), customer.Payloads("call.hangup")
            .Select(p => (string?)p["call_leg_id"]).Distinct().Count());
        await NothingIsLeftAsync();
    }

    /// <summary>Four that are killed, and the one behind them.</summary>
    private const int CallsPerRound = 5;

    [Fact, Depth("the kills of a node in the gate find nothing of it left")]
    public async Task When_the_node_is_killed_it_ends_by_itself()
    {
        int process = _node.MediaProcess;
        await CallAsync();
        await _node.KillAsync();
        await Eventually.TrueAsync(() => !IsAlive(process), "the media process has ended");
        await _node.StartAgainAsync();
    }

    [Fact, Depth("the kills of a node in the gate start one on what was left")]
    public async Task A_node_that_starts_beside_what_a_killed_one_left_has_all_its_ports()
    {
        for (int round = 0; round < Rounds; round++)
        {
            int process = _node.MediaProcess;
            await CallAsync();
            await _node.CrashAsync();
            Assert.False(IsAlive(process));
            Assert.NotEqual(process, _node.MediaProcess);
        }
        await CallAsync();
    }

    [Fact, Depth("the kills of the process in the gate find nothing of it left")]
    public async Task It_ends_with_the_node()
    {
        int process = _node.MediaProcess;
        await CallAsync();
        await _node.StopAsync();
        Assert.False(IsAlive(process));
        Assert.Equal(0, _node.MediaProcess);
    }

    /// <summary>A call that has audio in both directions.</summary>
    private async Task CallAsync()
    {
        await using var customer = await Customer.CreateAsync(_node, _node.NextNumber());
        using var phone = new Phone(_node);
        var call = phone.Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await call.ReachesAsync(200);
        await customer.ActAsync(await customer.NextAsync("call.answered"), "speak",
            new() { ["payload"] = "one two three", ["voice"] = "female" });
        await call.Audio.HearsSomethingAsync(0, 200);
    }

    private static bool IsVerdict(string line) =>
        line.Contains("MediaFailure", StringComparison.Ordinal)
        && line.Contains("The media process ended (exit code 137).", StringComparison.Ordinal);

    private async Task ReadyAsync() =>
        await Eventually.SomeAsync(async () => await _node.IsReadyAsync() ? "ready" : null, "the node is ready again");

    private async Task NothingIsLeftAsync()
    {
        await Eventually.SomeAsync(async () => await _node.MetricAsync("ringwright_legs_active") == 0 ? "none" : null, "no leg is left");
        await Eventually.SomeAsync(async () => await _node.MetricAsync("ringwright_media_ports_open") == 0 ? "none" : null,
            "no port is left");
    }

    private async Task<Recorded> FetchAsync(JsonObject saved)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", _node.Key) } };
        return new(await http.GetByteArrayAsync((string)saved["recording_urls"]!["wav"]!, TestContext.Current.CancellationToken));
    }

    private static void Kill(int process)
    {
        using var media = Process.GetProcessById(process);
        media.Kill();
    }

    private static bool IsAlive(int process)
    {
        string stat = $"/proc/{process}/stat";
        try
        {
            return File.Exists(stat) && !File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>So few that a process that is left over would have them all.</summary>
    private static string Ports()
    {
        int first = FreePort.UdpRange(32);
        return $"127.0.0.1:{first}-{first + 31}";
    }
}
