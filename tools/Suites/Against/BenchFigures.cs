using System.Text.Json;

namespace Ringwright.Suites.Against;

/// <summary>What one run of <c>bench --json</c> measured of one workload.</summary>
/// <param name="Costs">CPU-milliseconds by what they are of: cold, warm, hot, and idle.</param>
internal sealed record BenchFigures(string Unit, IReadOnlyDictionary<string, double> Costs, IReadOnlyList<string> Faults)
{
    /// <summary>A node's first calls; those after them; what is left when nothing is compiled any more; no calls.</summary>
    public const string Cold = "cold", Warm = "warm", Hot = "hot", Idle = "idle";

    /// <exception cref="FormatException">The workload is not in it.</exception>
    public static BenchFigures Read(string workload, string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        string[] faults = [.. root.GetProperty("faults").EnumerateArray().Select(fault => fault.GetString() ?? "")];
        if (!root.GetProperty("workloads").TryGetProperty(workload, out var figures))
            throw new FormatException($"{workload} was not measured: {string.Join("; ", faults)}");
        var costs = new Dictionary<string, double>();
        void Take(string name, JsonElement from, string key)
        {
            if (from.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number) costs[name] = value.GetDouble();
        }
        Take(Cold, figures, "cold_cpu_ms");
        Take(Warm, figures, "warm_cpu_ms");
        Take(Hot, figures, "cpu_ms");
        Take(Idle, root, "idle_cpu_ms_per_s");
        return new BenchFigures(figures.GetProperty("unit").GetString() ?? "", costs, faults);
    }
}
