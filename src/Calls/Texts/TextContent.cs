using System.Text;

namespace Ringwright.Calls.Texts;

/// <summary>Words that a text may not hold, whatever stands around them.</summary>
public static class TextContent
{
    /// <summary>Letters and digits in small letters, one space between words, and one at either end.</summary>
    public static string Normal(string text)
    {
        var words = new StringBuilder(" ", text.Length + 2);
        foreach (char character in text)
        {
            if (char.IsLetterOrDigit(character)) words.Append(char.ToLowerInvariant(character));
            else if (words[^1] is not ' ') words.Append(' ');
        }
        if (words[^1] is not ' ') words.Append(' ');
        return words.ToString();
    }

    /// <param name="phrases">As <see cref="Normal"/> has them.</param>
    /// <returns>The first that the text holds; null when it holds none.</returns>
    public static string? Find(string text, IReadOnlyList<string> phrases)
    {
        if (phrases.Count == 0) return null;
        string said = Normal(text);
        return phrases.FirstOrDefault(phrase => said.Contains(phrase, StringComparison.Ordinal));
    }
}
