using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Where a family deviates from the contract's ways, as rows of <c>quirks.tsv</c>: kind, where, value, note. Kinds:
/// <c>place</c> (a path served elsewhere), <c>errors</c> (the error shape of a family or operation), <c>default</c> (another
/// default of a field, where = Schema/field), <c>length</c> (the longest text of a field), <c>also</c> (one more legal value of a field),
/// <c>open</c> (a field whose list of values is not meant, or the filter parameter of an operation, where = operation/filter, whose names
/// only the handler knows), <c>format</c> (a schema whose format is not meant), <c>field</c> (one that the schema lacks or means
/// otherwise, value = its schema), <c>form</c> (one more form that an item of a list has, where = the list's schema, value = its own),
/// <c>optional</c> (one that the schema demands and nobody has to send), <c>query</c> (<c>handler</c>: the
/// operation's handler checks the query), <c>word</c> (the OAuth error of a bad body; where = operation, or operation#field), <c>like</c>
/// (an extension that takes the body and credentials of the operation that is its value), <c>body</c> (an extension's JSON body,
/// value = its schema); <c>remark</c> is for readers.
/// </summary>
internal sealed class Quirks
{
    /// <summary>What a row of the extensions says in place of a method when it is about a value.</summary>
    public const string ExtensionValue = "value";

    private readonly Dictionary<string, OperationPlace> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ErrorStyle> _errors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonNode?> _defaults = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<AlsoLegal>> _also = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _lengths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(string Field, JsonElement Schema)>> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<JsonElement>> _forms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private readonly HashSet<string> _formats = new(StringComparer.Ordinal);
    private readonly HashSet<string> _optional = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ownQueries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, string>> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _like = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _bodies = new(StringComparer.Ordinal);

    /// <param name="extensions">Its rows of the kind <c>value</c>: names that current clients know beside the contract's,
    /// where = Schema/field, and the name that each stands for.</param>
    public static Quirks Read(string text, string extensions)
    {
        var quirks = new Quirks();
        foreach (var row in Rows.Of(extensions, "method", "path", "operation", "stands_for", "note").Where(row => row[0] == ExtensionValue))
            quirks.Allow(row[1], JsonElement.Parse(row[2]), row[3] == "-" ? null : row[3]);
        foreach (var row in Rows.Of(text, "kind", "where", "value", "note"))
            switch (row[0])
            {
                case "place": quirks._places.Add(row[1], Enum.Parse<OperationPlace>(row[2], ignoreCase: true)); break;
                case "errors": quirks._errors.Add(row[1], Enum.Parse<ErrorStyle>(row[2], ignoreCase: true)); break;
                case "default": quirks._defaults.Add(row[1], JsonNode.Parse(row[2])); break;
                case "optional": quirks._optional.Add(row[1]); break;
                case "length": quirks._lengths.Add(row[1], int.Parse(row[2], CultureInfo.InvariantCulture)); break;
                case "also": quirks.Allow(row[1], JsonElement.Parse(row[2]), standsFor: null); break;
                case "open": quirks._open.Add(row[1]); break;
                case "format": quirks._formats.Add(row[1]); break;
                case "query": quirks._ownQueries.Add(row[1]); break;
                case "word":
                    var where = row[1].Split('#');
                    if (!quirks._words.TryGetValue(where[0], out var words))
                        quirks._words.Add(where[0], words = new(StringComparer.Ordinal));
                    words.Add(where.ElementAtOrDefault(1) ?? "", row[2]);
                    break;
                case "like": quirks._like.Add(row[1], row[2]); break;
                case "body": quirks._bodies.Add(row[1], JsonElement.Parse(row[2])); break;
                case "field":
                    if (!quirks._fields.TryGetValue(row[1].Split('/')[0], out var added))
                        quirks._fields.Add(row[1].Split('/')[0], added = []);
                    added.Add((row[1].Split('/')[1], JsonElement.Parse(row[2])));
                    break;
                case "form":
                    if (!quirks._forms.TryGetValue(row[1], out var forms)) quirks._forms.Add(row[1], forms = []);
                    forms.Add(JsonElement.Parse(row[2]));
                    break;
                case "remark": break;
                default: throw new FormatException($"'{row[0]}' is no kind of quirk.");
            }

        return quirks;
    }

    private void Allow(string where, JsonElement value, string? standsFor)
    {
        if (!_also.TryGetValue(where, out var values)) _also.Add(where, values = []);
        values.Add(new(value, standsFor));
    }

    public OperationPlace PlaceOf(string path) => _places.GetValueOrDefault(path);

    public ErrorStyle ErrorsOf(string operation, string family) =>
        _errors.TryGetValue(operation, out var own) ? own : _errors.GetValueOrDefault(family);

    public bool ChecksOwnQuery(string operation) => _ownQueries.Contains(operation);

    public IReadOnlyDictionary<string, string> WordsOf(string operation) =>
        _words.TryGetValue(operation, out var words) ? words : FrozenDictionary<string, string>.Empty;

    /// <summary>The operation whose request an extension takes; null when it has none.</summary>
    public string? LikeOf(string extension) => _like.GetValueOrDefault(extension);

    /// <summary>The schema of an extension's own body; null when it has none.</summary>
    public JsonElement? BodyOf(string extension) => _bodies.TryGetValue(extension, out var schema) ? schema : null;

    public bool IsOpen(string schema, string field) => _open.Contains($"{schema}/{field}");

    public bool IsFormatOpen(string schema) => _formats.Contains(schema);

    public bool IsOptional(string schema, string field) => _optional.Contains($"{schema}/{field}");

    public int? LengthOf(string schema, string field) => _lengths.TryGetValue($"{schema}/{field}", out int length) ? length : null;

    public bool TryGetDefault(string schema, string field, out JsonNode? value) => _defaults.TryGetValue($"{schema}/{field}", out value);

    public IReadOnlyList<(string Field, JsonElement Schema)> FieldsOf(string schema) =>
        _fields.TryGetValue(schema, out var fields) ? fields : [];

    /// <summary>What items of this list may be beside what the contract says.</summary>
    public IReadOnlyList<JsonElement> FormsOf(string schema) => _forms.TryGetValue(schema, out var forms) ? forms : [];

    public IReadOnlyList<AlsoLegal> AlsoFor(string schema, string field) =>
        _also.TryGetValue($"{schema}/{field}", out var values) ? values : [];
}

/// <summary>A value that a field takes beside those of the contract.</summary>
/// <param name="Value">A text beside an enum's, or a number outside of a range.</param>
/// <param name="StandsFor">The contract's text that chooses the same form of the object; null when the contract has no form for it.</param>
internal readonly record struct AlsoLegal(JsonElement Value, string? StandsFor);
