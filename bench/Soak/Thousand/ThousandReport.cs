using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Bench.Soak.Thousand;

/// <summary>What became of very many calls.</summary>
internal sealed record ThousandReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public required int Calls { get; init; }
    /// <summary>Answered, with their prompt begun.</summary>
    public required int Up { get; init; }
    /// <summary>Of those, at the end of the hold.</summary>
    public required int Alive { get; init; }
    public required int Hangups { get; init; }
    public required double Seconds { get; init; }
    public required double Ticks { get; init; }
    /// <summary>Milliseconds.</summary>
    public required double P50 { get; init; }
    public required double P99 { get; init; }
    public required double Max { get; init; }
    /// <summary>Ticks that began 20 ms or more after their time, or never.</summary>
    public required double Late { get; init; }
    public required double LateByHost { get; init; }
    public required double WorstProbeMs { get; init; }
    public required double StolenMs { get; init; }
    public required bool IsProbeExact { get; init; }
    public required long Heard { get; init; }
    public required long Lost { get; init; }
    public required long Skipped { get; init; }
    /// <summary>Of one CPU, by role.</summary>
    public required IReadOnlyDictionary<string, double> CpuPercent { get; init; }
    public required double ResidentMb { get; init; }
    public required IReadOnlyCollection<string> Failures { get; init; }

    public bool IsClean => Up == Calls && Alive == Up && Hangups >= Calls && Late <= LateByHost && Lost == 0 && Failures.Count == 0;

    public string ToText()
    {
        var text = new StringBuilder();
        string awake = IsProbeExact ? "" : " (without real-time priority: others may have kept it waiting)";
        string cpu = string.Join(", ", CpuPercent.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:F0} %")));
        Line($"{Up} of {Calls} calls up with a prompt, {Alive} still up after {Seconds:F0} s, {Hangups} ended with one call.hangup");
        Line($"ticks: {Ticks:F0}; late p50 {P50:0.###} ms, p99 {P99:0.###} ms, at most {Max:0.###} ms");
        Line($"late by 20 ms or more: {Late:F0}, of which the host's {LateByHost:F0}");
        Line($"host: a thread that only sleeps woke at most {WorstProbeMs:F1} ms late{awake}, {StolenMs:F0} ms of CPU time stolen");
        Line($"the callees heard {Heard} packets; lost {Lost}, late {Skipped}");
        Line($"CPU: {cpu} of one core; memory without the lab {ResidentMb:F0} MB");
        foreach (string failure in Failures.Take(10)) Line($"WENT WRONG  {failure}");
        Line($"{(IsClean ? "clean" : "NOT CLEAN")}");
        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    public string ToJson() => new JsonObject
    {
        ["clean"] = IsClean,
        ["calls"] = Calls,
        ["up"] = Up,
        ["alive"] = Alive,
        ["hangups"] = Hangups,
        ["seconds"] = Seconds,
        ["tick_late_ms"] = new JsonObject
        {
            ["p50"] = P50, ["p99"] = P99,
            ["max"] = double.IsFinite(Max) ? Max : null, ["ticks"] = Ticks, ["late"] = Late, ["late_by_host"] = LateByHost
        },
        ["host"] = new JsonObject { ["probe_late_ms"] = WorstProbeMs, ["stolen_ms"] = StolenMs, ["is_probe_exact"] = IsProbeExact },
        ["audio"] = new JsonObject { ["packets"] = Heard, ["lost"] = Lost, ["late"] = Skipped },
        ["cpu_percent"] = new JsonObject(CpuPercent.Select(c => KeyValuePair.Create(c.Key, (JsonNode?)c.Value))),
        ["resident_mb"] = ResidentMb,
        ["failures"] = new JsonArray([.. Failures.Select(f => (JsonNode)f)]),
    }.ToJsonString(Indented);
}
