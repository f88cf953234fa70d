using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Bench.Reports;

namespace Ringwright.Bench.Curves;

/// <summary>The points as a program reads them. A file may be filled in several runs, a curve in each.</summary>
internal static class CurveFile
{
    private static readonly JsonSerializerOptions Form = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes the curves, beside those that the file has and that were not measured now.</summary>
    /// <returns>All of them.</returns>
    /// <exception cref="BenchFailure">The file holds something else.</exception>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<CurvePoint>>> KeepAsync(string? file,
        IReadOnlyDictionary<string, IReadOnlyList<CurvePoint>> measured, CancellationToken stop)
    {
        if (file is null) return measured;
        var all = new Dictionary<string, IReadOnlyList<CurvePoint>>(StringComparer.Ordinal);
        if (File.Exists(file) && new FileInfo(file).Length > 0)
            foreach (var (name, points) in Read(file, await File.ReadAllTextAsync(file, stop))) all[name] = points;
        foreach (var (name, points) in measured) all[name] = points;
        var root = new JsonObject
        {
            ["curves"] = JsonSerializer.SerializeToNode(all, Form),
            ["version"] = Surroundings.Version,
            ["cores"] = Environment.ProcessorCount,
            ["processor"] = Surroundings.Processor,
            ["system"] = Surroundings.System,
        };
        await File.WriteAllTextAsync(file, root.ToJsonString(Form) + "\n", stop);
        return all;
    }

    private static Dictionary<string, List<CurvePoint>> Read(string file, string text)
    {
        try
        {
            return JsonNode.Parse(text)?["curves"].Deserialize<Dictionary<string, List<CurvePoint>>>(Form) ?? [];
        }
        catch (JsonException e)
        {
            throw new BenchFailure($"{file} holds no curves: {e.Message}");
        }
    }
}
