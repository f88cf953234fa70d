using System.Globalization;
using System.Text;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench.Reports;

/// <summary>The figures as a person reads them.</summary>
internal static class BenchTable
{
    private const string Indent = "  ";

    public static string Write(BenchReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n{Surroundings.Line}\n\n");
        bool isBareToo = report.Workloads.Any(w => w.Bare is not null);
        List<string[]> rows =
            [["CPU-ms per", "", "median", "baseline", "ratio", "first bar", "goal", .. isBareToo ? new[] { "bare" } : [], "runs"]];
        foreach (var w in report.Workloads)
        {
            rows.Add([
                $"{w.Workload.Name}  {w.Workload.Unit}", w.Workload.Title, Cost(w.CpuMs), Cost(w.BaselineCpuMs),
                w.Ratio.ToString("F1", CultureInfo.InvariantCulture), Bar(w.CpuMs, w.Workload.FirstBar), Bar(w.CpuMs, w.Workload.Goal),
                .. isBareToo ? new[] { w.Bare is { } bare ? Cost(bare.CpuMs) : "" } : [],
                string.Join(' ', w.Runs.Select(r => Cost(r.CpuMs))),
            ]);
        }
        Align(text, rows);
        text.Append('\n');
        Align(text, Details(report));
        return text.ToString();
    }

    private static List<string[]> Details(BenchReport report)
    {
        var rows = new List<string[]>();
        foreach (var w in report.Workloads.Where(w => w.SteadyCpuMs is not null))
            rows.Add([$"{w.Workload.Name} while all calls are up",
                $"{Cost(w.SteadyCpuMs ?? 0)} CPU-ms per {w.Workload.Unit}, without set-up and end", ""]);
        foreach (var w in report.Workloads.Where(w => w.MediaCpuMs > 0))
            rows.Add([$"{w.Workload.Name} in the media process", $"{Cost(w.MediaCpuMs)} CPU-ms per {w.Workload.Unit}", ""]);
        foreach (var w in report.Workloads.Where(w => w.CompilerCpuMs > w.CpuMs / 20))
            rows.Add([$"{w.Workload.Name} in the compiler",
                $"{Cost(w.CompilerCpuMs)} CPU-ms per {w.Workload.Unit}: the runtime was still compiling, the figure is too high", ""]);
        foreach (var w in report.Workloads.Where(w => w.DatabaseCpuMs is not null))
            rows.Add([$"{w.Workload.Name} in PostgreSQL itself", $"{Cost(w.DatabaseCpuMs ?? 0)} CPU-ms per {w.Workload.Unit}", ""]);
        foreach (var w in report.Workloads)
        {
            if (w.Times(r => r.Audio.TransitMs) is { } transit)
                rows.Add([$"{w.Workload.Name}, mouth to ear", Times(transit), IsEcho(w) ? "goal p99 60 ms" : "goal 2 / 4 ms"]);
            if (w.TickLateMs is { } tickLate)
                rows.Add([$"{w.Workload.Name}, tick lateness", Invariant($"p99 {tickLate:F2} ms while all calls are up"), "goal p99 1 ms"]);
            if (w.Turns is { } turns)
                rows.Add([$"{w.Workload.Name}, own part of an answer", string.Create(CultureInfo.InvariantCulture,
                    $"p95 {turns.OwnP95:F1} ms of {turns.Count:F0}; the whole p50 {turns.WholeP50:F0}, p95 {turns.WholeP95:F0} ms"),
                    "goal p95 80 ms"]);
            if (w.Times(r => r.Audio.JitterMs) is { } jitter)
                rows.Add([$"{w.Workload.Name}, jitter at the far ends", Times(jitter), ""]);
        }
        if (report.IdleCpuMsPerSecond is { } idle) rows.Add(["idle", Invariant($"{idle:F1} CPU-ms a second without calls"), ""]);
        if (report.SetupMs is { } setup) rows.Add(["set-up, INVITE to 200", Times(setup), "goal 1 / 5 ms"]);
        if (report.DialMs is { } dial) rows.Add(["dial, POST to INVITE", Times(dial), "goal p99 20 ms"]);
        if (report.HangupMs is { } hangup) rows.Add(["hang-up, POST to BYE", Times(hangup), "goal p99 20 ms"]);
        if (report.Lateness is { } late)
        {
            rows.Add(["tick lateness under API load", string.Create(CultureInfo.InvariantCulture,
                $"p50 {late.P50:F2}, p99 {late.P99:F2}, max {late.Max:F1} ms of {late.Ticks:F0} ticks; longest gap at a far end "
                + $"{late.LongestGapMs:F1} ms"),
                "goal p99 1 ms"]);
            if (late.RequestMs is { } request)
                rows.Add(["API requests beside that",
                    Invariant($"{late.RequestsPerSecond:F0} a second, ") + Times(request), "goal p99 5 ms"]);
        }
        if (report.Largest is { ResidentMb: { } full, EmptyResidentMb: var empty } largest)
            rows.Add(["memory, all processes", string.Create(CultureInfo.InvariantCulture,
                $"{full:F0} MB at {largest.Workload.Plan.Calls} calls of {largest.Workload.Name}, {empty:F0} MB before the first, "
                + $"{(full - empty) / largest.Workload.Plan.Calls:F2} MB a call"),
                "goal 250 MB"]);
        return rows;
    }

    /// <summary>From a caller's mouth by the customer's application to his own ear.</summary>
    private static bool IsEcho(WorkloadFigures figures) => figures.Workload.Plan.Habit is ApplicationHabit.Streams;

    private static string Times(Spread spread) => Invariant($"p50 {spread.P50:F1}, p99 {spread.P99:F1}, max {spread.Max:F1} ms");

    private static string Bar(double cost, double? bar) => bar is { } b ? Invariant($"{b:0.0#} {(cost <= b ? "met" : "missed")}") : "–";

    private static string Cost(double milliseconds) => Invariant($"{milliseconds:F3}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static void Align(StringBuilder into, List<string[]> rows)
    {
        if (rows.Count == 0) return;
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length))];
        foreach (string[] row in rows)
            into.Append(Indent).Append(string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd()).Append('\n');
    }
}
