using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Whole numbers with a point or an exponent (30.0, 3e1), which JSON lets anybody write, and which reads as no integer; and what is
/// <see cref="WrittenValue">written as a text</see>, of APIs that take it.
/// </summary>
internal static class WholeNumbers
{
    /// <summary>Writes those plainly that the schema, or an alternative of it, has as integers.</summary>
    public static void WritePlain(JsonObject body, Schema schema)
    {
        foreach (var (name, value) in body.ToArray())
            if (PlainOf(value, [.. PropertiesOf(schema, name)]) is { } plain) body[name] = plain;
    }

    /// <summary>What takes the value's place; null where it stays.</summary>
    private static JsonNode? PlainOf(JsonNode? value, Schema[] schemas)
    {
        switch (value)
        {
            case JsonObject child:
                foreach (var schema in schemas) WritePlain(child, schema);
                return null;
            case JsonArray items:
                Schema[] kinds = [.. schemas.SelectMany(ItemsOf)];
                for (int i = 0; i < items.Count; i++)
                    if (PlainOf(items[i], kinds) is { } plain) items[i] = plain;
                return null;
            case JsonValue text when text.GetValueKind() is JsonValueKind.String:
                return WrittenValue.Of(TypesOf(schemas), text.GetValue<string>()) ?? MethodOf(schemas, text.GetValue<string>());
            case JsonValue number when number.GetValueKind() is JsonValueKind.Number && schemas.Any(IsInteger):
                return !number.TryGetValue(out long _) && number.TryGetValue(out decimal said) && decimal.Truncate(said) == said
                    && said >= long.MinValue && said <= long.MaxValue ? Read((long)said) : null;
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

    /// <summary>All that it may be; a text where any of them takes whatever comes.</summary>
    private static JsonTypes TypesOf(IEnumerable<Schema> schemas)
    {
        var types = JsonTypes.Any;
        foreach (var schema in schemas)
        {
            var parts = schema.Types | TypesOf(schema.AllOf) | TypesOf(schema.AnyOf);
            types |= parts is JsonTypes.Any ? JsonTypes.String : parts;
        }
        return types;
    }

    private static string? MethodOf(IEnumerable<Schema> schemas, string written) =>
        schemas.Select(schema => (schema.Texts is { } words ? WrittenValue.Method(words, written) : null)
            ?? MethodOf(schema.AllOf.Concat(schema.AnyOf), written)).FirstOrDefault(method => method is not null);

    /// <summary>As it would have come: one that is made from a number can be asked for that kind of number alone.</summary>
    private static JsonNode? Read(long number) => JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture));

    private static bool IsInteger(Schema schema) => (schema.Types.HasFlag(JsonTypes.Integer) && !schema.Types.HasFlag(JsonTypes.Number))
        || schema.AllOf.Any(IsInteger) || schema.AnyOf.Any(IsInteger);
}
