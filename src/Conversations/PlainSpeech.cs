using System.Globalization;
using System.Text;

namespace Ringwright.Conversations;

/// <summary>
/// Takes out of a text what is meant for eyes: marks of Markdown, code between fences, where links lead to, emoji. One for each answer,
/// since a fence may be open from one piece to the next.
/// </summary>
public sealed class PlainSpeech
{
    private const string Fence = "```";

    private bool _isInFence;

    /// <summary>The next piece as it is said, on one line; empty when all of it was for eyes.</summary>
    public string Take(string text)
    {
        var plain = new StringBuilder();
        string[] parts = text.Split(Fence);
        for (int i = 0; i < parts.Length; i++)
        {
            if (i > 0) _isInFence = !_isInFence;
            if (!_isInFence) Append(plain, WithoutLinks(parts[i]));
        }
        return OneLine(plain);
    }

    private static void Append(StringBuilder into, string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string said = line.TrimStart().TrimStart('#', '>').TrimStart();
            if (said is ['-' or '+' or '*', ' ', ..]) said = said[2..];
            into.Append(' ');
            foreach (var rune in said.EnumerateRunes())
                if (!IsForEyes(rune)) into.Append(rune.ToString());
        }
    }

    /// <summary>[what is said](where it leads): the first alone. A bare address is left out.</summary>
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
            else kept.Append(text[i]);
        }
        return kept.ToString();
    }

    private static bool IsForEyes(Rune rune) =>
        rune.Value is '*' or '`' or '_' or '~' or '|' or 0x200D or (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F000 and <= 0x1FAFF)
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
