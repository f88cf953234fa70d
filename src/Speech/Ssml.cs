using System.Collections.Frozen;
using System.Net;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Ringwright.Speech;

/// <summary>Makes SSML harmless for a provider that reads it, and plain text for one that does not.</summary>
internal static partial class Ssml
{
    /// <summary>
    /// What may reach a provider, with the attributes that may. Everything else loses its tags and keeps its words:
    /// espeak-ng, for one, would open local files for an audio element.
    /// </summary>
    private static readonly FrozenDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["speak"] = ["xml:lang"],
        ["p"] = ["xml:lang"],
        ["s"] = ["xml:lang"],
        ["lang"] = ["xml:lang"],
        ["voice"] = ["xml:lang", "gender"],
        ["break"] = ["time", "strength"],
        ["prosody"] = ["rate", "pitch", "range", "volume"],
        ["emphasis"] = ["level"],
        ["say-as"] = ["interpret-as", "format", "detail"],
        ["sub"] = ["alias"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>As clients write them by the names of their own types: <c>SayAs</c>, <c>Break</c>.</summary>
    private static readonly FrozenDictionary<string, string> Spellings = Allowed.Keys
        .ToFrozenDictionary(static name => name.Replace("-", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The same markup with harmless elements only. False when it is not well formed, but for an &amp; or a &lt; that stands for itself;
    /// then there is only <see cref="ToText"/>.
    /// </summary>
    public static bool TryClean(string ssml, out string clean)
    {
        // Hardly anybody writes a sign that stands for itself as XML has it: as it came, and else with these escaped.
        string? cleaned = Cleaned(ssml) ?? Cleaned(Lone().Replace(ssml, sign => sign.Value is "&" ? "&amp;" : "&lt;"));
        clean = cleaned ?? "";
        return cleaned is not null;
    }

    private static string? Cleaned(string ssml)
    {
        var text = new StringBuilder(ssml.Length);
        try
        {
            using var reader = Open(ssml);
            while (reader.Read())
            {
                string? kept = reader.Depth > 0 ? KnownName(reader.Name) : null;
                switch (reader.NodeType)
                {
                    case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                        text.Append(SecurityElement.Escape(ForXml(reader.Value)));
                        break;
                    case XmlNodeType.EntityReference:
                        text.Append(SecurityElement.Escape(Character(reader)));
                        break;
                    case XmlNodeType.Element when kept is not null:
                        WriteStart(reader, kept, text);
                        break;
                    case XmlNodeType.EndElement when kept is not null:
                        text.Append("</").Append(kept).Append('>');
                        break;
                }
            }
        }
        catch (XmlException)
        {
            return null;
        }
        return text.ToString();
    }

    /// <summary>The harmless part as nodes without a root, for who wraps them in their own; null when it is not well formed.</summary>
    public static XNode[]? Parse(string ssml)
    {
        if (!TryClean(ssml, out string clean)) return null;
        var root = XElement.Parse($"<speak>{clean}</speak>", LoadOptions.PreserveWhitespace);
        foreach (var nested in root.Descendants("speak").ToList()) nested.ReplaceWith(nested.Nodes());
        return [.. root.Nodes()];
    }

    /// <summary>The words alone; of broken markup too.</summary>
    public static string ToText(string ssml)
    {
        try
        {
            var text = new StringBuilder();
            using var reader = Open(ssml);
            while (reader.Read())
            {
                if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) text.Append(reader.Value);
                else if (reader.NodeType is XmlNodeType.EntityReference) text.Append(Character(reader));
                else if (reader.NodeType is XmlNodeType.Element or XmlNodeType.EndElement or XmlNodeType.Whitespace) text.Append(' ');
            }
            return Spaces().Replace(text.ToString(), " ").Trim();
        }
        catch (XmlException)
        {
            return Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(ssml, " ")), " ").Trim();
        }
    }

    /// <summary>With blanks in place of signs that XML cannot have, such as those of word processors for an end of a line.</summary>
    public static string ForXml(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            kept.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? " " : rune.ToString());
        return kept.ToString();
    }

    /// <summary>
    /// Inside one element of ours, so that a text without a root is well formed; prefixes (amazon:effect) need no declaration.
    /// </summary>
    private static XmlTextReader Open(string ssml) => new(new StringReader($"<t>{Declaration().Replace(ssml, "")}</t>"))
    {
        Namespaces = false,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
    };

    /// <summary>
    /// XML knows five names of characters; what comes from web pages has those of HTML too. Any other is left as it was written.
    /// </summary>
    private static string Character(XmlTextReader reader) => WebUtility.HtmlDecode($"&{reader.Name};");

    /// <summary>Null for an element that loses its tags.</summary>
    private static string? KnownName(string written) =>
        Allowed.ContainsKey(written) ? written : Spellings.GetValueOrDefault(written);

    private static void WriteStart(XmlTextReader reader, string element, StringBuilder text)
    {
        text.Append('<').Append(element);
        foreach (string name in Allowed[element])
            if (AttributeOf(reader, name) is { } value && Value().IsMatch(value))
                text.Append(' ').Append(name).Append("=\"").Append(SecurityElement.Escape(ForXml(value))).Append('"');
        text.Append(reader.IsEmptyElement ? "/>" : ">");
    }

    /// <summary>Under the name that the same clients write, too; what a date's format is they call its role.</summary>
    private static string? AttributeOf(XmlTextReader reader, string name) => reader.GetAttribute(name) ?? name switch
    {
        "interpret-as" => reader.GetAttribute("interpretAs"),
        "xml:lang" => reader.GetAttribute("xmlLang"),
        "format" => reader.GetAttribute("role"),
        _ => null,
    };

    [GeneratedRegex(@"^\s*<\?xml[^>]*\?>")]
    private static partial Regex Declaration();

    [GeneratedRegex("&(?!#[0-9]+;|#x[0-9A-Fa-f]+;|[A-Za-z][A-Za-z0-9]*;)|<(?![A-Za-z/!?])")]
    private static partial Regex Lone();

    // A sign that stands for itself, as in "3 < 5", takes no words with it.
    [GeneratedRegex("<[!?][^>]*>|<[A-Za-z/][^<>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    // Numbers with units, words, tags; and an alias is any text without a path in it.
    [GeneratedRegex(@"^[^/\\\x00-\x1F]{0,500}$")]
    private static partial Regex Value();
}
