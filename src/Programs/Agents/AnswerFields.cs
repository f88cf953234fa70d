using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Values out of the JSON that the server of a tool has answered.</summary>
internal static class AnswerFields
{
    /// <summary>As variables are.</summary>
    private const int Longest = 3_000;

    /// <param name="places">Names, each with the place of its value: names of members and numbers of elements, with points between.</param>
    /// <returns>Those that are there: texts as they are, all else as its JSON.</returns>
    public static IReadOnlyList<(string Name, string Value)> Of(ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> places)
    {
        if (places.Count == 0) return [];
        try
        {
            // Some servers write the mark of the order of bytes before it.
            var json = body.Span.StartsWith("\uFEFF"u8) ? body.Span[3..] : body.Span;
            var answer = JsonNode.Parse(json, documentOptions: new() { AllowDuplicateProperties = false });
            var found = new List<(string, string)>();
            foreach (var (name, place) in places)
                if (TextOf(Find(answer, place)) is { } value) found.Add((name, value));
            return found;
        }
        // JSON may escape half of a pair of surrogates, which is no text.
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static string? TextOf(JsonNode? found)
    {
        string? value = found is JsonValue plain && plain.TryGetValue(out string? text) ? text : found?.ToJsonString();
        return value is null ? null : Clipped.Of(value, Longest);
    }

    private static JsonNode? Find(JsonNode? answer, string place)
    {
        var at = answer;
        foreach (string step in place.Split('.'))
            at = at switch
            {
                JsonObject members => members[step],
                JsonArray items => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int i) && i < items.Count
                    ? items[i] : null,
                _ => null,
            };
        return at;
    }
}
