using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Whole numbers with a point or an exponent (30.0, 3e1), which JSON lets anybody write, and which reads as no integer.
/// </summary>
internal static class WholeNumbers
{
    /// <summary>Writes those plainly that the schema has as integers.</summary>
    public static void WritePlain(JsonObject body, Schema schema)
    {
        foreach (var (name, value) in body.ToArray())
            if (schema.FindProperty(name) is { } property && PlainOf(value, property) is { } plain) body[name] = plain;
    }

    /// <summary>What takes the value's place; null where it stays.</summary>
    private static JsonNode? PlainOf(JsonNode? value, Schema schema)
    {
        if (value is JsonObject child) WritePlain(child, schema);
        else if (value is JsonArray items && schema.FindItems() is { } item)
            for (int i = 0; i < items.Count; i++)
            {
                if (PlainOf(items[i], item) is { } plain) items[i] = plain;
            }
        else if (value is JsonValue number && IsInteger(schema) && number.GetValueKind() is JsonValueKind.Number
            && !number.TryGetValue(out long _) && number.TryGetValue(out decimal said)
            && decimal.Truncate(said) == said && said >= long.MinValue && said <= long.MaxValue) return Read((long)said);
        return null;
    }

    /// <summary>As it would have come: one that is made from a number can be asked for that kind of number alone.</summary>
    private static JsonNode? Read(long number) => JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture));

    private static bool IsInteger(Schema schema) => (schema.Types.HasFlag(JsonTypes.Integer) && !schema.Types.HasFlag(JsonTypes.Number))
        || schema.AllOf.Any(IsInteger) || schema.AnyOf.Any(IsInteger);
}
