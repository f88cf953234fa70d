using System.Collections.Frozen;
using System.Reflection;

namespace Ringwright.Texml.Documents;

/// <summary>What the contract says of one element: a row of <c>contracts/texml/elements.tsv</c>.</summary>
/// <param name="Text">"none", or "required: …" or "optional: …" with what it is.</param>
/// <param name="Children">Names; * alone is anything.</param>
public sealed record ElementRow(string Name, string Role, string Text, IReadOnlyList<string> Children);

/// <summary>What it says of one attribute: a row of <c>contracts/texml/attributes.tsv</c>.</summary>
/// <param name="Values">"text", "url", "method", "bool", "int: 1-9", "int: 0 5-9", "one: a b", "some: a b", "keys: 0-9".</param>
/// <param name="Default">In the language that is read; null where it has no such attribute.</param>
/// <param name="Lacks">Why it does nothing; empty when it acts.</param>
public sealed record AttributeRow(string Element, string Name, string Values, string? Default, string What, string Lacks);

/// <summary>The language as data.</summary>
public static class TexmlSheet
{
    public static readonly FrozenDictionary<string, ElementRow> Elements = Rows("elements.tsv")
        .Select(row => new ElementRow(row[0], row[1], row[2], row[3] is "-" ? [] : row[3].Split(' ')))
        .ToFrozenDictionary(row => row.Name, StringComparer.Ordinal);

    public static readonly FrozenDictionary<(string Element, string Name), AttributeRow> Attributes = Rows("attributes.tsv")
        .Select(row => new AttributeRow(row[0], row[1], row[2], row[3] is "–" ? null : row[3], row[5], row[6]))
        .ToFrozenDictionary(row => (row.Element, row.Name));

    /// <summary>The same as TwiML has them.</summary>
    public static readonly FrozenDictionary<(string Element, string Name), AttributeRow> TwimlAttributes = Rows("attributes.tsv")
        .Select(row => OfTwiml(Attributes[(row[0], row[1])], row[4])).ToFrozenDictionary(row => (row.Element, row.Name));

    /// <summary>Names that the vendor's SDKs write otherwise than its reference has them.</summary>
    private static readonly FrozenDictionary<(string Element, string Name), string> Spellings =
        ((string[])["backgroundNoiseReduction", "deepgramSmartFormat", "ignoreBackchannel", "speechTimeout"])
        .ToFrozenDictionary(name => ("ConversationRelay", name.ToLowerInvariant()));

    /// <summary>The name that the sheet has for an attribute of TwiML.</summary>
    public static string NameOf(string element, string written) => Spellings.GetValueOrDefault((element, written), written);

    public static FrozenDictionary<(string Element, string Name), AttributeRow> AttributesOf(bool isTwiml) =>
        isTwiml ? TwimlAttributes : Attributes;

    /// <param name="differs">Its column: "–" for none, a rule for values, maybe with "= DEFAULT" behind it, a default, or nothing.</param>
    private static AttributeRow OfTwiml(AttributeRow row, string differs)
    {
        if (differs is "–") return row with { Default = null };
        if (!differs.Contains(": ", StringComparison.Ordinal))
            return row with { Default = differs.Length > 0 ? differs : row.Default ?? "" };
        string[] parts = differs.Split(" = ", 2);
        return row with { Values = parts[0], Default = parts.Length > 1 ? parts[1] : row.Default ?? "" };
    }

    private static IEnumerable<string[]> Rows(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"texml/{name}")
            ?? throw new InvalidOperationException($"{name} is not in the program");
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t'))];
    }
}
