using System.Text.Json.Nodes;

namespace Ringwright.Server.Mcp;

/// <summary>
/// Schemas of a tool's arguments. They stand by themselves: what a description of an API keeps in one place for all of its operations
/// stands in each tool that refers to it.
/// </summary>
/// <param name="document">An OpenAPI description.</param>
internal sealed class ToolSchemas(JsonObject document)
{
    private const string Shared = "#/components/schemas/", Own = "#/$defs/";

    /// <param name="fields">Of the arguments, by name; they refer to schemas of the document.</param>
    public JsonObject ObjectOf(IEnumerable<(string Name, JsonNode Schema, bool IsRequired)> fields)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        var needed = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var (name, schema, isRequired) in fields)
        {
            properties[name] = Moved(schema, needed);
            if (isRequired) required.Add((JsonNode)name);
        }
        var whole = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (required.Count > 0) whole["required"] = required;
        if (needed.Count > 0)
            whole["$defs"] = new JsonObject(needed.OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value)));
        return whole;
    }

    /// <summary>A copy whose references lead to the tool's own definitions, which are taken along.</summary>
    private JsonNode Moved(JsonNode schema, Dictionary<string, JsonObject> needed)
    {
        var copy = schema.DeepClone();
        Visit(copy, needed);
        return copy;
    }

    private void Visit(JsonNode? node, Dictionary<string, JsonObject> needed)
    {
        if (node is JsonArray all)
        {
            foreach (var one in all) Visit(one, needed);
            return;
        }
        if (node is not JsonObject some) return;
        // A mapping of forms names schemas outside of references, and models do without it.
        if (some["discriminator"] is JsonObject forms && forms["propertyName"] is JsonValue) some.Remove("discriminator");
        foreach (var (name, inside) in some.ToList())
        {
            if (name != "$ref" || (string?)inside is not { } to || !to.StartsWith(Shared, StringComparison.Ordinal)) Visit(inside, needed);
            else
            {
                string shared = to[Shared.Length..];
                some[name] = Own + shared;
                Need(shared, needed);
            }
        }
    }

    private void Need(string name, Dictionary<string, JsonObject> needed)
    {
        if (needed.ContainsKey(name)) return;
        needed.Add(name, []);   // first its place: it may refer to itself
        needed[name] = (JsonObject)Moved(document["components"]!["schemas"]![name]!, needed); // our own description
    }
}
