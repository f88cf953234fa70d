using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Empty texts where the contract wants an id, or one of some words none of which is empty: clients that write each of their fields send
/// them for those that nobody has set.
/// </summary>
internal static class EmptyChoices
{
    public static bool IsOne(Schema property, JsonElement value) =>
        value.ValueKind is JsonValueKind.String && value.ValueEquals(""u8) && IsChoice(property);

    /// <summary>Takes them out.</summary>
    /// <param name="clears">A field that may be null becomes it.</param>
    public static void Drop(JsonObject body, Schema schema, bool clears = false)
    {
        if (clears) Clear(body, schema);
        Nulls.DropWhere(body, schema, static (_, _, property, value) => IsOne(property, value));
    }

    private static void Clear(JsonObject body, Schema schema)
    {
        foreach (var (name, value) in body.ToArray())
        {
            if (schema.FindProperty(name) is not { } property) continue;
            if (value is JsonObject child) Clear(child, property);
            else if (value is JsonArray items && property.FindItems() is { } each)
                foreach (var one in items.OfType<JsonObject>()) Clear(one, each);
            else if (property.AcceptsNull && IsOne(property, value)) body[name] = null;
        }
    }

    private static bool IsOne(Schema property, JsonNode? value) => value is JsonValue text && IsChoice(property)
        && text.GetValueKind() is JsonValueKind.String && (string?)text is "";

    /// <summary>An id, or one of some words none of which is empty.</summary>
    public static bool IsChoice(Schema property) =>
        property.Format is StringFormat.Uuid || property.Texts is { } words && !words.Contains("");
}
