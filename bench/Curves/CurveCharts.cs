namespace Ringwright.Bench.Curves;

/// <summary>Which drawings are made of the curves.</summary>
internal static class CurveCharts
{
    private const string Concurrent = "concurrent calls", Rate = "calls a second";

    /// <returns>File names with what is in them; a drawing without a curve is not made.</returns>
    public static IEnumerable<(string Name, string Svg)> Draw(IReadOnlyDictionary<string, IReadOnlyList<CurvePoint>> curves)
    {
        (string Name, string Title, string Across, Func<CurvePoint, double?> Of, string[] Curves)[] charts =
        [
            ("curve-cpu.svg", "CPU-ms of a call-second", Concurrent, p => p.CpuMs, ["bridges", "prompts", "rooms"]),
            ("curve-ticks.svg", "lateness of ticks, p99, ms", Concurrent, p => p.TickLateMs, ["bridges", "prompts", "rooms"]),
            ("curve-jitter.svg", "jitter at the far ends, p99, ms", Concurrent, p => p.JitterMs, ["bridges", "prompts", "rooms"]),
            ("curve-gaps.svg", "longest gap of a far end, p99, ms", Concurrent, p => p.GapMs, ["bridges", "prompts", "rooms"]),
            ("curve-calls.svg", "CPU-ms of a call", Rate, p => p.CpuMs, ["calls"]),
            ("curve-setup.svg", "set-up, p99, ms", Rate, p => p.SetupMs?.P99, ["calls"]),
        ];
        foreach (var chart in charts)
        {
            List<ChartLine> lines =
                [.. chart.Curves.Where(curves.ContainsKey).Select(name => new ChartLine(name, PointsOf(curves[name], chart.Of)))];
            if (lines.Any(line => line.Points.Count > 0)) yield return (chart.Name, SvgChart.Write(chart.Title, chart.Across, lines));
        }
    }

    private static List<ChartPoint> PointsOf(IReadOnlyList<CurvePoint> points, Func<CurvePoint, double?> of) =>
        [.. points.Where(p => of(p) is { } value && double.IsFinite(value))
            .Select(p => new ChartPoint(p.Load, of(p) ?? 0, p.Failure is null))];
}
