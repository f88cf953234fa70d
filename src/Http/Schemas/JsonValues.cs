using System.Runtime.InteropServices;
using System.Text.Json;

namespace Ringwright.Http;

/// <summary>What the schema check asks of a single value.</summary>
internal static class JsonValues
{
    public static bool IsOfType(JsonTypes types, JsonElement value) => types is JsonTypes.Any || value.ValueKind switch
    {
        JsonValueKind.String => types.HasFlag(JsonTypes.String),
        JsonValueKind.True or JsonValueKind.False => types.HasFlag(JsonTypes.Boolean),
        JsonValueKind.Object => types.HasFlag(JsonTypes.Object),
        JsonValueKind.Array => types.HasFlag(JsonTypes.Array),
        JsonValueKind.Number => types.HasFlag(JsonTypes.Number) || (types.HasFlag(JsonTypes.Integer) && IsWhole(value)),
        _ => false,
    };

    /// <summary>1.0 and 1e3 are integers too.</summary>
    private static bool IsWhole(JsonElement value) =>
        value.TryGetInt64(out _) || (value.TryGetDecimal(out decimal number) ? decimal.Truncate(number) == number
            : value.TryGetDouble(out double large) && Math.Truncate(large) == large);

    public static string Words(JsonTypes types)
    {
        var words = new List<string>(2);
        if (types.HasFlag(JsonTypes.String)) words.Add("a string");
        if (types.HasFlag(JsonTypes.Number)) words.Add("a number");
        else if (types.HasFlag(JsonTypes.Integer)) words.Add("an integer");
        if (types.HasFlag(JsonTypes.Boolean)) words.Add("true or false");
        if (types.HasFlag(JsonTypes.Object)) words.Add("an object");
        if (types.HasFlag(JsonTypes.Array)) words.Add("an array");
        return string.Join(" or ", words);
    }

    public static int RuneCount(string text)
    {
        int count = text.Length;
        foreach (char c in text)
            if (char.IsLowSurrogate(c)) count--;
        return count;
    }

    /// <summary>Most are told by their bytes, without making a text of them.</summary>
    public static bool IsTooLong(JsonElement value) =>
        JsonMarshal.GetRawUtf8Value(value).Length > Limits.TextCharacters + 2 && RuneCount(value.GetString()!) > Limits.TextCharacters;
}
