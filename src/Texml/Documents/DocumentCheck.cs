using Ringwright.Texml.Run;

namespace Ringwright.Texml.Documents;

/// <summary>One thing in a document that is wrong, or that does nothing on this node.</summary>
/// <param name="IsError">Wrong; else only without effect.</param>
/// <param name="Accepted">What would be accepted there; null where that is said already.</param>
public sealed record DocumentFinding(TexmlPlace At, bool IsError, string What, string? Accepted = null);

/// <summary>
/// Says what is wrong with a document before a call finds out: it is read by the reader, and judged by the sheet, that calls go by.
/// </summary>
public static class DocumentCheck
{
    private const string Anything = "*";

    /// <summary>What may stand for a parameter while nobody has called.</summary>
    private static readonly KeyValuePair<string, string>[] Parameters = [new("From", "+15550000001"), new("To", "+15550100000")];

    /// <param name="contentType">As a server told it; null for a file.</param>
    public static IReadOnlyList<DocumentFinding> Check(ReadOnlySpan<byte> bytes, string? contentType, DocumentLanguage language)
    {
        try
        {
            if (bytes.Length > Limits.DocumentBytes)
                throw new TexmlException($"It has {bytes.Length} bytes.", new(1, 1)) { Accepted = $"{Limits.DocumentBytes} bytes at most" };
            return Check(TexmlText.Decode(bytes, contentType), language);
        }
        catch (TexmlException bad)
        {
            return [new(bad.At, IsError: true, bad.Message, bad.Accepted)];
        }
    }

    /// <summary>Why a text is no document; null when it is one. What a template makes is known only when it is filled.</summary>
    public static string? FaultOf(string text)
    {
        try
        {
            _ = Read(text);
            return null;
        }
        catch (TexmlException bad)
        {
            return $"{bad.Message.TrimEnd('.')} ({bad.At}).";
        }
    }

    /// <summary>As it stands, for its writer knows those places; where only the filled template is XML, as that one stands.</summary>
    private static TexmlElement Read(string text)
    {
        string filled = TexmlTemplate.Render(text, Parameters);
        if (ReferenceEquals(filled, text)) return TexmlReader.Read(text);
        try
        {
            return TexmlReader.Read(text);
        }
        catch (TexmlException)
        {
            return TexmlReader.Read(filled);
        }
    }

    private static List<DocumentFinding> Check(string text, DocumentLanguage language)
    {
        var findings = new List<DocumentFinding>();
        var root = Read(text);
        Judge(root, TexmlSheet.Elements[root.Name], language, findings);
        return [.. findings.OrderBy(finding => finding.At.Line).ThenBy(finding => finding.At.Column)];
    }

    private static void Judge(TexmlElement element, ElementRow row, DocumentLanguage language, List<DocumentFinding> findings)
    {
        foreach (var attribute in element.Attributes)
        {
            var known = LanguageSheet.Find(language, element.Name, attribute.Name);
            if (AttributeFault.Of(known, element.Name, attribute, isFilled: false) is not { } fault) continue;
            findings.Add(new(attribute.At, fault.IsWrong, fault.What,
                known is null ? ListOf(LanguageSheet.NamesOf(language, element.Name), "no attributes") : null));
        }
        JudgeText(element, row, findings);
        if (row.Children.Contains(Anything)) return;
        foreach (var child in element.Children)
        {
            if (TexmlPlaces.RowOf(row, child.Name) is { } own) Judge(child, own, language, findings);
            else
                findings.Add(new(child.At, IsError: true,
                    TexmlSheet.Elements.ContainsKey(child.Name) ? $"{child.Name} cannot stand in {element.Name}"
                        : $"{child.Name} is no element",
                    ListOf(row.Children, "nothing")));
        }
    }

    private static void JudgeText(TexmlElement element, ElementRow row, List<DocumentFinding> findings)
    {
        string[] rule = row.Text.Split(": ", 2);
        if (rule[0] is "required" && element.Text.Length == 0 && !(element.Name is "Say" && SpokenPause.Of(element) is not null))
            findings.Add(new(element.At, IsError: true, $"{element.Name} is empty", rule[1]));
        // Sections of a template stand between elements.
        else if (rule[0] is "none" && element.OwnText.Length > 0 && !element.OwnText.Contains("{{", StringComparison.Ordinal))
            findings.Add(new(element.At, IsError: true, $"{element.Name} has text that is not for anything",
                ListOf(row.Children, "nothing")));
    }

    private static string ListOf(IEnumerable<string> names, string none) =>
        string.Join(", ", names) is { Length: > 0 } list ? list : none;
}
