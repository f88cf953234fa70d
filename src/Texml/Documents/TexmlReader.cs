using System.Text;
using System.Xml;
using Ringwright.Telnyx.Texml;

namespace Ringwright.Texml.Documents;

/// <summary>
/// Reads a document. There is no document type, so no entity but the five of XML, and nothing outside is ever asked for.
/// </summary>
public static class TexmlReader
{
    public const int MostCharacters = 512 * 1024, MostElements = 2_000, MostDepth = 16;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostCharacters, IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <returns>The root, which is a Response.</returns>
    /// <exception cref="TexmlException">It is no document, or larger than one may be.</exception>
    public static TexmlElement Read(string text)
    {
        text = text.TrimStart('\uFEFF');
        if (DeclarationBehindBlank(text) is { } place)
            throw new TexmlException("Something blank stands before the XML declaration, which must be the first of a document.", place);
        // A declaration that names another encoding than the bytes had: they are read already.
        using var reader = XmlReader.Create(new StringReader(text), Settings, SpeechPrefixes.Declare());
        try
        {
            reader.MoveToContent();
            if (reader.NodeType is not XmlNodeType.Element) throw new TexmlException("It has no root element.", new(1, 1));
            int left = MostElements;
            var root = ReadElement(reader, ref left);
            while (reader.Read())
                if (reader.NodeType is not (XmlNodeType.Whitespace or XmlNodeType.None))
                    throw new TexmlException("Something follows the root element.", PlaceOf(reader));
            if (root.Name == "Response") return root;
            throw new TexmlException($"The root is {root.Name}, and not Response.", root.At) { Accepted = "Response" };
        }
        catch (XmlException bad)
        {
            throw XmlFault.Of(bad, text);
        }
    }

    /// <summary>XML allows nothing before it, and what the parser says of that helps nobody.</summary>
    private static TexmlPlace? DeclarationBehindBlank(string text)
    {
        string rest = text.TrimStart(' ', '\r', '\n', '\t');
        bool isBehind = rest.Length < text.Length && rest.StartsWith("<?xml", StringComparison.Ordinal)
            && rest.Length > 5 && char.IsWhiteSpace(rest[5]);
        if (!isBehind) return null;
        string blank = text[..^rest.Length];
        return new(blank.Count(c => c is '\n') + 1, blank.Length - blank.LastIndexOf('\n'));
    }

    private static TexmlElement ReadElement(XmlReader reader, ref int left)
    {
        var at = PlaceOf(reader);
        if (--left < 0) throw new TexmlException($"It has more than {MostElements} elements.", at);
        if (reader.Depth >= MostDepth) throw new TexmlException($"It is nested more than {MostDepth} deep.", at);
        string name = reader.LocalName;
        bool isEmpty = reader.IsEmptyElement;
        var attributes = new List<TexmlAttribute>(reader.AttributeCount);
        while (reader.MoveToNextAttribute())
            if (reader.Prefix is not "xmlns" && reader.Name is not "xmlns")
                // xml:lang is no lang: SSML has the one, and documents have neither.
                attributes.Add(new(reader.Prefix is "xml" ? reader.Name : reader.LocalName, reader.Value, PlaceOf(reader)));
        reader.MoveToElement();
        var children = new List<TexmlElement>();
        var (text, own, inner) = (new StringBuilder(), new StringBuilder(), new StringBuilder());
        while (!isEmpty && reader.Read() && reader.NodeType is not XmlNodeType.EndElement)
        {
            if (reader.NodeType is XmlNodeType.Element)
            {
                var child = ReadElement(reader, ref left);
                children.Add(child);
                text.Append(child.Text);
                Write(inner, child);
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace
                or XmlNodeType.Whitespace)
            {
                text.Append(reader.Value);
                own.Append(reader.Value);
                inner.Append(Escape(reader.Value));
            }
        }
        return new(name, at)
        {
            Attributes = attributes, Children = children, Text = text.ToString().Trim(), OwnText = own.ToString().Trim(),
            Inner = inner.ToString(),
        };
    }

    private static void Write(StringBuilder into, TexmlElement element)
    {
        into.Append('<').Append(element.Name);
        foreach (var attribute in element.Attributes)
            into.Append(' ').Append(attribute.Name).Append("=\"").Append(Escape(attribute.Value)).Append('"');
        into.Append('>').Append(element.Inner).Append("</").Append(element.Name).Append('>');
        if (into.Length > MostCharacters) throw new TexmlException("It is too large.", element.At);
    }

    /// <summary>Within an element or an attribute.</summary>
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal);

    private static TexmlPlace PlaceOf(XmlReader reader) =>
        reader is IXmlLineInfo info && info.HasLineInfo() ? new(info.LineNumber, info.LinePosition) : new(1, 1);
}
