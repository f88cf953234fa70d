using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench.Reports;

/// <summary>The figures as a program reads them. What was not measured is null.</summary>
internal static class BenchFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write(BenchReport report)
    {
        var workloads = new JsonObject();
        foreach (var w in report.Workloads) workloads[w.Workload.Name] = Of(w);
        var root = new JsonObject
        {
            ["workloads"] = workloads,
            ["tick_late_ms"] = report.Lateness is { } late ? new JsonObject
            {
                ["p50"] = Round(late.P50),
                ["p99"] = Round(late.P99), ["max"] = Round(late.Max), ["ticks"] = late.Ticks, ["longest_gap_ms"] = Round(late.LongestGapMs)
            } : null,
            ["api_request_ms"] = Of(report.Lateness?.RequestMs),
            ["idle_cpu_ms_per_s"] = Round(report.IdleCpuMsPerSecond),
            ["setup_ms"] = Of(report.SetupMs),
            ["command_latency_ms"] = Commands(report),
            ["memory_mb"] = report.Largest is { ResidentMb: { } full, EmptyResidentMb: var idle } largest
                ? new JsonObject
                {
                    ["idle"] = Round(idle), ["at_100_calls"] = Round(full),
                    ["per_call"] = Round((full - idle) / largest.Workload.Plan.Calls), ["workload"] = largest.Workload.Name
                }
                : null,
            ["faults"] = new JsonArray([.. report.Faults.Select(f => (JsonNode)f)]),
            ["version"] = Surroundings.Version,
            ["cores"] = Environment.ProcessorCount,
            ["processor"] = Surroundings.Processor,
            ["system"] = Surroundings.System,
        };
        return root.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Of(WorkloadFigures w) => new()
    {
        ["unit"] = w.Workload.Unit,
        ["cpu_ms"] = Round(w.CpuMs),
        ["cold_cpu_ms"] = Round(w.ColdCpuMs),
        ["warm_cpu_ms"] = Round(w.WarmCpuMs),
        ["baseline_cpu_ms"] = Round(w.BaselineCpuMs),
        ["ratio"] = Round(w.Ratio),
        ["runs"] = new JsonArray([.. w.Runs.Select(r => Round(r.CpuMs))]),
        ["run_details"] = new JsonArray([.. w.Runs.Select(r => (JsonNode)new JsonObject
        {
            ["cpu_ms"] = Round(r.CpuMs), ["media_cpu_ms"] = Round(r.MediaCpuMs), ["compiler_cpu_ms"] = Round(r.CompilerCpuMs),
            ["baseline_cpu_ms"] = Round(r.BaselineCpuMs), ["ratio"] = Round(r.Ratio), ["steady_cpu_ms"] = Round(r.SteadyCpuMs),
            ["calls"] = r.Report.Calls, ["completed"] = r.Report.Completed, ["call_seconds"] = Round(r.Report.CallSeconds),
            ["repeats"] = r.Report.Repeats, ["packets_in"] = r.Report.Signalling.In + r.Report.Media.In,
            ["packets_out"] = r.Report.Signalling.Out + r.Report.Media.Out, ["rtp_lost"] = r.Report.Audio.Lost,
        })]),
        ["media_cpu_ms"] = Round(w.MediaCpuMs),
        ["steady_cpu_ms"] = Round(w.SteadyCpuMs),
        ["resident_mb"] = Round(w.ResidentMb),
        ["warm_resident_mb"] = Round(w.WarmResidentMb),
        ["transit_ms"] = Of(w.Times(r => r.Audio.TransitMs)),
        ["tick_late_p99_ms"] = Round(w.TickLateMs),
        ["own_turn_p95_ms"] = Round(w.Turns?.OwnP95),
        ["turn_p50_ms"] = Round(w.Turns?.WholeP50),
        ["turn_p95_ms"] = Round(w.Turns?.WholeP95),
        ["jitter_ms"] = Of(w.Times(r => r.Audio.JitterMs)),
        ["bare_cpu_ms"] = Round(w.Bare?.CpuMs),
        ["longest_gap_ms"] = Of(w.Times(r => r.Audio.GapMs)),
        ["database_cpu_ms"] = Round(w.DatabaseCpuMs),
        ["first_bar"] = w.Workload.FirstBar,
        ["goal"] = w.Workload.Goal,
        ["is_first_bar_met"] = w.Workload.FirstBar is { } bar ? w.CpuMs <= bar : null,
        ["is_goal_met"] = w.Workload.Goal is { } goal ? w.CpuMs <= goal : null,
    };

    /// <summary>Each command, and on top the slower of them.</summary>
    private static JsonObject? Commands(BenchReport report)
    {
        if (new[] { report.DialMs, report.HangupMs }.OfType<Spread>().MaxBy(s => s.P99) is not { } slower) return null;
        var commands = Of(slower)!;     // it is not null
        commands["dial"] = Of(report.DialMs);
        commands["hangup"] = Of(report.HangupMs);
        return commands;
    }

    private static JsonObject? Of(Spread? spread) => spread is null ? null
        : new() { ["p50"] = Round(spread.P50), ["p99"] = Round(spread.P99), ["max"] = Round(spread.Max), ["count"] = spread.Count };

    private static JsonNode? Round(double? value) => value is { } v && double.IsFinite(v) ? JsonValue.Create(Math.Round(v, 4)) : null;
}
