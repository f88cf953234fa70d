using System.Globalization;

namespace Ringwright.Bench.Soak.Judging;

/// <summary>Something that the node kept.</summary>
/// <param name="Where">A process, a folder, the database.</param>
internal sealed record Leak(string Where, string What, string Expected, string Found);

/// <summary>Compares what a node holds at the end of a run with what it may hold.</summary>
internal static class LeakJudge
{
    /// <param name="baseline">Quiet, after the warm-up.</param>
    /// <param name="run">Looks during the run, in order.</param>
    /// <param name="end">Quiet, after the run.</param>
    /// <remarks>
    /// The lab's memory is shown and not judged: its people say something new in each call, and it keeps what was said
    /// and how calls went up to its own bounds.
    /// </remarks>
    public static IReadOnlyList<Leak> Judge(Sample baseline, IReadOnlyList<Sample> run, Sample end) =>
        [.. Gauges(end), .. Handles(baseline, end),
            .. end.Processes.Keys.Where(role => role != NodeRoles.Lab).SelectMany(role => Memory(role, run))];

    public static IEnumerable<Leak> Gauges(Sample end)
    {
        foreach (string name in Bounds.Empty)
        {
            if (!end.Gauges.TryGetValue(name, out double value)) continue;
            if (value != 0) yield return new("node", name, "0", Number(value));
        }
        foreach (var (name, most) in Bounds.Bounded)
            if (end.Gauges.TryGetValue(name, out double value) && value > most)
                yield return new("node", name, $"at most {Number(most)}", Number(value));
    }

    /// <summary>A process that was started anew holds no more than its predecessor.</summary>
    public static IEnumerable<Leak> Handles(Sample baseline, Sample end)
    {
        foreach (var (role, now) in end.Processes)
        {
            if (now.Ports > Bounds.Ports) yield return new(role, "UDP sockets", $"at most {Bounds.Ports}", Number(now.Ports));
            if (!baseline.Processes.TryGetValue(role, out var before)) continue;
            if (now.Threads > before.Threads + Bounds.Threads)
                yield return new(role, "threads", $"at most {before.Threads} + {Bounds.Threads}", Number(now.Threads));
            if (now.Files > before.Files + Bounds.Files)
                yield return new(role, "open files", $"at most {before.Files} + {Bounds.Files}", Number(now.Files));
        }
    }

    /// <summary>Of the process that lived longest in this role, for a fresh one fills its caches first.</summary>
    public static IEnumerable<Leak> Memory(string role, IReadOnlyList<Sample> run)
    {
        var life = LongestLife(role, run);
        if (Growth(life, p => p.ResidentMb) is { } resident && resident.IsOver(Bounds.ResidentPerThousand, Bounds.ResidentFloorMb))
            yield return new(role, "resident memory", $"at most {Number(Bounds.ResidentPerThousand)} MB per 1,000 calls",
                $"{Number(resident.PerThousand)} MB per 1,000 calls, {Number(resident.Mb)} MB in all");
        if (Growth(life, p => p.HeapMb) is { } heap && heap.IsOver(Bounds.HeapPerThousand, Bounds.HeapFloorMb))
            yield return new(role, "heap", $"at most {Number(Bounds.HeapPerThousand)} MB per 1,000 calls",
                $"{Number(heap.PerThousand)} MB per 1,000 calls, {Number(heap.Mb)} MB in all");
    }

    public static IReadOnlyList<(Sample Sample, ProcessLevels Levels)> LongestLife(string role, IReadOnlyList<Sample> run) =>
        [.. run.Where(s => s.Processes.ContainsKey(role)).Select(s => (s, s.Processes[role])).GroupBy(s => s.Item2.Id)
            .OrderByDescending(g => g.Count()).FirstOrDefault() ?? Enumerable.Empty<(Sample, ProcessLevels)>()];

    /// <returns>Null when there is too little to tell.</returns>
    public static Growth? Growth(IReadOnlyList<(Sample Sample, ProcessLevels Levels)> life, Func<ProcessLevels, double?> level)
    {
        var settled = life.Skip((int)(life.Count * Bounds.SettledFrom)).ToList();
        var points = settled.Where(s => level(s.Levels) is not null)
            .Select(s => (X: (double)s.Sample.Calls, Y: level(s.Levels) ?? 0)).ToList();
        if (points.Count < 3) return null;
        double calls = points[^1].X - points[0].X;
        if (calls < Bounds.LeastCallsForTrend || settled[^1].Sample.At - settled[0].Sample.At < Bounds.LeastTimeForTrend) return null;
        var line = Trend.Of(Trend.Lows(points, Bounds.Stretches));
        return new(line.Slope * 1_000, line.Slope * calls, line.At(points[0].X), line.At(points[^1].X));
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>How memory grew along its line.</summary>
internal sealed record Growth(double PerThousand, double Mb, double From, double To)
{
    public bool IsOver(double perThousand, double floorMb) => PerThousand > perThousand && Mb > floorMb;
}
