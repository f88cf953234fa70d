using System.Text.RegularExpressions;
using Ringwright.Core;

namespace Ringwright.Texml.Documents;

/// <summary>
/// Variables that a document takes from answers to its own requests: what stands for them is kept when the document is filled with the
/// parameters of its request, and filled in verb by verb as it runs.
/// </summary>
internal static partial class TexmlVariables
{
    /// <summary>In a document that is text still.</summary>
    public static IEnumerable<string> DeclaredIn(string text) => Value().Matches(text).Select(found => found.Groups[1].Value);

    /// <summary>In one that is read.</summary>
    public static IReadOnlySet<string> DeclaredIn(TexmlElement root) => root.Children.Where(child => child.Name is "HttpRequest")
        .SelectMany(request => Below(request, "Response", "Content", "Field", "Value")).Select(value => value.Text)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>The same element with what is known of them; those that are not are empty.</summary>
    public static TexmlElement Fill(TexmlElement element, IReadOnlySet<string> declared, IReadOnlyDictionary<string, string> known)
    {
        if (declared.Count == 0) return element;
        return element with
        {
            Attributes = [.. element.Attributes.Select(attribute => attribute with { Value = Filled(attribute.Value, isXml: false) })],
            Children = [.. element.Children.Select(child => Fill(child, declared, known))],
            Text = Filled(element.Text, isXml: false),
            OwnText = Filled(element.OwnText, isXml: false),
            Inner = Filled(element.Inner, isXml: true),
        };

        string Filled(string text, bool isXml) => !text.Contains("{{", StringComparison.Ordinal) ? text : Tag().Replace(text, tag =>
        {
            string name = tag.Groups[1].Value;
            if (!declared.Contains(name)) return tag.Value;
            string value = known.GetValueOrDefault(name, "");
            return isXml ? TexmlReader.Escape(value) : value;
        });
    }

    /// <summary>
    /// A parameter with which a document is filled: by being named so, or saying so, no caller has a variable stand in its place later,
    /// nor by two of them that stand side by side.
    /// </summary>
    public static string WithoutTags(string value, IReadOnlySet<string> declared)
    {
        if (declared.Count == 0 || !value.Contains('{', StringComparison.Ordinal)) return value;
        string apart = TextMark.Unmarked(value);
        // Behind its end another may stand. A space would not part them: elements are read without those around their text.
        int end = apart.Length;
        while (end > 0 && (apart[end - 1] is '{' || char.IsWhiteSpace(apart[end - 1]))) end--;
        return apart.IndexOf('{', end) < 0 ? apart : apart[..end];
    }

    private static IEnumerable<TexmlElement> Below(TexmlElement element, params ReadOnlySpan<string> path)
    {
        IEnumerable<TexmlElement> found = [element];
        foreach (string name in path) found = found.SelectMany(one => one.Children.Where(child => child.Name == name));
        return found;
    }

    [GeneratedRegex(@"<Value>\s*([A-Za-z_][A-Za-z0-9_]{0,63})\s*</Value>")]
    private static partial Regex Value();

    [GeneratedRegex(@"\{\{\{?\s*([A-Za-z_][A-Za-z0-9_]{0,63})\s*\}?\}\}")]
    private static partial Regex Tag();
}
