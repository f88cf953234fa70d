using System.Globalization;
using System.Net;
using System.Text;

namespace Ringwright.Conversations;

/// <summary>
/// Takes out of a text what is meant for eyes: marks of Markdown, code between fences, where links lead to, all of an address but its
/// host, sources, tags, emoji, signs without a sound. What is written for a page, as <c>&amp;amp;</c> or <c>\$</c>, is said as the page
/// shows it. One for each answer, since a fence may be open from one piece to the next.
/// </summary>
public sealed class PlainSpeech
{
    private const string Fence = "```";
    private const char Joiner = '\u200D', SourceBegin = '\uE200', SourceClose = '\uE201';

    /// <summary>With its brackets; what is longer was not meant for one.</summary>
    private const int LongestTag = 100;

    /// <summary>What a source may stand behind besides a word.</summary>
    private const string BeforeSource = ".,!?)]%。，！？";

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
            if (!_isInFence) Append(plain, WebUtility.HtmlDecode(WithoutLinks(parts[i])));
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
            said = Unescaped(said);
            into.Append(' ');
            int at = 0;
            foreach (var rune in said.EnumerateRunes())
            {
                if (!IsForEyes(rune) || IsSaid(said, at)) into.Append(rune.ToString());
                at += rune.Utf16SequenceLength;
            }
        }
    }

    /// <summary>
    /// Behind a backslash a mark stands for itself (CommonMark 2.4). Some models write it before the letter of a line's end, too: behind
    /// a word that is left, as it may be a part of a path.
    /// </summary>
    private static string Unescaped(string line)
    {
        if (!line.Contains('\\', StringComparison.Ordinal)) return line;
        var plain = new StringBuilder();
        for (int i = 0; i < line.Length; i++)
        {
            char next = i + 1 < line.Length ? line[i + 1] : ' ';
            bool isMark = char.IsAscii(next) && (char.IsPunctuation(next) || char.IsSymbol(next));
            bool isLine = next is 'n' && (plain.Length == 0 || !char.IsLetterOrDigit(plain[^1]));
            if (line[i] is not '\\' || !isMark && !isLine) plain.Append(line[i]);
            else
            {
                plain.Append(isLine ? ' ' : next);
                i++;
            }
        }
        return plain.ToString();
    }

    /// <summary>A line across, or the one below the head of a table.</summary>
    private static bool IsRule(ReadOnlySpan<char> line) => line.Length >= 3 && !line.ContainsAnyExcept("-=_*~|:+ ");

    /// <summary>
    /// What looks like a mark and is none: it joins words or numbers, or letters that are written as one, or is a key of a telephone.
    /// </summary>
    private static bool IsSaid(string line, int at)
    {
        char before = at > 0 ? line[at - 1] : ' ', behind = at + 1 < line.Length ? line[at + 1] : ' ';
        return line[at] switch
        {
            '_' => char.IsLetterOrDigit(before) && char.IsLetterOrDigit(behind),
            // Of Sinhala and other scripts of India; in emoji no letter is beside it.
            Joiner => char.IsLetter(behind) && (char.IsLetter(before)
                || char.GetUnicodeCategory(before) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark),
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

    /// <summary>
    /// [what is said](where it leads): the first alone. Of a bare address the host is said, as people say it; tags are left out.
    /// </summary>
    private static string WithoutLinks(string text)
    {
        var kept = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (SourceEnd(text, i) is var source && source > i) i = source;
            else if (text[i] is '[' && text.IndexOf("](", i, StringComparison.Ordinal) is var middle && middle > i
                && text.IndexOf(')', middle) is var end && end > middle && !text.AsSpan(i, middle - i).Contains('\n'))
            {
                if (kept.Length > 0 && kept[^1] == '!') kept.Length--;
                kept.Append(WithoutLinks(text[(i + 1)..middle]));
                i = end;
            }
            else if (text[i] is 'h' && AddressEnd(text, i) is var to && to > i)
            {
                kept.Append(HostOf(text.AsSpan(i, to - i)));
                i = to - 1;
            }
            else if (text[i] is '<' && AddressEnd(text, i + 1) is var last && last > i && last < text.Length && text[last] is '>')
            {
                kept.Append(HostOf(text.AsSpan(i + 1, last - i - 1)));
                i = last;
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

    /// <summary>
    /// The last sign of what says where something is from, as models write it that search: 【4:0†source】, what stands between OpenAI's own
    /// signs, and [1] right behind a word or its mark; -1 where there is none. With a blank before it, [1] may be a key to press.
    /// </summary>
    private static int SourceEnd(string text, int at)
    {
        int end = text[at] switch
        {
            '【' => text.IndexOf('】', at),
            SourceBegin => text.IndexOf(SourceClose, at),
            '[' when at > 0 && (char.IsLetterOrDigit(text[at - 1]) || BeforeSource.Contains(text[at - 1], StringComparison.Ordinal)) =>
                text.IndexOf(']', at),
            _ => -1,
        };
        if (end <= at + 1 || end - at > LongestTag) return -1;
        var source = text.AsSpan(at + 1, end - at - 1);
        return text[at] switch
        {
            '【' => source.Contains('†') ? end : -1,
            '[' => source.Length <= Limits.SourceDigits && !source.ContainsAnyExceptInRange('0', '9') ? NumberEnd(text, end) : -1,
            _ => end,
        };
    }

    /// <summary>With where it leads to, if it does; -1 within a word or a number.</summary>
    private static int NumberEnd(string text, int bracket)
    {
        char behind = bracket + 1 < text.Length ? text[bracket + 1] : ' ';
        return char.IsLetterOrDigit(behind) ? -1 : behind is '(' ? text.IndexOf(')', bracket) : bracket;
    }

    /// <summary>
    /// Behind the address that begins there, without the sentence's own marks; -1 where none does. Chinese goes on without a blank.
    /// </summary>
    private static int AddressEnd(string text, int at)
    {
        if (!text.AsSpan(at).StartsWith("http://") && !text.AsSpan(at).StartsWith("https://")) return -1;
        int to = at;
        while (to < text.Length && text[to] is > ' ' and <= '~' and not ('"' or '<' or '>' or '`' or '*')) to++;
        while (to > at && text[to - 1] is '.' or ',' or ';' or ':' or '?' or '!' or ')' or '\'') to--;
        return to;
    }

    private static string HostOf(ReadOnlySpan<char> address)
    {
        var host = address[(address.IndexOf('/') + 1)..].TrimStart('/');
        int end = host.IndexOfAny('/', '?', '#');
        if (end >= 0) host = host[..end];
        host = host[(host.LastIndexOf('@') + 1)..];
        int port = host.LastIndexOf(':');
        if (port >= 0) host = host[..port];
        return host.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? host[4..].ToString() : host.ToString();
    }

    /// <summary>Of HTML, of markup for voices, or of a model's own; -1 where there is none.</summary>
    private static int TagEnd(string text, int at)
    {
        if (at + 1 == text.Length || !(char.IsAsciiLetter(text[at + 1]) || text[at + 1] is '/' or '|' or '｜')) return -1;
        int end = text.IndexOf('>', at);
        return end > at && end - at < LongestTag && !text.AsSpan(at + 1, end - at).ContainsAny('<', '@', '\n') ? end : -1;
    }

    private static bool IsForEyes(Rune rune) =>
        rune.Value is '*' or '`' or '_' or '~' or '|' or Joiner
            or (>= 0x2190 and <= 0x21FF) or (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F000 and <= 0x1FAFF)
            // Around the digit of an emoji, and behind the flag of one; where a line may break, and which way it is written.
            or 0x20E3 or (>= 0xE0000 and <= 0xE01EF) or 0xAD or 0x200B or 0x200E or 0x200F or (>= 0x202A and <= 0x202E)
            or (>= 0x2060 and <= 0x206F) or 0xFEFF
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol && rune.Value >= 0x2190 && !IsUnit(rune)
        || Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune);

    /// <summary>Japanese and Korean have one sign for some words: 120㎡, 5㎏, ㈜.</summary>
    private static bool IsUnit(Rune rune) => rune.Value is >= 0x3200 and <= 0x33FF;

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
