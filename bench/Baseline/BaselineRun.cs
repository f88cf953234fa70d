using System.Text.Json;
using Ringwright.Bench.Application;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Baseline;

/// <summary>Moves a workload's datagrams once more through bare sockets and says what that costs.</summary>
internal static class BaselineRun
{
    private const int WarmUpPackets = 500, SentPerPace = 50, SlowestPerSecond = 200, FramesPerSecond = 50;

    /// <returns>CPU-milliseconds.</returns>
    public static async Task<double> MeasureAsync(DriverProcess driver, CallPlan plan, CallReport report, CancellationToken stop) =>
        await MeasureAsync(driver, report.Signalling, plan.IsTls, stop) + await MeasureAsync(driver, report.Media, isTls: false, stop)
            + (plan.Habit is ApplicationHabit.Streams ? await StreamAsync(driver, plan, report, stop) : 0);

    /// <summary>As many sockets as there were calls, for so long that each call's audio goes once more.</summary>
    private static async Task<double> StreamAsync(DriverProcess driver, CallPlan plan, CallReport report, CancellationToken stop)
    {
        int sockets = Math.Max(1, Math.Min(plan.Calls, report.Completed));
        var bare = new BareStreamPlan(new UriBuilder(driver.Place.Application) { Scheme = "ws", Path = StreamEcho.Path }.Uri, sockets,
            Math.Max(1, (int)(report.CallSeconds * FramesPerSecond / sockets)));
        using var process = DriverProcess.Start(DriverProcess.BareStreamsCommandName,
            JsonSerializer.Serialize(bare, BareStreamJson.Default.BareStreamPlan));
        string said = await process.StandardOutput.ReadLineAsync(stop) ?? throw new BenchFailure("the baseline ended early");
        await process.WaitForExitAsync(stop);
        return JsonSerializer.Deserialize(said, BareStreamJson.Default.BareStreamWord)!.CpuMs;      // our own process writes it
    }

    private static async Task<double> MeasureAsync(DriverProcess driver, Moved moved, bool isTls, CancellationToken stop)
    {
        // Where the node only sends, a packet now and then sets the pace.
        long received = moved.In > 0 ? moved.In : (moved.Out + SentPerPace - 1) / SentPerPace;
        if (received == 0 || moved.Ports == 0) return 0;
        int inBytes = moved.In > 0 ? (int)(moved.InBytes / moved.In) : 1, outBytes = moved.Out > 0 ? (int)(moved.OutBytes / moved.Out) : 1;
        var plan = new RelayPlan(moved.Ports, WarmUpPackets, received, inBytes, moved.Out, outBytes) { IsTls = isTls };
        using var relay = DriverProcess.Start(DriverProcess.BaselineCommandName,
            JsonSerializer.Serialize(plan, RelayJson.Default.RelayPlan));
        var ports = (await HearAsync(relay.StandardOutput, stop)).Ports;
        await driver.FeedAsync(new(ports, WarmUpPackets + received, inBytes, Math.Max(SlowestPerSecond, received / moved.Seconds), isTls),
            stop);
        double milliseconds = (await HearAsync(relay.StandardOutput, stop)).CpuMs
            ?? throw new BenchFailure("the baseline did not say what it cost");
        await relay.WaitForExitAsync(stop);
        return milliseconds;
    }

    private static async Task<RelayWord> HearAsync(StreamReader from, CancellationToken stop) =>
        JsonSerializer.Deserialize(await from.ReadLineAsync(stop) ?? throw new BenchFailure("the baseline ended early"),
            RelayJson.Default.RelayWord)!; // our own process writes it
}
