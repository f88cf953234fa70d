using System.Text.Json;

namespace Ringwright.Speech.Recognition.OpenAi;

/// <summary>Reads <c>{"text": "…"}</c>, with whatever else a server adds.</summary>
internal static class OpenAiAnswer
{
    /// <summary>What whisper.cpp writes where there was nothing.</summary>
    private const string Blank = "[BLANK_AUDIO]";

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
}
