using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Telnyx;

/// <summary>Reads fields of a resource's body; what is missing, null or of another type reads as null.</summary>
internal static class JsonFields
{
    public static string? Text(this JsonObject body, string name) =>
        body[name] is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>The text, or null when it is empty.</summary>
    public static string? Filled(this JsonObject body, string name) => body.Text(name) is { Length: > 0 } text ? text : null;

    public static bool Flag(this JsonObject body, string name, bool fallback) => (body[name] as JsonValue)?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => fallback,
    };

    /// <summary>A whole number within 32 bits.</summary>
    public static int? Whole(this JsonObject body, string name)
    {
        if (body[name] is not JsonValue value || value.GetValueKind() is not JsonValueKind.Number) return null;
        return decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            && number == decimal.Truncate(number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
    }

    public static JsonObject? Child(this JsonObject body, string name) => body[name] as JsonObject;

    /// <summary>An id that travels as decimal text.</summary>
    public static long? Id(this JsonObject body, string name) =>
        long.TryParse(body.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;

    public static IReadOnlyList<string> Texts(this JsonObject body, string name) =>
        body[name] is JsonArray items
            ? [.. items.OfType<JsonValue>().Where(v => v.GetValueKind() is JsonValueKind.String).Select(v => v.GetValue<string>())]
            : [];
}
