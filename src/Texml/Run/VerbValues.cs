using System.Collections.Frozen;
using System.Globalization;
using Ringwright.Texml.Documents;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Run;

/// <summary>
/// The attributes of one element, read by the contract's sheet. What is not in it, does nothing, or is out of its range is told as a
/// warning, and the default holds.
/// </summary>
internal sealed class VerbValues
{
    private readonly TexmlElement _element;
    private readonly FrozenDictionary<(string Element, string Name), AttributeRow> _sheet;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    public VerbValues(TexmlElement element, bool isTwiml = false) : this(element, TexmlSheet.AttributesOf(isTwiml), isTwiml) { }

    /// <param name="sheet">Of documents that answer something else than calls.</param>
    public VerbValues(TexmlElement element, FrozenDictionary<(string Element, string Name), AttributeRow> sheet, bool isTwiml)
    {
        (_element, _sheet, IsTwiml) = (element, sheet, isTwiml);
        foreach (var attribute in element.Attributes)
        {
            string name = isTwiml ? TexmlSheet.NameOf(element.Name, attribute.Name) : attribute.Name;
            var row = _sheet.GetValueOrDefault((element.Name, name));
            if (AttributeFault.Of(row, element.Name, attribute, isFilled: true) is { } fault)
            {
                Warn(fault.What, attribute.At);
                // A word that nobody knows takes no other with it.
                if (row is { Lacks.Length: 0, Default: not null } && ValueRule.KnownOf(row, attribute.Value) is { } known)
                    _values[name] = known;
            }
            else _values[name] = ValueRule.Written(row!, attribute.Value.Trim());     // without a row there is a fault
        }
    }

    /// <summary>They are read as TwiML has them.</summary>
    public bool IsTwiml { get; }

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>As it was written, else the default; empty when there is none.</summary>
    public string Text(string name) =>
        _values.TryGetValue(name, out string? value) ? value : _sheet[(_element.Name, name)].Default ?? "";

    public string? Filled(string name) => Text(name) is { Length: > 0 } value ? value : null;

    public bool Has(string name) => _values.ContainsKey(name);

    public bool Flag(string name) => Text(name).Equals("true", StringComparison.OrdinalIgnoreCase);

    public int? Whole(string name) =>
        int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    public TimeSpan? Seconds(string name) => Whole(name) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public IReadOnlyList<string> Words(string name) => Text(name).Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries);

    public string Method(string name) => Text(name).Equals("GET", StringComparison.OrdinalIgnoreCase) ? "GET" : "POST";

    private void Warn(string what, TexmlPlace at) => _warnings.Add($"{what} ({at})");
}

/// <summary>Why an attribute is not carried out as it was written.</summary>
/// <param name="What">A sentence.</param>
/// <param name="IsWrong">Else it is right, and does nothing on this node.</param>
public sealed record AttributeFault(string What, bool IsWrong)
{
    /// <summary>Null when it acts.</summary>
    /// <param name="row">What the language says of it; null when nothing.</param>
    /// <param name="isFilled">Else what stands in braces is still to be filled in, and may be anything by then.</param>
    public static AttributeFault? Of(AttributeRow? row, string element, TexmlAttribute attribute, bool isFilled)
    {
        if (row?.Default is null) return new($"{attribute.Name} is no attribute of {element}", IsWrong: true);
        if (row.Lacks.Length > 0) return new($"{attribute.Name} does nothing: there are no {row.Lacks} yet", IsWrong: false);
        if (!isFilled && attribute.Value.Contains("{{", StringComparison.Ordinal)) return null;
        return ValueRule.FaultOf(row, attribute.Value) is { } fault ? new($"{attribute.Name} {fault}", IsWrong: true) : null;
    }
}

/// <summary>What values an attribute may have.</summary>
public static class ValueRule
{
    /// <summary>What is wrong with a value, as the end of a sentence; null when nothing is.</summary>
    public static string? FaultOf(AttributeRow row, string value)
    {
        value = value.Trim();
        string[] rule = row.Values.Split(": ", 2);
        string[] words = rule.Length > 1 ? rule[1].Split(' ') : [];
        return rule[0] switch
        {
            "bool" => value.Equals("true", StringComparison.OrdinalIgnoreCase) || value.Equals("false", StringComparison.OrdinalIgnoreCase)
                ? null : "is true or false",
            "method" => value.Equals("POST", StringComparison.OrdinalIgnoreCase) || value.Equals("GET", StringComparison.OrdinalIgnoreCase)
                ? null : "is POST or GET",
            "int" => words.Any(range => IsWithin(value, range)) ? null : $"is {string.Join(" or ", words.Select(Said))}",
            "one" => Find(words, value) is not null ? null : $"is one of {string.Join(", ", words)}",
            "some" => PartsOf(value).All(part => FindEvent(words, part) is not null) ? null : $"has words of {string.Join(", ", words)}",
            "url" => IsUrl(value) ? null : "is an http, https, ws or wss URL, or relative to the document's",
            "keys" => value.All(key => rule[1].Contains(key, StringComparison.Ordinal)) ? null : $"has keys of {rule[1]}",
            _ => null,
        };
    }

    /// <summary>One of several words as the contract writes it, or some of them: documents may write them otherwise.</summary>
    public static string Written(AttributeRow row, string value) => row.Values.Split(": ", 2) switch
    {
        ["one", var words] => Find(words.Split(' '), value) ?? value,
        ["some", var words] => WrittenAll(words.Split(' '), value),
        _ => value,
    };

    /// <summary>Of several words those that there are; null where there is none of them, and for any other rule.</summary>
    public static string? KnownOf(AttributeRow row, string value)
    {
        if (row.Values.Split(": ", 2) is not ["some", var listed]) return null;
        string[] words = listed.Split(' '), known = [.. PartsOf(value).Where(part => FindEvent(words, part) is not null)];
        return known.Length == 0 ? null : WrittenAll(words, string.Join(' ', known));
    }

    private static string WrittenAll(string[] words, string value)
    {
        string[] parts = PartsOf(value), written = [.. parts.Select(part => FindEvent(words, part) ?? part)];
        return written.SequenceEqual(parts) ? value : string.Join(' ', written.Distinct());
    }

    private static string[] PartsOf(string value) => value.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries);

    private static string? Find(string[] words, string written) =>
        Array.Find(words, word => word.Equals(written, StringComparison.OrdinalIgnoreCase));

    /// <summary>Where it is a status of calls, the event that tells of it; of recordings failed and absent are synonymous.</summary>
    private static string? FindEvent(string[] words, string written) => Find(words, written)
        ?? (written.Equals("failed", StringComparison.OrdinalIgnoreCase) ? Find(words, "absent") : null)
        ?? Find(words, TwimlWords.EventOf(written));

    private static bool IsUrl(string value)
    {
        int colon = value.IndexOf(':', StringComparison.Ordinal);
        // Without a scheme it is relative: a colon further on is part of a path or a query.
        if (colon < 0 || value.AsSpan(0, colon).ContainsAny('/', '?', '#')) return true;
        return value[..colon].ToLowerInvariant() is "http" or "https" or "ws" or "wss" && Uri.TryCreate(value, UriKind.Absolute, out _);
    }

    /// <param name="range">"1-9", or one number.</param>
    private static bool IsWithin(string value, string range)
    {
        string[] ends = range.Split('-');
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number >= int.Parse(ends[0], CultureInfo.InvariantCulture) && number <= int.Parse(ends[^1], CultureInfo.InvariantCulture);
    }

    private static string Said(string range) =>
        range.Split('-') is [var least, var most] ? $"a whole number from {least} to {most}" : range;
}
