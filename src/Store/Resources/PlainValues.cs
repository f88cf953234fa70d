using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Store.Resources;

/// <summary>Between what a statement's parameter holds and JSON: texts, whole numbers, yes or no, and nothing.</summary>
internal static class PlainValues
{
    public static JsonNode? Show(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create((long)number),
        long number => JsonValue.Create(number),
        _ => throw new NotSupportedException($"A column cannot hold {value.GetType().Name}."),
    };

    /// <exception cref="FormatException">It is none of these.</exception>
    public static object? Of(JsonNode? value) => value?.GetValueKind() switch
    {
        null => null,
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetValue<long>(),
        _ => throw new FormatException("a column is a text, a whole number, true or false"),
    };
}
