using System.Globalization;
using System.Text.RegularExpressions;

namespace Ringwright.Agency;

/// <summary>What may stand in a brand: colours that white text can be read on, and style sheets that fetch nothing. Pure.</summary>
internal static partial class BrandText
{
    /// <summary>WCAG 2.2, section 1.4.3.</summary>
    private const double LeastContrast = 4.5;
    private const double Darker = 0.98;

    /// <summary>What a style sheet could fetch, run or end itself with.</summary>
    private static readonly string[] Forbidden = ["@import", "//", "\\", "</", "expression(", "javascript:", "http:", "https:"];

    /// <summary>The colour, made darker until white text on it has a contrast of 4.5 to 1.</summary>
    /// <param name="colour">As <c>#1a2b3c</c>.</param>
    public static string Readable(string colour)
    {
        var parts = PartsOf(colour);
        // White itself, darkened step by step, is dark enough long before this ends.
        while (1.05 / (LuminanceOf(parts) + 0.05) < LeastContrast) parts = (parts.R * Darker, parts.G * Darker, parts.B * Darker);
        return string.Create(CultureInfo.InvariantCulture, $"#{(int)parts.R:x2}{(int)parts.G:x2}{(int)parts.B:x2}");
    }

    /// <summary>Why a style sheet is not taken; null when it is.</summary>
    public static string? StyleFault(string css)
    {
        // Twice: what looks like a comment may stand in a text or an address, and be none; and a comment may part a word.
        string plain = css + "\n" + Comment().Replace(css, "");
        if (Forbidden.FirstOrDefault(one => plain.Contains(one, StringComparison.OrdinalIgnoreCase)) is { } word)
            return $"custom_css may not have '{word}': it loads nothing from elsewhere, and runs nothing.";
        return Address().Matches(plain).Any(match => !match.Groups["to"].Value.StartsWith('/'))
            ? "custom_css has url() of paths alone, which begin with '/'." : null;
    }

    private static (double R, double G, double B) PartsOf(string colour)
    {
        int Part(int at) => int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (Part(1), Part(3), Part(5));
    }

    private static double LuminanceOf((double R, double G, double B) colour)
    {
        static double Linear(double part) =>
            part / 255 <= 0.04045 ? part / 255 / 12.92 : Math.Pow((part / 255 + 0.055) / 1.055, 2.4);
        return 0.2126 * Linear(Math.Truncate(colour.R)) + 0.7152 * Linear(Math.Truncate(colour.G))
            + 0.0722 * Linear(Math.Truncate(colour.B));
    }

    [GeneratedRegex(@"/\*.*?(\*/|$)", RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(url|src|image|image-set)\s*\(\s*[""']?\s*(?<to>[^""')\s]*)", RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Address();
}
