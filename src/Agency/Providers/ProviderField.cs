using System.Text.Json.Nodes;

namespace Ringwright.Agency.Providers;

/// <summary>Fields of what a provider shows of an agent or a tool, which are kept whole or not at all. Pure.</summary>
internal static class ProviderField
{
    /// <summary>Letters: as much as there is room for.</summary>
    private const int LongestId = 255;

    /// <returns>Null where it has none.</returns>
    public static string? IdOf(JsonObject of, string name) =>
        of[name] is JsonValue value && value.TryGetValue(out string? id) && id.Length is > 0 and <= LongestId
            && !id.Contains('\0', StringComparison.Ordinal) ? id : null;

    /// <returns>Null where it is not there, or empty.</returns>
    /// <exception cref="FormatException">It is no text, or one that no database keeps; the text names it.</exception>
    public static string? TextOf(this JsonObject of, string name)
    {
        if (of[name] is not { } value) return null;
        string text = value is JsonValue plain && plain.TryGetValue(out string? read) ? read
            : throw new FormatException($"{name} is no text");
        if (text.Contains('\0', StringComparison.Ordinal)) throw new FormatException($"{name} has a NUL");
        return text.Length == 0 ? null : text;
    }
}
