using System.Text.RegularExpressions;

namespace Ringwright.Architecture;

/// <summary>The links of a page and the anchors that others may link to; what is fenced or code has none.</summary>
internal sealed partial class MarkdownPage
{
    private readonly HashSet<string> _anchors = new(StringComparer.Ordinal);

    public MarkdownPage(IEnumerable<string> lines)
    {
        var links = new List<(int, string)>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        bool isFenced = false;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            bool isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isFenced ^= isFence;
            if (isFenced || isFence) continue;
            string plain = Code().Replace(line, code => new('x', code.Length));
            links.AddRange(Link().Matches(plain).Select(link => (number, line.Substring(link.Groups[1].Index, link.Groups[1].Length))));
            if (Heading().Match(line) is not { Success: true } heading) continue;
            string anchor = Anchor(heading.Groups[1].Value);
            int before = seen.GetValueOrDefault(anchor);
            seen[anchor] = before + 1;
            // The second heading of one text has a number behind it.
            _anchors.Add(before == 0 ? anchor : $"{anchor}-{before}");
        }
        Links = links;
    }

    /// <summary>Each with its line, from 1, and as it is written.</summary>
    public IReadOnlyList<(int Line, string Target)> Links { get; }

    public bool HasAnchor(string anchor) => _anchors.Contains(anchor);

    /// <summary>As who shows pages makes it of a heading: letters, digits, - and _ in lower case, a hyphen for each space.</summary>
    internal static string Anchor(string heading)
    {
        string text = Linked().Replace(heading.Trim(), "$1").ToLowerInvariant();
        return string.Concat(text.Where(c => char.IsLetterOrDigit(c) || c is '-' or '_' or ' ')).Replace(' ', '-');
    }

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex Code();

    /// <summary>A target may hold a pair of parentheses.</summary>
    [GeneratedRegex(@"\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Linked();

    [GeneratedRegex("^#{1,6} +(.*?)(?: +#+)?$")]
    private static partial Regex Heading();
}
