using System.Text.Json.Nodes;

namespace Ringwright.Conversations.Models;

/// <summary>What a part of a JSON schema refers to within it: <c>#/$defs/Order</c>, as Pydantic writes each type of its own.</summary>
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

    /// <param name="link">A pointer of RFC 6901 behind its #; those into lists find nothing.</param>
    public static JsonObject? Find(string link, JsonObject root)
    {
        if (!link.StartsWith("#/", StringComparison.Ordinal)) return null;
        JsonNode? at = root;
        foreach (string step in link[2..].Split('/'))
            at = (at as JsonObject)?[step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
        return at as JsonObject;
    }

    /// <summary>Who wants to say more beside a reference puts it into a list of one, as Pydantic did at first.</summary>
    private static string? LinkOf(JsonObject part)
    {
        var place = part["allOf"] is JsonArray { Count: 1 } one && one[0] is JsonObject only ? only : part;
        return place["$ref"] is JsonValue link && link.TryGetValue(out string? path) ? path : null;
    }
}
