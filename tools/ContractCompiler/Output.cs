using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.ContractCompiler;

/// <summary>Writes one line per schema, parameter, operation and event, so that a change of the contract is a readable diff.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Contract(CompiledContract contract)
    {
        var text = new StringBuilder("{\n");
        Map(text, "schemas", contract.Schemas);
        text.Append(",\n");
        Map(text, "parameters", contract.Parameters);
        text.Append(",\n");
        List(text, "operations", contract.Operations);
        text.Append(",\n");
        List(text, "events", contract.Events);
        return text.Append("\n}\n").ToString();
    }

    public static string Operations(CompiledContract contract)
    {
        var text = new StringBuilder("family\tmethod\tpath\toperation\tsuccess\tbody\n");
        foreach (var operation in contract.Operations)
            text.AppendJoin('\t', operation["family"], operation["method"], operation["path"], operation["id"],
                string.Join(',', operation["success"]!.AsObject().Select(s => s.Key)),
                operation["body"] is JsonNode body ? string.Join(',', body["content"]!.AsObject().Select(c => c.Key)) : "-").Append('\n');
        return text.ToString();
    }

    public static string Summary(CompiledContract contract)
    {
        var methods = contract.Operations.GroupBy(o => o["method"]!.GetValue<string>()).OrderByDescending(g => g.Count()).Select(g => $"{g.Count()} {g.Key}");
        return $"{contract.Operations.Count} operations = {string.Join(", ", methods)}; {contract.Events.Count} events; {contract.Schemas.Count} schemas";
    }

    private static void Map(StringBuilder text, string name, IReadOnlyList<KeyValuePair<string, JsonNode>> entries) =>
        text.Append($"\"{name}\": {{\n")
            .AppendJoin(",\n", entries.Select(e => $"{JsonSerializer.Serialize(e.Key, Compact)}: {e.Value.ToJsonString(Compact)}"))
            .Append("\n}");

    private static void List(StringBuilder text, string name, IReadOnlyList<JsonObject> entries) =>
        text.Append($"\"{name}\": [\n").AppendJoin(",\n", entries.Select(e => e.ToJsonString(Compact))).Append("\n]");
}
