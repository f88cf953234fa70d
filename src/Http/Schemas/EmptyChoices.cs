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
    public static void Drop(JsonObject body, Schema schema) =>
        Nulls.DropWhere(body, schema, (_, _, property, value) => value is JsonValue text && IsChoice(property)
            && text.GetValueKind() is JsonValueKind.String && (string?)text is "");

    /// <summary>An id, or one of some words none of which is empty.</summary>
    public static bool IsChoice(Schema property) =>
        property.Format is StringFormat.Uuid || property.Texts is { } words && !words.Contains("");
}
