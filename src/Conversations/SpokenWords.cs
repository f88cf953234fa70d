using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Ringwright.Conversations;

/// <summary>What was said, as words: in lower case, without punctuation, with digits of all scripts as those of ASCII.</summary>
internal static class SpokenWords
{
    private static readonly FrozenDictionary<string, string> Digits = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["zero"] = "0", ["oh"] = "0", ["one"] = "1", ["two"] = "2", ["three"] = "3", ["four"] = "4", ["five"] = "5", ["six"] = "6",
        ["seven"] = "7", ["eight"] = "8", ["nine"] = "9",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Numbers = new[]
    {
        "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty",
        "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "double", "triple",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static IReadOnlyList<string> Of(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsDigit(rune)) word.Append((char)('0' + (int)Rune.GetNumericValue(rune)));
            else if (Rune.IsLetterOrDigit(rune)) word.Append(Rune.ToLowerInvariant(rune).ToString());
            // don't, o'clock: one word.
            else if (rune.Value is '\'' or '’' && word.Length > 0) word.Append('\'');
            else if (!IsWithin(rune)) Flush();
            else if (word.Length > 0) word.Append(rune.ToString());
        }
        Flush();
        return words;

        void Flush()
        {
            while (word.Length > 0 && word[^1] == '\'') word.Length--;
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    /// <summary>Vowels of Hindi, accents, joiners: they stand within a word, and begin none.</summary>
    private static bool IsWithin(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    /// <summary>One sign is a whole word, in Chinese, Japanese and Korean.</summary>
    public static bool IsWholeWord(char sign) =>
        sign is (>= '\u3041' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3');

    /// <summary>A digit, a number in digits or words.</summary>
    public static bool IsNumber(string word) => char.IsAsciiDigit(word[0]) || Digits.ContainsKey(word) || Numbers.Contains(word);

    /// <summary>The digits that were said one by one; empty when anything else was said as well.</summary>
    public static string DigitsOf(string text)
    {
        var digits = new StringBuilder();
        foreach (string word in Of(text))
        {
            if (Digits.TryGetValue(word, out string? digit)) digits.Append(digit);
            else if (word.All(char.IsAsciiDigit)) digits.Append(word);
            else return "";
        }
        return digits.ToString();
    }

    /// <summary>How many words of the phrase there are, when they are said in this order without others between them; else 0.</summary>
    public static int CountOf(IReadOnlyList<string> said, IReadOnlyList<string> phrase)
    {
        for (int from = 0; phrase.Count > 0 && from + phrase.Count <= said.Count; from++)
        {
            int same = 0;
            while (same < phrase.Count && said[from + same] == phrase[same]) same++;
            if (same == phrase.Count) return same;
        }
        return 0;
    }
}
