using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Whole numbers with a point or an exponent (30.0, 3e1), which JSON lets anybody write, and which reads as no integer; and what is
/// <see cref="WrittenValue">written as a text</see>, or typed loosely, of APIs that take it.
/// </summary>
internal static class WholeNumbers
{
    /// <summary>Writes those plainly that the schema, or an alternative of it, has as integers.</summary>
    /// <param name="readsLoose">And numbers as the texts, and empty lists as the objects, that they stand for.</param>
    public static void WritePlain(JsonObject body, Schema schema, bool readsLoose = false)
    {
        if (readsLoose) BodyValues.Rewrite(body, schema, static (value, schemas) => LooseOf(value, schemas) ?? PlainOf(value, schemas));
        else BodyValues.Rewrite(body, schema, PlainOf);
    }

    private static JsonNode? LooseOf(JsonNode value, Schema[] schemas) => value.GetValueKind() switch
    {
        JsonValueKind.Number when IsAll(JsonTypes.String, schemas) => JsonValue.Create(WrittenValue.TextOf(value.ToJsonString())),
        JsonValueKind.Array when IsAll(JsonTypes.Object, schemas) => new JsonObject(),
        _ => null,
    };

    /// <summary>Nothing else may stand there.</summary>
    private static bool IsAll(JsonTypes types, IReadOnlyCollection<Schema> schemas) => schemas.Count > 0
        && schemas.All(schema => schema.Types == types || (schema.Types is JsonTypes.Any && IsAll(types, schema.AllOf)));

    /// <summary>What takes the value's place; null where it stays.</summary>
    private static JsonNode? PlainOf(JsonNode value, Schema[] schemas) => value.GetValueKind() switch
    {
        JsonValueKind.String => WrittenValue.Of(TypesOf(schemas), value.GetValue<string>()) ?? MethodOf(schemas, value.GetValue<string>()),
        JsonValueKind.Number when schemas.Any(IsInteger) =>
            !value.AsValue().TryGetValue(out long _) && value.AsValue().TryGetValue(out decimal said) && decimal.Truncate(said) == said
                && said >= long.MinValue && said <= long.MaxValue ? Read((long)said) : null,
        _ => null,
    };

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
