using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Bench.Soak.Judging;

namespace Ringwright.Bench.Soak.Reports;

/// <summary>The report for programs.</summary>
internal static class SoakJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write(SoakReport report) => new JsonObject
    {
        ["clean"] = report.IsClean,
        ["minutes"] = report.Options.Length.TotalMinutes,
        ["seed"] = report.Options.Seed,
        ["calls_per_second"] = report.Options.CallsPerSecond,
        ["calls"] = report.End.Calls,
        ["legs"] = report.Legs,
        ["webhooks"] = report.Webhooks,
        ["webhooks_repeated"] = report.Repeated,
        ["api_answers"] = new JsonObject(report.Statuses.OrderBy(s => s.Key)
            .Select(s => KeyValuePair.Create(s.Key == 0 ? "none" : $"{s.Key}", (JsonNode?)s.Value))),
        ["audio"] = new JsonObject
        {
            ["calls"] = report.Heard.Calls,
            ["packets"] = report.Heard.Received, ["lost"] = report.Heard.Lost, ["late"] = report.Heard.Skipped
        },
        ["leaks"] = new JsonArray([.. report.Leaks
            .Select(l => new JsonObject { ["where"] = l.Where, ["what"] = l.What, ["expected"] = l.Expected, ["found"] = l.Found })]),
        ["problems"] = new JsonArray([.. report.Problems.Select(p => (JsonNode)p)]),
        ["faults"] = new JsonArray([.. report.Faults.Select(f => new JsonObject
        {
            ["at"] = f.Began.ToString("O"),
            ["seconds"] = f.Ended is { } ended ? (ended - f.Began).TotalSeconds : null, ["what"] = f.Name, ["remark"] = f.Remark
        })]),
        ["scripts"] = new JsonArray([.. report.Scripts
            .Select(s => new JsonObject { ["name"] = s.Name, ["played"] = s.Played, ["broken_off"] = s.Broken.Values.Sum() })]),
        ["processes"] =
            new JsonObject(report.End.Processes.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Process(report, p.Key, p.Value)))),
        ["memory"] = new JsonArray([.. report.Samples.Select(Memory)]),
        ["gauges"] = new JsonObject(
            report.End.Gauges.Where(g => g.Key.StartsWith("ringwright_", StringComparison.Ordinal) && double.IsFinite(g.Value))
                .OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => KeyValuePair.Create(g.Key, (JsonNode?)g.Value))),
    }.ToJsonString(Indented);

    /// <summary>One look: seconds, calls, and of each process its id, resident and heap megabytes.</summary>
    private static JsonArray Memory(Sample sample) =>
        [Math.Round(sample.At.TotalSeconds, 1), sample.Calls, .. sample.Processes.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p =>
            new JsonArray(p.Key, p.Value.Id, Math.Round(p.Value.ResidentMb, 1), p.Value.HeapMb is { } heap ? Math.Round(heap, 1) : null))];

    private static JsonObject Process(SoakReport report, string role, ProcessLevels end)
    {
        var life = LeakJudge.LongestLife(role, report.Samples);
        var before = report.Baseline.Processes.GetValueOrDefault(role);
        return new()
        {
            ["resident_mb"] = end.ResidentMb,
            ["resident_mb_before"] = before?.ResidentMb,
            ["resident_mb_per_1000_calls"] = LeakJudge.Growth(life, p => p.ResidentMb)?.PerThousand,
            ["heap_mb"] = end.HeapMb,
            ["heap_mb_per_1000_calls"] = LeakJudge.Growth(life, p => p.HeapMb)?.PerThousand,
            ["threads"] = end.Threads,
            ["threads_before"] = before?.Threads,
            ["files"] = end.Files,
            ["files_before"] = before?.Files,
            ["udp_sockets"] = end.Ports,
        };
    }
}
