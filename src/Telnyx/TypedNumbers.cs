using System.Text.Json.Nodes;
using Ringwright.Campaigns.Lists;
using Ringwright.Core;

namespace Ringwright.Telnyx;

/// <summary>
/// Numbers as people type them (<see cref="TypedE164"/>). What would have to be guessed is none: digits without a plus are one number
/// at home, and another abroad. What is only looked for is guessed.
/// </summary>
internal static class TypedNumbers
{
    /// <summary>What is looked for costs nothing. Shorter ones are short codes.</summary>
    private const int FewestSought = 9;

    /// <summary>In +E.164 form; null for what is no number, or may be two.</summary>
    public static string? Read(string text) => TypedE164.TryRead(text, out var typed, out _) ? typed.Text : null;

    /// <summary>A number that a list is filtered by, as rows have it; what is none stays as it is.</summary>
    public static string OfFilter(string text) => Read(text)
        ?? (text.Length >= FewestSought && TypedE164.TryRead("+" + text.Trim(), out var number, out _) ? number.Text : text);

    /// <summary>In place of what a field of a request says, or each item of it; what is no number stays for who checks it.</summary>
    public static void Lay(JsonObject body, string field)
    {
        if (body[field] is JsonArray items)
        {
            for (int i = 0; i < items.Count; i++)
                if (items[i] is JsonValue item && item.TryGetValue(out string? one) && Read(one) is { } number && number != one)
                    items[i] = number;
        }
        else if (body.Text(field) is { } text && Read(text) is { } read && read != text)
        {
            body[field] = read;
        }
    }
}
