using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Calls;
using Ringwright.Bench.Soak.Faults;

namespace Ringwright.Bench.Soak.Thousand;

/// <summary>Very many calls at once, each with a prompt, node and lab on one machine: are ticks late, is a packet lost?</summary>
internal static class ThousandRun
{
    private const int PromptMilliseconds = 10_000, OwnNumbers = 10;
    private const double DialsPerSecond = 25;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(30);

    public static async Task<ThousandReport> RunAsync(int calls, TimeSpan hold, Action<string> say, CancellationToken stop)
    {
        await using var node = await NodeProcess.StartAsync(new() { RtpPorts = 2 * calls + 400, Flags = ["--lab"] }, stop);
        var book = new CallBook();
        await using var sink = new WebhookSink(FreePorts.One(), book);
        await sink.StartAsync(stop);
        using var setup = new NodeSetup(node);
        string application = await setup.AddApplicationAsync(sink.Hooks.ToString(), stop);
        for (int i = 0; i < OwnNumbers; i++)
            await setup.Api.SendAsync(HttpMethod.Patch, $"phone_numbers/%2B1555010000{i}", new() { ["connection_id"] = application }, stop);
        var faults = new FaultLog();
        using var api = new SoakApi(new CustomerApi(node.Api, node.Key), faults);
        using var lab = new LabWatch(node.DataFolder, faults);
        using var probe = new ProbeProcess();

        say($"{calls} calls, {DialsPerSecond:F0} a second");
        var begun = new List<Task<SoakCall?>>();
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < calls; i++)
        {
            var wait = TimeSpan.FromSeconds(i / DialsPerSecond) - clock.Elapsed;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, stop);
            begun.Add(BeginAsync(i));
        }
        SoakCall[] up = [.. (await Task.WhenAll(begun)).OfType<SoakCall>()];
        say($"{up.Length} are up and hear their prompt; held for {hold.TotalSeconds:F0} s");

        // What set-up cost is over: only the time in which all are up counts.
        await Task.Delay(2 * Second, stop);
        await probe.TakeAsync(stop);
        var cpuBefore = node.Tree.ReadCpu();
        var watch = new TickWatch(await node.MetricsAsync(stop));
        var held = Stopwatch.StartNew();
        while (held.Elapsed < hold)
        {
            await Task.Delay(Second, stop);
            watch.Look(await node.MetricsAsync(stop), await probe.TakeAsync(stop));
        }
        var cpu = node.Tree.ReadCpu();
        double seconds = held.Elapsed.TotalSeconds;
        var shares = node.Tree.Members()
            .Select(m => (Role: NodeRoles.Of(node, m.Id), Share: cpu.MillisecondsSince(cpuBefore, m.Id) / 10 / seconds))
            .Where(s => s.Role is not null).ToDictionary(s => s.Role!, s => s.Share); // filtered
        double resident = node.Tree.Members().Where(m => NodeRoles.Of(node, m.Id) is NodeRoles.Api or NodeRoles.Media)
            .Sum(m => ProcessTree.ResidentBytes(m.Id) / 1e6);
        int alive = up.Count(c => c.Hangups == 0);

        say("all are hung up");
        foreach (var some in up.Chunk(50)) await Task.WhenAll(some.Select(call => api.ActAsync(call, "hangup", null, stop)));
        for (clock.Restart(); (book.Live > 0 || lab.Open > 0 || lab.Calls < up.Length) && clock.Elapsed < Patience;)
        {
            await Task.Delay(Second, stop);
            await lab.LookAsync(stop);
        }
        return new()
        {
            Calls = calls,
            Up = up.Length,
            Alive = alive,
            Hangups = book.All.Count(c => c.Hangups == 1),
            Seconds = seconds,
            Ticks = watch.Ticks,
            P50 = watch.Quantile(0.5),
            P99 = watch.Quantile(0.99),
            Max = watch.Quantile(1),
            Late = watch.LateTicks,
            LateByHost = watch.HostTicks,
            WorstProbeMs = watch.WorstProbeMs,
            StolenMs = watch.StolenMs,
            IsProbeExact = probe.HasPriority,
            Heard = lab.Received,
            Lost = lab.Lost,
            Skipped = lab.Skipped,
            CpuPercent = shares,
            ResidentMb = resident,
            Failures = api.Failures,
        };

        async Task<SoakCall?> BeginAsync(int index)
        {
            var body = new JsonObject
            {
                ["connection_id"] = application, ["to"] = $"+1555000{index % 10_000:D4}", ["from"] = $"+1555010000{index % OwnNumbers}"
            };
            var (_, answer) = await api.SendAsync(HttpMethod.Post, "calls", body, stop);
            if ((string?)answer?["data"]?["call_control_id"] is not { } id) return null;
            var call = book.Of(id);
            try
            {
                await call.NextAsync("call.answered", Patience, stop);
                await api.ActAsync(call, "playback_start",
                    new() { ["audio_url"] = sink.Tone(PromptMilliseconds).ToString(), ["loop"] = "infinity" }, stop);
                await call.NextAsync("call.playback.started", Patience, stop);
                return call;
            }
            catch (CallOver)
            {
                return null;
            }
        }
    }
}
