using System.Globalization;

namespace Ringwright.Suites.Against;

/// <summary>One row of the answer: a cost of a workload by both builds.</summary>
internal sealed record AgainstRow(string Name, string Unit, IReadOnlyList<(double Mine, double Theirs)> Pairs)
{
    public PairedRatio? Ratio { get; } = PairedRatio.Of(Pairs);
}

/// <summary>What is printed at the end.</summary>
internal static class AgainstTable
{
    /// <summary>The rows of one workload; that of the idle node where <paramref name="hasIdle"/>.</summary>
    public static IEnumerable<AgainstRow> Rows(string workload, IReadOnlyList<(BenchFigures Mine, BenchFigures Theirs)> runs, bool hasIdle)
    {
        foreach (string cost in new[] { BenchFigures.Cold, BenchFigures.Warm, BenchFigures.Hot, BenchFigures.Idle })
        {
            if (cost == BenchFigures.Idle && !hasIdle) continue;
            var pairs = runs.Where(run => run.Mine.Costs.ContainsKey(cost) && run.Theirs.Costs.ContainsKey(cost))
                .Select(run => (run.Mine.Costs[cost], run.Theirs.Costs[cost])).ToList();
            if (pairs.Count == 0) continue;
            yield return cost == BenchFigures.Idle ? new AgainstRow("idle node", "second", pairs)
                : new AgainstRow($"{workload} {cost}", runs[0].Mine.Unit, pairs);
        }
    }

    /// <param name="allowed">The lower bound of a ratio that is still not called dearer.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<AgainstRow> rows, string revision, double allowed = PairedRatio.Allowed)
    {
        yield return $"CPU-milliseconds of this tree against {revision}; the ratio, where it is by 95 % each way, and of all pairs";
        yield return $"{"",-12} {"per",-20} {"here",9} {"there",9} {"ratio",6} {"from",6} {"to",6} {"least",6} {"most",6}";
        foreach (var row in rows)
        {
            string figures = Text($"{row.Name,-12} {row.Unit,-20} {Middle(row.Pairs.Select(pair => pair.Mine)),9:0.000} ")
                + Text($"{Middle(row.Pairs.Select(pair => pair.Theirs)),9:0.000} ");
            yield return figures + (row.Ratio is { } ratio ? Of(ratio, allowed) : "too few pairs, or nothing to divide");
        }
        var dearer = rows.Where(row => row.Ratio?.IsDearer(allowed) is true).Select(row => row.Name).ToList();
        yield return dearer.Count > 0 ? Text($"dearer by more than {allowed:0.00}: {string.Join(", ", dearer)}")
            : Text($"not dearer: no lower bound is above {allowed:0.00}");
    }

    private static string Of(PairedRatio ratio, double allowed) => Text($"{ratio.Ratio,6:0.00} {ratio.Lower,6:0.00} {ratio.Upper,6:0.00} ")
        + Text($"{ratio.Least,6:0.00} {ratio.Most,6:0.00}  {ratio.Verdict(allowed)}");

    private static double Middle(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
