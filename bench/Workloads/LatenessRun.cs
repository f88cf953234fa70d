using Ringwright.Bench.Driving;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Workloads;

/// <summary>How late ticks were, in milliseconds, while calls had audio and the API was busy.</summary>
internal sealed record Lateness(double P50, double P99, double Max)
{
    public required double Ticks { get; init; }

    /// <summary>Answered requests a second, and how long they took.</summary>
    public required double RequestsPerSecond { get; init; }
    public required Spread? RequestMs { get; init; }

    /// <summary>What the far ends heard of it: the longest time between two packets, where 20 ms is right.</summary>
    public required double LongestGapMs { get; init; }
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>From a histogram's buckets; null when it counted nothing.</summary>
    /// <param name="most">The latest of all, in seconds; null takes the highest bucket with something in it.</param>
    public static (double P50, double P99, double Max,
        double Count)? FromBuckets(IReadOnlyList<(double Bound, double Count)> buckets, double? most)
    {
        if (buckets.Count == 0 || buckets[^1].Count <= 0) return null;
        double all = buckets[^1].Count;
        double max = most ?? At(buckets, all);
        return (1_000 * Math.Min(At(buckets, 0.5 * all), max), 1_000 * Math.Min(At(buckets, 0.99 * all), max), 1_000 * max, all);
    }

    /// <summary>In milliseconds; null when nothing was counted.</summary>
    public static double? P99Between(MetricReading before, MetricReading after) =>
        FromBuckets(after.BucketsSince(before, LatenessRun.Histogram), most: null)?.P99;

    /// <summary>In milliseconds, what such a share of all does not exceed; null when nothing was counted.</summary>
    public static double? ShareOf(IReadOnlyList<(double Bound, double Count)> buckets, double share) =>
        buckets.Count == 0 || buckets[^1].Count <= 0 ? null : 1_000 * At(buckets, share * buckets[^1].Count);

    /// <summary>The value below which so many lie, straight between the bounds of its bucket.</summary>
    private static double At(IReadOnlyList<(double Bound, double Count)> buckets, double count)
    {
        double bound = 0, below = 0;
        foreach (var (upper, total) in buckets)
        {
            if (total >= count)
                return double.IsPositiveInfinity(upper) || total <= below ? bound
                    : bound + (upper - bound) * (count - below) / (total - below);
            (bound, below) = (upper, total);
        }
        return bound;
    }
}

/// <summary>The workload of prompts again, with requests to the API at the rate that one key may make by default.</summary>
internal static class LatenessRun
{
    public const string Workload = "W2";
    private const int Calls = 100, RequestsPerSecond = 200;
    public const string Histogram = "ringwright_media_tick_late_seconds";
    private const string Latest = "ringwright_media_tick_late_max_seconds";

    /// <returns>Null when the node does not tell.</returns>
    public static async Task<Lateness?> MeasureAsync(Action<string> progress, CancellationToken stop)
    {
        var workload = Catalogue.All.First(w => w.Name == Workload);
        await using var run = await WorkloadRun.StartAsync(workload, isBare: false, stop);
        progress("warm-up");
        await run.CallAsync(p => p with { Calls = Calls / 2, Questions = RequestsPerSecond }, stop);
        progress($"{Calls} calls hear a prompt, {RequestsPerSecond} requests a second");
        var before = await run.Node.MetricsAsync(stop);
        var (plan, report) = await run.CallAsync(p => p with { Calls = Calls, Questions = RequestsPerSecond }, stop);
        var after = await run.Node.MetricsAsync(stop);
        // The latest tick is since the start: it says something only when this run raised it.
        double? latest = after[Latest] is { } now && now > (before[Latest] ?? 0) ? now : null;
        if (Lateness.FromBuckets(after.BucketsSince(before, Histogram), latest) is not { } late) return null;
        return new(late.P50, late.P99, late.Max)
        {
            Ticks = late.Count,
            RequestsPerSecond = report.Questions / report.Seconds,
            RequestMs = report.QuestionMs,
            LongestGapMs = report.Audio.LongestGapMs,
            Faults = Correctness.Faults(plan, report),
        };
    }
}
