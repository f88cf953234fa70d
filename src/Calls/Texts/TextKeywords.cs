using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Ringwright.Calls.Texts;

/// <summary>What a text asks of whoever sends texts to its sender; stored by name.</summary>
public enum TextKeyword { None, Stop, Start, Help }

/// <summary>
/// Words that must be the whole text: trimmed, white space inside single, case folded, closing <c>. ! , ;</c> and the quotes, brackets and
/// emoji around it dropped, letters and hyphens of other widths as the usual ones, a letter and its accent one. A sentence that only
/// contains one asks for nothing; one that has nothing but words of stop asks for it. The words of stop are those of 47 CFR
/// 64.1200(a)(10) beside the usual ones; nobody takes one away.
/// </summary>
public static class TextKeywords
{
    /// <summary>Characters of a text that can be a keyword at all.</summary>
    public const int Longest = 160;

    private const int NoCharacter = 0xFFFD;
    /// <summary>Those of ASCII in the width of Chinese letters, and how far they stand from them.</summary>
    private const char FirstBroad = '\uFF01', LastBroad = '\uFF5E';
    private const int FromBroad = 0xFEE0;
    private const string Quotes = "\"'`\u2018\u2019\u201A\u201B\u201C\u201D\u201E\u00AB\u00BB\u2039\u203A\u300C\u300D\u300E\u300F";
    /// <summary>As the word stands in what asks for it: <c>Reply [STOP]</c>, <c>*STOP*</c>.</summary>
    private const string Brackets = "()[]{}<>*_\u00A1\u3010\u3011";
    /// <summary>The ends of sentences, also of those in Chinese, Japanese, Arabic and Hindi.</summary>
    private const string Ends = ".!,;\u2026\u3002\u3001\uFF61\u060C\u061B\u06D4\u0964";
    private const string Hyphens = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uFE58\uFE63";

    private static readonly FrozenDictionary<string, TextKeyword> Usual = new Dictionary<string, TextKeyword>
    {
        ["stop"] = TextKeyword.Stop, ["stopall"] = TextKeyword.Stop, ["stop all"] = TextKeyword.Stop,
        ["unsubscribe"] = TextKeyword.Stop, ["cancel"] = TextKeyword.Stop, ["end"] = TextKeyword.Stop, ["quit"] = TextKeyword.Stop,
        ["revoke"] = TextKeyword.Stop, ["opt out"] = TextKeyword.Stop, ["optout"] = TextKeyword.Stop,
        ["opt-out"] = TextKeyword.Stop,
        ["start"] = TextKeyword.Start, ["unstop"] = TextKeyword.Start,
        ["help"] = TextKeyword.Help,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="also">Words of whoever was written to, in the form of <see cref="Normal"/>; they add to the usual ones.</param>
    public static TextKeyword Of(string text, IReadOnlyDictionary<string, TextKeyword>? also = null)
    {
        if (Normal(text) is not { } word) return TextKeyword.None;
        if (Usual.TryGetValue(word, out var usual)) return usual;
        if (also?.TryGetValue(word, out var own) is true) return own;
        return IsInsisted(word, also) ? TextKeyword.Stop : TextKeyword.None;
    }

    /// <summary>"STOP STOP STOP", "Stop! Stop!", "stop, unsubscribe": words of stop, one after the other, and nothing else.</summary>
    private static bool IsInsisted(string word, IReadOnlyDictionary<string, TextKeyword>? also)
    {
        foreach (string said in word.Split(' '))
        {
            string one = said.AsSpan().TrimEnd(Ends).ToString();
            bool isStop = Usual.TryGetValue(one, out var known) || also?.TryGetValue(one, out known) is true;
            if (one.Length > 0 && !(isStop && known is TextKeyword.Stop)) return false;
        }
        return true;
    }

    /// <summary>A sentence with a word of stop in it, which asks for nothing by itself; whoever reads it may see more in it.</summary>
    public static bool IsHint(string text)
    {
        if (Of(text) is not TextKeyword.None) return false;
        string said = TextContent.Normal(text);
        return Usual.Any(word => word.Value is TextKeyword.Stop && said.Contains($" {word.Key} ", StringComparison.Ordinal));
    }

    /// <summary>The text in the form in which keywords are compared; null when it is none, being empty or too long.</summary>
    public static string? Normal(string text)
    {
        var trimmed = Trim(text, IsAround);
        // An emoji and nothing else is a word of its own, which a profile may have.
        if (trimmed.IsEmpty) trimmed = Trim(text, IsAroundEmoji);
        if (trimmed.Length is 0 or > Longest) return null;
        var word = new StringBuilder(trimmed.Length);
        bool isBehindSpace = false;
        foreach (char character in trimmed)
        {
            bool isSpace = char.IsWhiteSpace(character);
            if (word.Length > 0 && JoinedLetters.Of(word[^1], character) is { } letter) word[^1] = letter;
            else if (!isSpace) word.Append(char.ToLowerInvariant(Usually(character)));
            else if (!isBehindSpace) word.Append(' ');
            isBehindSpace = isSpace;
        }
        return word.ToString();
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text, Func<Rune, bool> isAround)
    {
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeFromUtf16(text, out var first, out int length);
            if (!isAround(first)) break;
            text = text[length..];
        }
        while (!text.IsEmpty)
        {
            _ = Rune.DecodeLastFromUtf16(text, out var last, out int length);
            if (!isAround(last) && !IsOf(Ends, last)) break;
            text = text[..^length];
        }
        return text;
    }

    /// <summary>What stands around an emoji, and the emoji of whoever says how he feels of it. One that asks makes it a question.</summary>
    private static bool IsAround(Rune rune) => IsAroundEmoji(rune) || IsOf(Brackets, rune)
        || (Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol && rune.Value is not (0x2753 or 0x2754))
        // Which form an emoji has, and the colour of its skin.
        || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F3FB and <= 0x1F3FF);

    /// <summary>
    /// Space, marks without a width, the quotes of whoever was told to answer "STOP", and what stands for an octet that is no character.
    /// </summary>
    private static bool IsAroundEmoji(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || rune.Value is NoCharacter
        || IsOf(Quotes, rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format;

    private static bool IsOf(string characters, Rune rune) =>
        rune.IsBmp && characters.Contains(Usually((char)rune.Value), StringComparison.Ordinal);

    /// <summary>Of the wide letters of East Asia, and of what a word processor makes of a hyphen, the usual ones.</summary>
    private static char Usually(char character) => character is >= FirstBroad and <= LastBroad ? (char)(character - FromBroad)
        : Hyphens.Contains(character, StringComparison.Ordinal) ? '-' : character;
}
