using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace Ringwright.Speech;

/// <summary>The words of an SSML text, for providers that do not read SSML.</summary>
internal static partial class Ssml
{
    public static string ToText(string ssml)
    {
        try
        {
            var text = new StringBuilder();
            using var reader = XmlReader.Create(new StringReader($"<t>{ssml}</t>"),
                new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true });
            while (reader.Read())
            {
                if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA) text.Append(reader.Value);
                else if (reader.NodeType is XmlNodeType.Element or XmlNodeType.EndElement or XmlNodeType.Whitespace) text.Append(' ');
            }
            return Spaces().Replace(text.ToString(), " ").Trim();
        }
        catch (XmlException)
        {
            return Spaces().Replace(Tags().Replace(ssml, " "), " ").Trim();     // broken markup still has words
        }
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
