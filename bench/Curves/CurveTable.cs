using System.Globalization;
using System.Text;
using Ringwright.Bench.Reports;

namespace Ringwright.Bench.Curves;

/// <summary>The points as a person reads them.</summary>
internal static class CurveTable
{
    private static readonly string[] Head =
        ["load", "CPU-ms", "tick late p99", "skipped", "jitter p99", "longest gap p99", "mouth to ear p50, p99", "set-up p50, p99", "lost",
            "driver, of a core", "its packets late p99", ""];

    public static string Write(IReadOnlyDictionary<string, IReadOnlyList<CurvePoint>> curves)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n{Surroundings.Line}\nTimes in milliseconds.\n");
        foreach (var (name, points) in curves)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{name}\n");
            string[][] rows = [Head, .. points.Select(Row)];
            int[] widths = [.. Enumerable.Range(0, Head.Length).Select(c => rows.Max(r => r[c].Length))];
            foreach (string[] row in rows)
                text.Append("  ").Append(string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    private static string[] Row(CurvePoint p) =>
    [
        p.Load.ToString(CultureInfo.InvariantCulture), Say(p.CpuMs, 3), Say(p.TickLateMs, 2), Say(p.TicksSkipped, 0), Say(p.JitterMs, 1),
        Say(p.GapMs, 1), $"{Say(p.TransitMs?.P50, 1)}, {Say(p.TransitMs?.P99, 1)}", $"{Say(p.SetupMs?.P50, 1)}, {Say(p.SetupMs?.P99, 1)}",
        p.Lost.ToString(CultureInfo.InvariantCulture), Say(p.DriverShare, 2), Say(p.DriverLateMs, 1), p.Failure ?? "",
    ];

    private static string Say(double? value, int digits) => value?.ToString($"F{digits}", CultureInfo.InvariantCulture) ?? "–";
}
