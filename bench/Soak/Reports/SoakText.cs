using System.Globalization;
using System.Text;
using Ringwright.Bench.Soak.Judging;

namespace Ringwright.Bench.Soak.Reports;

/// <summary>The report as a person reads it.</summary>
internal static class SoakText
{
    private const int ShownProblems = 25;

    public static string Write(SoakReport report)
    {
        var text = new StringBuilder();
        text.Append('\n');
        Calls(text, report);
        Faults(text, report);
        Levels(text, report);
        Verdict(text, report);
        return text.ToString();
    }

    private static void Calls(StringBuilder text, SoakReport report)
    {
        text.AppendLine($"{"script",-30}{"played",8}{"broken off",12}  most often because");
        foreach (var row in report.Scripts)
        {
            string most = row.Broken.Count > 0 ? row.Broken.MaxBy(b => b.Value).Key : "";
            text.AppendLine($"{row.Name,-30}{row.Played,8}{row.Broken.Values.Sum(),12}  {most}");
        }
        text.AppendLine(CultureInfo.InvariantCulture,
            $"\n{report.Legs} legs, {report.Webhooks} webhooks ({report.Repeated} came twice); API answers: "
            + $"{string.Join(", ", report.Statuses.OrderBy(s => s.Key).Select(s => $"{(s.Key == 0 ? "none" : s.Key)} {s.Value}"))}");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{report.Heard.Calls} calls at the lab heard {report.Heard.Received} packets; lost on good lines {report.Heard.Lost}, late "
            + $"{report.Heard.Skipped}");
        double late = Counted(report.Samples, "ringwright_media_ticks_late_total"),
            ticks = Counted(report.Samples, "ringwright_media_ticks_run_total");
        if (ticks > 0) text.AppendLine(CultureInfo.InvariantCulture, $"{late:F0} of {ticks:F0} media ticks began 5 ms or more late");
    }

    /// <summary>What a counter rose by; a process that was started anew counts from nothing.</summary>
    private static double Counted(IReadOnlyList<Sample> samples, string name)
    {
        double sum = 0, last = samples.Count > 0 ? samples[0].Gauges.GetValueOrDefault(name) : 0;
        foreach (var sample in samples)
        {
            if (!sample.Gauges.TryGetValue(name, out double now)) continue;
            sum += now >= last ? now - last : now;
            last = now;
        }
        return sum;
    }

    private static void Faults(StringBuilder text, SoakReport report)
    {
        text.AppendLine("\nfaults");
        foreach (var fault in report.Faults)
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {fault.Began:HH:mm:ss}  {(fault.Ended is { } ended ? (ended - fault.Began).TotalSeconds : 0),5:F1} s  "
                + $"{fault.Name}{(fault.Remark.Length > 0 ? ", " : "")}{fault.Remark}");
        if (report.Faults.Count == 0) text.AppendLine("  none: the run was too short");
    }

    private static void Levels(StringBuilder text, SoakReport report)
    {
        text.AppendLine($"\n{"process",-10}{"memory MB",20}{"per 1,000 calls",18}{"heap MB",20}{"per 1,000 calls",18}{"threads",14}"
            + $"{"files",14}{"UDP sockets",16}");
        foreach (var (role, end) in report.End.Processes.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var before = report.Baseline.Processes.GetValueOrDefault(role) ?? end;
            var life = LeakJudge.LongestLife(role, report.Samples);
            text.AppendLine($"{role,-10}{Change(before.ResidentMb, end.ResidentMb),20}{Slope(LeakJudge.Growth(life, p => p.ResidentMb)),18}"
                + $"{(end.HeapMb is { } heap ? Change(before.HeapMb ?? 0, heap) : ""),20}{Slope(LeakJudge.Growth(life, p => p.HeapMb)),18}"
                + $"{$"{before.Threads} → {end.Threads}",14}{$"{before.Files} → {end.Files}",14}{$"{before.Ports} → {end.Ports}",16}");
        }
    }

    private static string Change(double from, double to) => string.Create(CultureInfo.InvariantCulture, $"{from:F0} → {to:F0}");

    private static string Slope(Growth? growth) =>
        growth is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{growth.PerThousand:+0.00;-0.00}");

    private static void Verdict(StringBuilder text, SoakReport report)
    {
        text.Append('\n');
        foreach (var leak in report.Leaks)
            text.AppendLine($"LEFT BEHIND  {leak.Where,-12} {leak.What}: {leak.Found} (expected {leak.Expected})");
        foreach (string problem in report.Problems.Take(ShownProblems)) text.AppendLine($"WENT WRONG   {problem}");
        if (report.Problems.Count > ShownProblems) text.AppendLine($"WENT WRONG   and {report.Problems.Count - ShownProblems} times more");
        text.AppendLine(report.IsClean ? $"clean: nothing was left behind and nothing went wrong (seed {report.Options.Seed})"
            : $"NOT CLEAN: {report.Leaks.Count} left behind, {report.Problems.Count} went wrong; the same calls and faults again: --seed "
                + $"{report.Options.Seed}");
    }
}
