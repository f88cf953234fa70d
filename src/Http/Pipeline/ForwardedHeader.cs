using System.Text;

namespace Ringwright.Http;

/// <summary>The header <c>Forwarded</c> (RFC 7239 section 4): each proxy adds, on the right, by whom it was asked.</summary>
internal static class ForwardedHeader
{
    /// <summary>
    /// What each hop says of whom it was asked by, the nearest last: "203.0.113.7:4711", "[2001:db8::9]", "unknown". Null for a hop that
    /// does not say it. A line that cannot be read ends with null: behind an open quotation mark nothing is what it looks like.
    /// </summary>
    /// <param name="line">Of several lines one; no quoted text goes on in the next.</param>
    public static IReadOnlyList<string?> HopsOf(string line)
    {
        var hops = new List<string?>();
        string? asker = null;
        int at = 0;
        while (true)
        {
            if (ReadPair(line, ref at) is not var (name, value)) return [.. hops, null];
            if (name.Equals("for", StringComparison.OrdinalIgnoreCase))
            {
                if (asker is not null) return [.. hops, null];
                asker = value;
            }
            char end = at < line.Length ? line[at++] : '\0';
            if (end is ';') continue;
            hops.Add(asker);
            asker = null;
            if (end is not ',') return hops;
        }
    }

    /// <summary>
    /// One pair, and stops at the semicolon, the comma or the end behind it. Both empty where nothing stands between two of these; null for
    /// what is no pair.
    /// </summary>
    private static (string Name, string Value)? ReadPair(string line, ref int at)
    {
        SkipBlanks(line, ref at);
        int begin = at;
        while (at < line.Length && line[at] is not ('=' or ';' or ',' or '"' or ' ' or '\t')) at++;
        string name = line[begin..at];
        if (name.Length == 0) return IsEnd(line, at) ? ("", "") : null;
        if (at == line.Length || line[at++] is not '=') return null;
        string? value = at < line.Length && line[at] is '"' ? ReadQuoted(line, ref at) : ReadToken(line, ref at);
        SkipBlanks(line, ref at);
        return value is { Length: > 0 } && IsEnd(line, at) ? (name, value) : null;
    }

    private static string ReadToken(string line, ref int at)
    {
        int begin = at;
        while (at < line.Length && line[at] is not (';' or ',' or '"' or ' ' or '\t')) at++;
        return line[begin..at];
    }

    private static string? ReadQuoted(string line, ref int at)
    {
        var text = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] is '"')
            {
                at++;
                return text.ToString();
            }
            if (line[at] is '\\' && ++at == line.Length) return null;
            text.Append(line[at]);
        }
        return null;
    }

    private static bool IsEnd(string line, int at) => at == line.Length || line[at] is ';' or ',';

    private static void SkipBlanks(string line, ref int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t') at++;
    }
}
