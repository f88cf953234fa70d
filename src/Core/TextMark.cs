using System.Buffers;

namespace Ringwright.Core;

/// <summary>
/// What stands in a text between its braces, as in <c>{{name}}</c>: a name, and maybe what is said where nothing is known by it, as
/// templates of other services have it: <c>name | default: "there"</c>, <c>name|default('there')</c>, <c>name || "there"</c>,
/// <c>name ?? "there"</c>. What else stands behind a bar changes nothing. Pure.
/// </summary>
public static class TextMark
{
    private const string Opening = "\"'“‘„", Closing = "\"'”’“", Signs = " |?:(", Default = "default";

    private static readonly SearchValues<char> Quotes = SearchValues.Create(Opening);

    /// <summary>What stands in its place; empty where nothing is known, and nothing is said of that.</summary>
    /// <param name="mark">All between the braces.</param>
    /// <param name="find">Knows names; null where it does not. An empty value is as good as none.</param>
    public static string ValueOf(string mark, Func<string, string?> find)
    {
        string whole = mark.Trim();
        // A column of somebody's list may have a bar in its name.
        if (find(whole) is { Length: > 0 } named) return named;
        var (name, fallback) = Read(whole);
        return find(name) is { Length: > 0 } value ? value : fallback ?? "";
    }

    /// <summary>A text that is no template, as it may stand in one: with a space between braces that would open a mark.</summary>
    public static string Unmarked(string text)
    {
        const string open = "{{", apart = "{ {";
        // The second time for three in a row, of which the first leaves two.
        return text.Replace(open, apart, StringComparison.Ordinal).Replace(open, apart, StringComparison.Ordinal);
    }

    /// <summary>The name, and what stands there where nothing is known by it; null where nothing is said of that.</summary>
    /// <param name="mark">All between the braces.</param>
    public static (string Name, string? Fallback) Read(string mark)
    {
        int bar = mark.IndexOf('|', StringComparison.Ordinal), doubt = mark.IndexOf("??", StringComparison.Ordinal);
        int end = bar < 0 || doubt >= 0 && doubt < bar ? doubt : bar;
        if (end < 0) return (mark.Trim(), null);
        string name = mark[..end].Trim();
        var behind = mark.AsSpan(end);
        int open = behind.IndexOfAny(Quotes);
        if (open < 0) return (name, null);
        // Of another filter, such as that of a date, the quotes are its own.
        var filter = behind[..open].Trim(Signs);
        if (!filter.IsEmpty && !filter.EndsWith(Default, StringComparison.OrdinalIgnoreCase)) return (name, null);
        var said = behind[(open + 1)..];
        int close = said.IndexOf(Closing[Opening.IndexOf(behind[open], StringComparison.Ordinal)]);
        return (name, close < 0 ? null : said[..close].ToString());
    }
}
