using Ringwright.Core;
using Ringwright.Speech.Recognition;

namespace Ringwright.Speech.Transcription;

/// <summary>What a recogniser told, as it may be told on: it is a program that we did not write.</summary>
internal static class ResultText
{
    /// <summary>One line of bounded length, without control characters; empty where nothing was said.</summary>
    public static string TextOf(Recognised result) => Clean(result.Text, Limits.TextCharacters);

    public static double? ConfidenceOf(Recognised result) =>
        result.Confidence is { } told && double.IsFinite(told) ? Math.Clamp(told, 0, 1) : null;

    /// <summary>Part of a sentence.</summary>
    public static string ReasonOf(RecognitionException failure) => Clean(failure.Message, Limits.ReasonCharacters).TrimEnd('.');

    private static string Clean(string? text, int most)
    {
        var clean = (text ?? "").AsSpan();
        while (clean.Length > 0 && IsBlank(clean[0])) clean = clean[1..];
        while (clean.Length > 0 && IsBlank(clean[^1])) clean = clean[..^1];
        clean = Clipped.Of(clean, most);
        return string.Create(clean.Length, clean, static (into, from) =>
        {
            for (int i = 0; i < from.Length; i++) into[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });

        static bool IsBlank(char c) => char.IsWhiteSpace(c) || char.IsControl(c);
    }
}
