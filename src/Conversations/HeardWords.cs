using System.Globalization;

namespace Ringwright.Conversations;

/// <summary>Which words of a text were heard when it was cut off.</summary>
internal static class HeardWords
{
    /// <summary>Of speech whose length nobody knows.</summary>
    private const double CharactersPerSecond = 15;

    /// <summary>The words that ended within the share of time that was played; empty when none did.</summary>
    /// <param name="length">Of the whole text; null is reckoned.</param>
    public static string Of(string text, TimeSpan played, TimeSpan? length)
    {
        double whole = length is { Ticks: > 0 } known ? known.TotalSeconds : text.Length / CharactersPerSecond;
        double share = whole <= 0 ? 0 : Math.Clamp(played.TotalSeconds / whole, 0, 1);
        int reached = (int)(share * text.Length), end = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            bool isEnd = i > 0 && !char.IsWhiteSpace(text[i - 1])
                && (i == text.Length || char.IsWhiteSpace(text[i]) || HasNoBlanks(text[i - 1]) && !IsOfSignBefore(text[i]));
            if (isEnd && i <= reached) end = i;
        }
        return text[..end].Trim();
    }

    /// <summary>
    /// Thai, Lao, Burmese, Khmer, Chinese and Japanese have no blanks between words: what is heard of them ends with any sign.
    /// </summary>
    private static bool HasNoBlanks(char sign) => sign is (>= '\u0E00' and <= '\u0EFF') or (>= '\u1000' and <= '\u109F')
        or (>= '\u1780' and <= '\u17FF') or (>= '\u3001' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF')
        or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF01' and <= '\uFF9F');

    /// <summary>Vowels and tones above, below and behind it.</summary>
    private static bool IsOfSignBefore(char sign) =>
        char.GetUnicodeCategory(sign) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
