using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Schemas of tools for servers that know a part of JSON schema alone, as Gemini and what asks it for others. Arguments are judged here by
/// the whole schema all the same.
/// </summary>
internal static class PlainSchemas
{
    private const string Tools = "tools", Function = "function", Parameters = "parameters", Properties = "properties";
    private const string Empty = "tools without properties", Unknown = "members of schemas";
    private const int Depth = 16;

    /// <summary>What says more of a value than its kind.</summary>
    private static readonly string[] Members =
    [
        "$schema", "$id", "$comment", "additionalProperties", "propertyNames", "patternProperties", "const", "default", "examples", "title",
        "pattern", "format", "multipleOf", "exclusiveMinimum", "exclusiveMaximum", "uniqueItems", "readOnly", "writeOnly", "deprecated",
    ];

    private static readonly string[] Within = ["items", "anyOf", "oneOf", "allOf"];

    /// <summary>What <see cref="Mend"/> is to do; null where the refusal is of something else, or nothing is left to be done.</summary>
    public static string? RefusedBy(string said, JsonObject request)
    {
        string? what = said.Contains("non-empty for OBJECT type", StringComparison.Ordinal) ? Empty
            : said.Contains("Unknown name", StringComparison.Ordinal) && said.Contains(Tools, StringComparison.Ordinal) ? Unknown : null;
        return what is not null && Mend(what, request.DeepClone().AsObject()) ? what : null;
    }

    /// <returns>False where there was nothing to do.</returns>
    public static bool Mend(string what, JsonObject request)
    {
        if (what is not (Empty or Unknown)) return false;
        bool hasChanged = false;
        foreach (var tool in (request[Tools] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (tool[Function] is not JsonObject function || function[Parameters] is not JsonObject schema) continue;
            if (what is Unknown) hasChanged |= Strip(schema, 0);
            else if (schema[Properties] is not JsonObject { Count: > 0 }) hasChanged |= function.Remove(Parameters);
        }
        return hasChanged;
    }

    /// <summary>A property may be called like one of the members, and stays.</summary>
    private static bool Strip(JsonObject schema, int depth)
    {
        bool hasChanged = false;
        foreach (string member in Members) hasChanged |= schema.Remove(member);
        if (depth == Depth) return hasChanged;
        if (schema[Properties] is JsonObject properties)
            foreach (var (_, property) in properties)
                if (property is JsonObject inner) hasChanged |= Strip(inner, depth + 1);
        foreach (string place in Within)
            foreach (var inner in SchemasAt(schema[place])) hasChanged |= Strip(inner, depth + 1);
        return hasChanged;
    }

    private static IEnumerable<JsonObject> SchemasAt(JsonNode? place) => place switch
    {
        JsonObject one => [one],
        JsonArray several => several.OfType<JsonObject>(),
        _ => [],
    };
}
