using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Finds values in trees by names with points between them; a number is a place in an array.</summary>
internal static class JsonPlaces
{
    public static JsonNode? Find(JsonNode? root, string place)
    {
        if (root is JsonObject whole && whole.TryGetPropertyValue(place, out var plain)) return plain;
        foreach (string step in place.Split('.'))
            root = root switch
            {
                JsonObject fields => fields[step],
                JsonArray items when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int index) =>
                    index < items.Count ? items[index] : null,
                _ => null,
            };
        return root;
    }

    /// <summary>A value as a query says it; of a list its first item.</summary>
    public static string? Text(JsonNode? root, string place) => TextOf(Find(root, place));

    public static string? TextOf(JsonNode? value) => value switch
    {
        null or JsonObject => null,
        JsonArray items => items.Count == 0 ? null : TextOf(items[0]),
        _ => value.GetValueKind() is JsonValueKind.String ? (string?)value : value.ToJsonString(),
    };
}
