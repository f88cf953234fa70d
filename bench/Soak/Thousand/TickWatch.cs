using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Soak.Thousand;

/// <summary>How late the node's media ticks were, second by second, and which of the late ones the host explains.</summary>
internal sealed class TickWatch
{
    /// <summary>From here on a listener may hear it.</summary>
    public const double LateSeconds = 0.020;
    /// <summary>Half of that: the host takes some, and the tick has work too.</summary>
    private const double ProbeLateMs = 10;
    private const string Histogram = "ringwright_media_tick_late_seconds";

    private readonly List<(double Late, HostSecond Host)> _seconds = [];
    private readonly MetricReading _first;
    private MetricReading _last;

    public TickWatch(MetricReading first) => _first = _last = first;

    public double WorstProbeMs { get; private set; }
    public double StolenMs { get; private set; }

    public void Look(MetricReading now, HostSecond host)
    {
        double late = Late(now.BucketsSince(_last, Histogram));
        // A tick thread that was late makes up for the ticks that it missed, or gives them up: then nobody measured them.
        late += Difference(now, "ringwright_media_ticks_skipped_total");
        _last = now;
        _seconds.Add((late, host));
        WorstProbeMs = Math.Max(WorstProbeMs, host.LateMs);
        StolenMs += host.StolenMs;
    }

    public double LateTicks => _seconds.Sum(s => s.Late);

    /// <summary>In a second, or next to one, in which a probe was late too.</summary>
    public double HostTicks => _seconds.Select((second, i) => (second.Late, Explained: _seconds.Skip(Math.Max(0, i - 1)).Take(3)
        .Any(near => near.Host.LateMs >= ProbeLateMs))).Where(s => s.Explained).Sum(s => s.Late);

    /// <summary>In milliseconds, as far as the buckets tell: the upper bound of the one in which it lies.</summary>
    public double Quantile(double share)
    {
        var buckets = _last.BucketsSince(_first, Histogram);
        double all = buckets.Count > 0 ? buckets[^1].Count : 0;
        foreach (var (bound, count) in buckets)
            if (all > 0 && count >= share * all) return bound * 1_000;
        return 0;
    }

    public double Ticks => _last.BucketsSince(_first, Histogram) is [.., var last] ? last.Count : 0;

    private double Difference(MetricReading now, string name) => (now[name] ?? 0) - (_last[name] ?? 0);

    private static double Late(IReadOnlyList<(double Bound, double Count)> buckets) =>
        buckets.Count == 0 ? 0 : buckets[^1].Count - buckets.LastOrDefault(b => b.Bound <= LateSeconds + 1e-9).Count;
}
