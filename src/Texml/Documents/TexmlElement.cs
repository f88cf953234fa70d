using System.Globalization;
using System.Text.RegularExpressions;

namespace Ringwright.Texml.Documents;

/// <summary>A place in a document's text, both from 1.</summary>
public readonly partial record struct TexmlPlace(int Line, int Column)
{
    public override string ToString() => $"line {Line}, column {Column}";

    /// <summary>The line of the last place that a sentence has in brackets; null when it has none.</summary>
    public static int? LineIn(string sentence) => InBrackets().Match(sentence) is { Success: true } place
        ? int.Parse(place.Groups["line"].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"\(line (?<line>[0-9]{1,7}), column [0-9]{1,7}\)", RegexOptions.RightToLeft)]
    private static partial Regex InBrackets();
}

/// <summary>One attribute as it was written.</summary>
public sealed record TexmlAttribute(string Name, string Value, TexmlPlace At);

/// <summary>One element of a document.</summary>
public sealed record TexmlElement(string Name, TexmlPlace At)
{
    public IReadOnlyList<TexmlAttribute> Attributes { get; init; } = [];
    public IReadOnlyList<TexmlElement> Children { get; init; } = [];
    /// <summary>Its own text and that of all within, without white space around it.</summary>
    public string Text { get; init; } = "";
    /// <summary>The same without what is within its children.</summary>
    public string OwnText { get; init; } = "";
    /// <summary>All within, as XML: for speech that is marked up.</summary>
    public string Inner { get; init; } = "";

    /// <summary>Null when it is not there.</summary>
    public string? this[string name] => Attributes.FirstOrDefault(attribute => attribute.Name == name)?.Value;
}

/// <summary>Why a text is no document.</summary>
/// <param name="Message">A sentence for whoever wrote it.</param>
public sealed class TexmlException(string message, TexmlPlace at) : Exception(message)
{
    public TexmlPlace At => at;

    /// <summary>What would have been one; null where the message says it.</summary>
    public string? Accepted { get; init; }
}
