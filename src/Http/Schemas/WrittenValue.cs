using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>A number, true or false that came as a text: "5" for 5; and a method of HTTP in letters of another size.</summary>
internal static class WrittenValue
{
    private const int LongestNumber = 24;

    private static readonly HashSet<string> Methods = new(StringComparer.OrdinalIgnoreCase)
    {
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD",
    };

    /// <summary>What the text says, where one of <paramref name="types"/> can be it; null where it says none, or may be a text.</summary>
    public static JsonElement? Of(JsonTypes types, JsonElement value) =>
        value.ValueKind is JsonValueKind.String && JsonOf(types, value.GetString()!) is { } json ? ElementOf(json) : null;

    /// <summary>A number as the text that is meant by it: 3e1 and 30.0 are "30".</summary>
    /// <param name="number">As it stands in the JSON.</param>
    public static string TextOf(string number) =>
        decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal said) && decimal.Truncate(said) == said
            ? decimal.Truncate(said).ToString(CultureInfo.InvariantCulture) : number;

    /// <summary>
    /// Where the contract wants a text alone, that of a number; where it wants an object alone, one without members for an empty list.
    /// </summary>
    /// <returns>Null where the value stays.</returns>
    public static JsonElement? Loose(JsonTypes types, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when types is JsonTypes.String => ElementOf($"\"{TextOf(value.GetRawText())}\""),
        JsonValueKind.Array when types is JsonTypes.Object && value.GetArrayLength() == 0 => ElementOf("{}"),
        _ => null,
    };

    /// <summary>As <see cref="Of"/>, for a body that is being read; null where the value stays.</summary>
    public static JsonNode? Of(JsonTypes types, string text) => JsonOf(types, text) is { } json ? JsonNode.Parse(json) : null;

    /// <summary>The method that is meant where an API has methods to choose from: programs write post for POST.</summary>
    /// <param name="words">What may be chosen.</param>
    /// <returns>As the API writes it; null for what is one as it stands, or none, and where words are not methods.</returns>
    public static string? Method(FrozenSet<string> words, string written) =>
        words.Contains(written) || !Methods.Contains(written) || !words.All(word => Methods.Contains(word)) ? null
            : words.FirstOrDefault(word => word.Equals(written, StringComparison.OrdinalIgnoreCase));

    /// <summary>Python and PHP write truths in letters and digits of their own.</summary>
    /// <returns>"true" or "false"; the text itself where it is neither.</returns>
    public static string Truth(string written) => written switch
    {
        "True" or "1" => "true",
        "False" or "0" => "false",
        _ => written,
    };

    private static JsonElement ElementOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static string? JsonOf(JsonTypes types, string text)
    {
        if (types.HasFlag(JsonTypes.String)) return null;
        // A 1 may be meant as a number where one may stand.
        if (types.HasFlag(JsonTypes.Boolean) && (types is JsonTypes.Boolean ? Truth(text) : text) is var truth and ("true" or "false"))
            return truth;
        if ((types & (JsonTypes.Integer | JsonTypes.Number)) == 0 || text.Length > LongestNumber) return null;
        const NumberStyles plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (text is not ['-' or (>= '0' and <= '9'), ..]) return null;
        if (!decimal.TryParse(text, plain, CultureInfo.InvariantCulture, out decimal number)) return null;
        if (types.HasFlag(JsonTypes.Number)) return number.ToString(CultureInfo.InvariantCulture);
        return decimal.Truncate(number) == number ? decimal.Truncate(number).ToString(CultureInfo.InvariantCulture) : null;
    }
}
