using System.Text.Json;

namespace Ringwright.Speech.Recognition.OpenAi;

/// <summary>Reads <c>{"text": "…"}</c>, with segments where the server tells them, and with whatever else it adds.</summary>
internal static class OpenAiAnswer
{
    /// <summary>What whisper.cpp writes where there was nothing.</summary>
    private const string Blank = "[BLANK_AUDIO]";

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
                    || found.ValueKind is not JsonValueKind.String) return false;
                text = found.GetString()!.Trim(); // a string, as was just seen
                if (document.RootElement.TryGetProperty("segments", out var segments)) text = SpokenOf(segments, text);
                if (text == Blank) text = "";
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
            if (segment.TryGetProperty("no_speech_prob", out var none) && none.ValueKind is JsonValueKind.Number
                && none.TryGetDouble(out double share) && share > MostNoSpeech) isWhole = false;
            else if (segment.TryGetProperty("text", out var words) && words.ValueKind is JsonValueKind.String)
                spoken.Add(words.GetString()!.Trim()); // a string, as was just seen
        }
        return isWhole ? whole : string.Join(' ', spoken);
    }
}
