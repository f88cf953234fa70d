using System.Text;
using Ringwright.Texml.Documents;

namespace Ringwright.Contract.Reference;

/// <summary>Writes the page of verbs from <c>contracts/texml</c>.</summary>
internal static class TexmlPage
{
    public static string Write()
    {
        var text = new StringBuilder("""
            # Verbs of documents

            What may stand in a document that [answers calls](../how-to/answer-calls-with-documents.md). What is not listed, is out of its range, or does nothing yet, is a
            warning in the call's trace, and the default holds. Written from `contracts/texml`.

            """);
        foreach (var element in TexmlSheet.Elements.Values.OrderBy(e => e.Name, StringComparer.Ordinal)) Write(text, element);
        return text.Append(WriteTwiml()).ToString();
    }

    /// <summary>The other language's, where it has another default, other values, or none of the kind.</summary>
    private static string WriteTwiml()
    {
        var text = new StringBuilder("""

            ## Where TwiML differs

            Documents of [calls that speak TwiML](../how-to/point-the-twilio-sdk-here.md) have these otherwise; the rest is the same.

            | element | attribute | values | default |
            |---|---|---|---|

            """);
        foreach (var row in TexmlSheet.TwimlAttributes.Values.OrderBy(a => a.Element, StringComparer.Ordinal)
            .ThenBy(a => a.Name, StringComparer.Ordinal))
        {
            var texml = TexmlSheet.Attributes[(row.Element, row.Name)];
            if (row == texml) continue;
            string usual = row.Default is null ? "there is no such attribute" : row.Lacks.Length > 0
                ? $"does nothing yet: there are no {row.Lacks}" : row.Default.Length > 0 ? $"`{row.Default}`" : "–";
            text.Append($"| {row.Element} | `{row.Name}` | {row.Values.Replace("|", "\\|", StringComparison.Ordinal)} | {usual} |\n");
        }
        return text.ToString();
    }

    private static void Write(StringBuilder text, ElementRow element)
    {
        text.Append($"\n## {element.Name}\n\n{Sentence(element)}\n");
        var rows = TexmlSheet.Attributes.Values.Where(a => a.Element == element.Name && a.Default is not null)
            .OrderBy(a => a.Name, StringComparer.Ordinal).ToList();
        if (rows.Count == 0) return;
        text.Append("\n| attribute | values | default | |\n|---|---|---|---|\n");
        foreach (var row in rows)
        {
            string what = row.Lacks.Length > 0 ? $"does nothing yet: there are no {row.Lacks}" : row.What;
            text.Append($"| `{row.Name}` | {row.Values.Replace("|", "\\|", StringComparison.Ordinal)} "
                + $"| {(row.Default!.Length > 0 ? $"`{row.Default}`" : "–")} | {what} |\n");
        }
    }

    private static string Sentence(ElementRow element)
    {
        string within = element.Text is "none" ? "" : $"Its text is {element.Text.Replace(": ", ", ", StringComparison.Ordinal)}.";
        string children = element.Children switch
        {
            [] => "",
            ["*"] => "Speech markup (SSML) may stand in it.",
            var names => $"In it may stand {string.Join(", ", names)}.",
        };
        string all = $"{within} {children}".Trim();
        return all.Length > 0 ? all : "It is empty.";
    }
}
