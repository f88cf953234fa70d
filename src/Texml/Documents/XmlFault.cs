using System.Xml;

namespace Ringwright.Texml.Documents;

/// <summary>
/// What keeps a text from being XML, in words for whoever wrote it: of the mistakes that are made most, what the parser says helps nobody.
/// </summary>
internal static class XmlFault
{
    /// <summary>How the parser's sentence on its place begins, which is told beside it.</summary>
    private const string Place = " Line ", DocumentType = "<!DOCTYPE";

    /// <param name="bad">What the parser says of the text.</param>
    public static TexmlException Of(XmlException bad, string text)
    {
        string said = bad.Message;
        // Of this one it tells no place.
        if (said.Contains("DTD is prohibited", StringComparison.Ordinal))
            return new($"It has a document type ({DocumentType} ...>), which no document may have.",
                PlaceOf(text, Math.Max(0, text.IndexOf(DocumentType, StringComparison.Ordinal))));
        var at = new TexmlPlace(Math.Max(1, bad.LineNumber), Math.Max(1, bad.LinePosition));
        // The one where no name follows, the other where no semicolon does.
        if (said.Contains("parsing EntityName", StringComparison.Ordinal)
            || said.Contains("expected token is ';'", StringComparison.Ordinal))
            return new($"A bare & stands{Within(text, at)}: write &amp;, in a URL too.", at);
        if (said.Contains("undeclared entity", StringComparison.Ordinal) && said.Split('\'') is [_, var name, ..])
            return new($"&{name}; stands{Within(text, at)}, and XML knows &amp;, &lt;, &gt;, &quot; and &apos; alone.", at);
        int end = said.IndexOf(Place, StringComparison.Ordinal);
        return new(end > 0 ? said[..end] : said, at);
    }

    private static TexmlPlace PlaceOf(string text, int offset)
    {
        var before = text.AsSpan(0, offset);
        return new(before.Count('\n') + 1, offset - before.LastIndexOf('\n'));
    }

    /// <summary>" in Say", by the tag that begins last before a place; nothing where that is none, or the end of one.</summary>
    private static string Within(string text, TexmlPlace at)
    {
        int offset = 0;
        for (int line = 1; line < at.Line; line++)
        {
            int end = text.IndexOf('\n', offset);
            if (end < 0) return "";
            offset = end + 1;
        }
        offset = Math.Min(offset + at.Column - 1, text.Length);
        int tag = text.AsSpan(0, offset).LastIndexOf('<');
        if (tag < 0) return "";
        var rest = text.AsSpan(tag + 1);
        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] is ':' or '-' or '_')) length++;
        return length == 0 ? "" : $" in {rest[..length]}";
    }
}
