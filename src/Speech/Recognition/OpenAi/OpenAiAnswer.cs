using System.Text.Json;
using Ringwright.Core;

namespace Ringwright.Speech.Recognition.OpenAi;

/// <summary>Reads <c>{"text": "…"}</c>, with segments where the server tells them, and with whatever else it adds.</summary>
internal static class OpenAiAnswer
{
    /// <summary>A segment that is more likely than so to be no speech is none: whisper writes words for silence and noise.</summary>
    private const double MostNoSpeech = 0.8;

    /// <param name="text">Empty when nothing was said.</param>
    /// <returns>False when it is no such answer, or too long to be one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out string text)
    {
        text = "";
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!JsonDocument.TryParseValue(ref reader, out var document)) return false;
            using (document)
            {
                if (reader.BytesConsumed < json.TrimEnd(" \r\n\t"u8).Length) return false;
                if (document.RootElement.ValueKind is not JsonValueKind.Object
                    || !document.RootElement.TryGetProperty("text", out var found)
                    // Of silence some servers say null.
                    || found.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) return false;
                text = found.GetString()?.Trim() ?? "";
                if (document.RootElement.TryGetProperty("segments", out var segments)) text = SpokenOf(segments, text);
                if (IsNothing(text)) text = "";
                return text.Length <= Limits.RecognisedCharacters;
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string of half a surrogate pair.
            return false;
        }
    }

    private static string SpokenOf(JsonElement segments, string whole)
    {
        if (segments.ValueKind is not JsonValueKind.Array) return whole;
        var spoken = new List<string>();
        bool isWhole = true;
        foreach (var segment in segments.EnumerateArray())
        {
            if (segment.ValueKind is not JsonValueKind.Object) return whole;
            string words = segment.TryGetProperty("text", out var said) && said.ValueKind is JsonValueKind.String
                ? said.GetString()!.Trim() : ""; // a string, as was just seen
            if (segment.TryGetProperty("no_speech_prob", out var none) && none.ValueKind is JsonValueKind.Number
                && none.TryGetDouble(out double share) && share > MostNoSpeech) isWhole = false;
            else if (words.Length > 0 && IsNothing(words)) isWhole = false;
            else if (words.Length > 0) spoken.Add(words);
        }
        return isWhole && whole.Length > 0 ? whole : string.Join(' ', spoken);
    }

    private static bool IsNothing(string text) => IsOnlySounds(text) || InventedWords.Are(text);

    /// <summary>What whisper tells of sounds where nobody spoke: [BLANK_AUDIO], (music), *sighs*, ♪. Bracketed digits are said.</summary>
    private static bool IsOnlySounds(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char closer = text[i] switch { '[' => ']', '(' => ')', '（' => '）', '【' => '】', '*' => '*', '♪' => '♪', _ => '\0' };
            int end = closer == '\0' ? -1 : text.IndexOf(closer, i + 1);
            if (end < 0 ? char.IsLetterOrDigit(text[i]) : text.AsSpan(i, end - i).ContainsAnyInRange('0', '9')) return false;
            i = Math.Max(i, end);
        }
        return true;
    }
}
