using System.Text.Json.Nodes;

namespace Ringwright.Telnyx;

/// <summary>Countries in the lists of a request (ISO 3166-1 alpha-2).</summary>
internal static class CountryFields
{
    /// <summary>In capitals, as they are kept and compared: programs write us for US.</summary>
    public static void Lay(JsonObject body, string field)
    {
        if (body[field] is not JsonArray items) return;
        for (int i = 0; i < items.Count; i++)
            if (items[i] is JsonValue item && item.TryGetValue(out string? country)) items[i] = country.ToUpperInvariant();
    }
}
