using System.Globalization;
using System.Text;

namespace Ringwright.Conversations;

/// <summary>
/// Takes out of a text what is meant for eyes: marks of Markdown, code between fences, where links lead to, tags, emoji. One for each
/// answer, since a fence may be open from one piece to the next.
/// </summary>
public sealed class PlainSpeech
{
    private const string Fence = "```";

    /// <summary>With its brackets; what is longer was not meant for one.</summary>
    private const int LongestTag = 100;

    /// <summary>Words do not run into each other where these stood.</summary>
    private static readonly string[] Breaks = ["<br", "<p", "</p", "<li", "</li", "<|", "<｜"];

    private bool _isInFence;

    /// <summary>The next piece as it is said, on one line; empty when all of it was for eyes.</summary>
    public string Take(string text)
    {
        var plain = new StringBuilder();
        string[] parts = text.Replace("~~~", Fence, StringComparison.Ordinal).Split(Fence);
        for (int i = 0; i < parts.Length; i++)
        {
            if (i > 0) _isInFence = !_isInFence;
            if (!_isInFence) Append(plain, WithoutLinks(parts[i]));
        }
        string line = OneLine(plain);
        return line.EnumerateRunes().All(rune => Rune.IsPunctuation(rune) || Rune.IsWhiteSpace(rune)) ? "" : line;
    }

    private static void Append(StringBuilder into, string text)
    {
        foreach (string line in text.Split('\n'))
        {
            if (IsRule(line.AsSpan().Trim())) continue;
            string said = line.TrimStart().TrimStart('#', '>').TrimStart();
            if (said is ['-' or '+' or '*' or '•', ' ', ..]) said = said[2..];
            into.Append(' ');
            int at = 0;
            foreach (var rune in said.EnumerateRunes())
            {
                if (!IsForEyes(rune) || IsSaid(said, at)) into.Append(rune.ToString());
                at += rune.Utf16SequenceLength;
            }
        }
    }

    /// <summary>A line across, or the one below the head of a table.</summary>
    private static bool IsRule(ReadOnlySpan<char> line) => line.Length >= 3 && !line.ContainsAnyExcept("-=_*~|:+ ");

    /// <summary>What looks like a mark of Markdown and is none: it joins words or numbers, or is a key of a telephone.</summary>
    private static bool IsSaid(string line, int at)
    {
        char before = at > 0 ? line[at - 1] : ' ', behind = at + 1 < line.Length ? line[at + 1] : ' ';
        return line[at] switch
        {
            '_' => char.IsLetterOrDigit(before) && char.IsLetterOrDigit(behind),
            '*' => char.IsAsciiDigit(before) && char.IsAsciiDigit(behind)
                || (char.IsWhiteSpace(before) || before is '(' or '"')
                    && (char.IsWhiteSpace(behind) || !char.IsLetter(behind) && behind is not '*' && !IsClosed(line, at)),
            _ => false,
        };
    }

    /// <summary>Behind a star another one closes what it began.</summary>
    private static bool IsClosed(string line, int star)
    {
        for (int i = star + 1; i < line.Length; i++)
        {
            bool isWithin = i + 1 < line.Length && char.IsAsciiDigit(line[i + 1]);
            if (line[i] is '*' && !char.IsWhiteSpace(line[i - 1]) && !isWithin) return true;
        }
        return false;
    }

    /// <summary>[what is said](where it leads): the first alone. A bare address is left out, and so are tags.</summary>
    private static string WithoutLinks(string text)
    {
        var kept = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '[' && text.IndexOf("](", i, StringComparison.Ordinal) is var middle && middle > i
                && text.IndexOf(')', middle) is var end && end > middle && !text.AsSpan(i, middle - i).Contains('\n'))
            {
                if (kept.Length > 0 && kept[^1] == '!') kept.Length--;
                kept.Append(text, i + 1, middle - i - 1);
                i = end;
            }
            else if (text[i] is 'h' && (text.AsSpan(i).StartsWith("http://") || text.AsSpan(i).StartsWith("https://")))
            {
                int to = i;
                while (to < text.Length && !char.IsWhiteSpace(text[to])) to++;
                // The sentence's own mark stays.
                while (to > i && text[to - 1] is '.' or ',' or '?' or '!' or ')') to--;
                i = to - 1;
            }
            else if (text[i] is '<' && TagEnd(text, i) is var close && close > i)
            {
                if (Array.Exists(Breaks, tag => text.AsSpan(i).StartsWith(tag, StringComparison.OrdinalIgnoreCase))) kept.Append(' ');
                i = close;
            }
            else kept.Append(text[i]);
        }
        return kept.ToString();
    }

    /// <summary>Of HTML, of markup for voices, or of a model's own; -1 where there is none.</summary>
    private static int TagEnd(string text, int at)
    {
        if (at + 1 == text.Length || !(char.IsAsciiLetter(text[at + 1]) || text[at + 1] is '/' or '|' or '｜')) return -1;
        int end = text.IndexOf('>', at);
        return end > at && end - at < LongestTag && !text.AsSpan(at + 1, end - at).ContainsAny('<', '@', '\n') ? end : -1;
    }

    private static bool IsForEyes(Rune rune) =>
        rune.Value is '*' or '`' or '_' or '~' or '|' or 0x200D
            or (>= 0x2190 and <= 0x21FF) or (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F000 and <= 0x1FAFF)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol && rune.Value >= 0x2190
        || Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune);

    private static string OneLine(StringBuilder text)
    {
        var line = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i])) line.Append(text[i]);
            else if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
        }
        return line.ToString().TrimEnd();
    }
}
