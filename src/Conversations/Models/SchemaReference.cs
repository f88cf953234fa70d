using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>
/// What a part of a JSON schema refers to within it: <c>#/$defs/Order</c>, as Pydantic writes each type of its own, or
/// <c>#/properties/start/anyOf/0</c>, as Zod writes what it has written already.
/// </summary>
public static class SchemaReference
{
    /// <summary>From one to the next; what goes round is given up.</summary>
    private const int Most = 8;

    /// <summary>The part itself where it refers to nothing there.</summary>
    public static JsonObject Follow(JsonObject part, JsonObject root)
    {
        var at = part;
        for (int left = Most; left > 0 && LinkOf(at) is { } link && Find(link, root) is { } next; left--) at = next;
        return at;
    }

    /// <param name="link">A pointer as a fragment of a URI (RFC 6901 section 6).</param>
    public static JsonObject? Find(string link, JsonObject root)
    {
        if (!link.StartsWith("#/", StringComparison.Ordinal)) return null;
        JsonNode? at = root;
        foreach (string step in Uri.UnescapeDataString(link[2..]).Split('/'))
            at = At(at, step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        return at as JsonObject;
    }

    private static JsonNode? At(JsonNode? node, string step) => node switch
    {
        JsonObject members => members[step],
        JsonArray items when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int place) && place < items.Count =>
            items[place],
        _ => null,
    };

    /// <summary>Who wants to say more beside a reference puts it into a list of one, as Pydantic did at first.</summary>
    private static string? LinkOf(JsonObject part)
    {
        var place = part["allOf"] is JsonArray { Count: 1 } one && one[0] is JsonObject only ? only : part;
        return place["$ref"] is JsonValue link && link.TryGetValue(out string? path) ? path : null;
    }
}
