using System.Text.Json.Nodes;

namespace Ringwright.Agency.Figures;

/// <summary>Objections and signs of interest by what they are about, the most frequent first. Pure.</summary>
internal sealed class SaidInCalls
{
    private const int MostShown = 20, MostExamples = 3;

    private readonly Dictionary<string, (int Count, int Handled, List<string> Examples)> _objections =
        new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _signals = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="analyses">Of calls, as they are kept.</param>
    public static SaidInCalls Of(IEnumerable<JsonObject> analyses)
    {
        var all = new SaidInCalls();
        foreach (var one in analyses) all.Add(one);
        return all;
    }

    public JsonArray Objections() =>
        new([.. _objections.OrderByDescending(one => one.Value.Count).ThenBy(one => one.Key, StringComparer.Ordinal).Take(MostShown)
            .Select(one => (JsonNode)new JsonObject
            {
                ["category"] = one.Key, ["count"] = one.Value.Count, ["handled"] = one.Value.Handled,
                ["handling_rate"] = Kpis.Rate(one.Value.Handled, one.Value.Count),
                ["examples"] = new JsonArray([.. one.Value.Examples.Select(text => (JsonNode)text)]),
            })]);

    public JsonArray Signals() =>
        new([.. _signals.OrderByDescending(one => one.Value).ThenBy(one => one.Key, StringComparer.Ordinal).Take(MostShown)
            .Select(one => (JsonNode)new JsonObject { ["text"] = one.Key, ["count"] = one.Value })]);

    private void Add(JsonObject analysis)
    {
        foreach (var objection in (analysis["objections"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string category = ((string?)objection["category"] ?? "").Trim(), text = (string?)objection["text"] ?? "";
            var (count, handled, examples) = _objections.GetValueOrDefault(category, (0, 0, []));
            if (examples.Count < MostExamples && text.Length > 0) examples.Add(text);
            _objections[category] = (count + 1, handled + ((bool?)objection["handled"] is true ? 1 : 0), examples);
        }
        foreach (var signal in analysis["buying_signals"] as JsonArray ?? [])
            if (((string?)signal)?.Trim() is { Length: > 0 } text) _signals[text] = _signals.GetValueOrDefault(text) + 1;
    }
}
