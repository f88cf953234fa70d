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
            bool isEnd = i > 0 && !char.IsWhiteSpace(text[i - 1]) && (i == text.Length || char.IsWhiteSpace(text[i]));
            if (isEnd && i <= reached) end = i;
        }
        return text[..end].Trim();
    }
}
