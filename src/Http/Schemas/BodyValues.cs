using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>The values of a body that is to be changed, each with what the contract has it as.</summary>
internal static class BodyValues
{
    /// <param name="other">
    /// Asked for each text, number, truth and empty list, with the schemas that it is of; what takes its place, or null where it stays.
    /// </param>
    public static void Rewrite(JsonObject body, Schema schema, Func<JsonNode, Schema[], JsonNode?> other)
    {
        foreach (var (name, value) in body.ToArray())
            if (OtherOf(value, [.. PropertiesOf(schema, name)], other) is { } changed) body[name] = changed;
    }

    private static JsonNode? OtherOf(JsonNode? value, Schema[] schemas, Func<JsonNode, Schema[], JsonNode?> other)
    {
        switch (value)
        {
            case JsonObject child:
                foreach (var schema in schemas) Rewrite(child, schema, other);
                return null;
            case JsonArray { Count: 0 } none:
                return other(none, schemas);
            case JsonArray items:
                Schema[] kinds = [.. schemas.SelectMany(ItemsOf)];
                for (int i = 0; i < items.Count; i++)
                    if (OtherOf(items[i], kinds, other) is { } changed) items[i] = changed;
                return null;
            case JsonValue plain:
                return other(plain, schemas);
            default:
                return null;
        }
    }

    private static IEnumerable<Schema> PropertiesOf(Schema schema, string name)
    {
        if (schema.Properties.TryGetValue(name, out var own)) yield return own;
        else if (schema.Additional is { } additional) yield return additional;
        foreach (var part in schema.AllOf.Concat(schema.AnyOf))
            foreach (var property in PropertiesOf(part, name)) yield return property;
    }

    private static IEnumerable<Schema> ItemsOf(Schema schema)
    {
        if (schema.Items is { } own) yield return own;
        foreach (var part in schema.AllOf.Concat(schema.AnyOf))
            foreach (var item in ItemsOf(part)) yield return item;
    }
}
