using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>
/// Reads paging, filters and sort against the operation's parameters, in the dialect's words.
/// Filters: <c>filter[x]=a</c>, <c>filter[x][op]=a</c>, <c>filter[x][]=a</c> and <c>filter[x][0]=a</c>, comma lists for <c>in</c>; x may
/// have dots.
/// A page that cannot be is <see cref="Fault.BadPage"/>.
/// </summary>
internal sealed class QueryReader
{
    private static readonly string[] Operators = ["eq", "ne", "contains", "starts_with", "ends_with", "gt", "gte", "lt", "lte", "in"];

    private static readonly Schema Truth = new() { Types = JsonTypes.Boolean };
    /// <summary>Of a filter that the contract does not have: its handler says which values it knows.</summary>
    private static readonly Schema Values = new() { Types = JsonTypes.String | JsonTypes.Array };
    /// <summary>The same of a moment, which newer clients look for by its ends.</summary>
    private static readonly Schema Ends = new()
    {
        Types = JsonTypes.Object,
        Properties = new[] { "gte", "lte" }.ToFrozenDictionary(end => end, _ => new Schema
        {
            Types = JsonTypes.String, Format = StringFormat.DateTime
        }, StringComparer.Ordinal),
    };

    private readonly Operation _operation;
    private readonly ApiForm _form;
    private readonly ListWords _words;
    private readonly ErrorCatalogue _errors;
    private readonly QueryValues _query;
    private readonly ResourceKind? _kind;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<(string, string), List<string>> _filters = [];
    private Problem? _problem;

    private QueryReader(Operation operation, ApiForm form, ErrorCatalogue errors, QueryValues query,
        ResourceKind? kind, DateTimeOffset now) =>
        (_operation, _form, _words, _errors, _query, _kind, _now) = (operation, form, form.Lists, errors, query, kind, now);

    /// <param name="kind">Of a crud binding: its own filters and sorts are legal too.</param>
    /// <param name="now">What words such as "yesterday" count from.</param>
    public static (ListRequest List, Problem? Problem) Read(
        Operation operation, ApiForm form, ErrorCatalogue errors, QueryValues query, ResourceKind? kind, DateTimeOffset now)
    {
        var reader = new QueryReader(operation, form, errors, query, kind, now);
        var list = reader.ReadList();
        return (list, reader._problem);
    }

    private ListRequest ReadList()
    {
        var list = _form.Paging.Read(new(_operation, _query, (parameter, detail) => Refuse(Fault.BadPage, parameter, detail))
        {
            ClampsSize = _kind is { ClampsPages: true },
        });
        if (_words.Filter is null) ReadPlainFilters();
        else
        {
            ReadFilters(_words.Filter);
            RefuseUnbracketed(_words.Filter);
        }
        ReadQueries();
        CheckParameters();
        var (sort, isDescending) = ReadSort();
        return list with
        {
            Filters = [.. list.Filters, .. _filters.Select(f => new ResourceFilter(f.Key.Item1, f.Key.Item2, f.Value))],
            Sort = sort ?? list.Sort,
            IsDescending = isDescending || (sort is null && list.IsDescending),
        };
    }

    /// <summary>Query parameters that are called like a field of the kind by which it may be filtered.</summary>
    private void ReadPlainFilters()
    {
        foreach (string field in _kind?.Filterable ?? [])
            if (_query[field] is { } value && !IsSecret(field)) _filters[(PathOf(field), "eq")] = [value];
    }

    /// <summary>Parameters that filter without saying so.</summary>
    private void ReadQueries()
    {
        foreach (var (name, (path, @operator)) in _kind?.Queries ?? new Dictionary<string, (string, string)>())
        {
            if (_query[name] is not { } value || FindPlain(name) is not { } schema) continue;
            if (!IsReadable(schema, @operator, value)) Refuse(Fault.BadParameter, name, $"{name} has a value that is not allowed.");
            else if (!IsDate(schema, @operator) || !TryAddSpan(path, @operator, value))
                _filters[(path, @operator)] = @operator is not "in" ? [value]
                    : [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Folded)];
        }
    }

    private string Folded(string value) => _form.FoldsIds ? FoldedIds.Of(value) : value;

    private Schema? FindPlain(string name) => _operation.FindQuery(name)?.Schema
        ?? (_operation.Newer.Any(rule => rule.In is ParameterPlace.Query && rule.Name == name) ? Values : null);

    /// <summary>A filter that is written as a parameter of its own: passed over, it would show what nobody asked for.</summary>
    private void RefuseUnbracketed(string word)
    {
        foreach (var (name, _) in _query.Pairs)
        {
            string said = name.Split('[')[0];
            if (said == word || IsParameter(said)) continue;
            string field = NameOf(word, said);
            if (IsFilter(word, field))
                Refuse(Fault.BadFilter, name, $"{name} must be written {word}[{field}]{name[said.Length..]}.");
        }
    }

    /// <summary>A parameter of the operation, whole or by its members, or one of newer clients.</summary>
    private bool IsParameter(string name) =>
        _operation.Parameters.Any(p => p.In is ParameterPlace.Query
            && (p.Name == name || p.Name.StartsWith(name + "[", StringComparison.Ordinal)))
        || _operation.Newer.Any(rule => rule.In is ParameterPlace.Query
            && (rule.Name == name || rule.Name.StartsWith(name + "[", StringComparison.Ordinal)));

    /// <summary>One that the contract or the kind names. Where any name may be one, its handler knows which are.</summary>
    private bool IsFilter(string word, string field) => _operation.FindQuery(word) is { IsOpen: true } open
        ? open.Schema.FindProperty(field) is not null
        : FindFilter(word, field) is not null;

    private void ReadFilters(string word)
    {
        string opening = word + "[";
        bool hasFilters = _operation.FindQuery(word) is { IsDeep: true } or { IsOpen: true }
            || _operation.Parameters.Any(p => p.Name.StartsWith(opening, StringComparison.Ordinal))
            || _operation.Newer.Any(rule => rule.In is ParameterPlace.Query && rule.Name.StartsWith(opening, StringComparison.Ordinal))
            || _kind is { Filterable.Count: > 0 };
        int count = 0;
        foreach (var (name, written) in _query.Pairs)
        {
            if (!name.StartsWith(opening, StringComparison.Ordinal)) continue;
            if (++count > Limits.Filters || !hasFilters
                || !TrySplit(name[opening.Length..], out var field, out var @operator, out bool isList)
                || FindFilter(word, field = NameOf(word, field)) is not { } schema
                || !(Compares(schema, isList ? "in" : @operator) || (isList && IsAlone(name) && Compares(schema, @operator))
                    || (!isList && IsBeginning(schema, field, ref @operator))))
            {
                Refuse(Fault.BadFilter, name,
                    count > Limits.Filters ? $"There may be at most {Limits.Filters} filters." : $"{name} is no filter of this list.");
                return;
            }

            // A list of one is that one.
            if (isList && !Compares(schema, "in")) isList = false;
            var meant = Meant(schema, @operator);
            string said = meant.Types is JsonTypes.Boolean ? WrittenValue.Truth(written) : Worded(meant, written);
            if (@operator is "eq" or "ne" or "in" && _words.Read.TryGetValue(field, out var read)) said = read(said);
            if (!IsReadable(schema, @operator, said))
            {
                Refuse(Fault.BadFilter, name, $"{name} cannot be compared with '{written}'.");
                return;
            }

            string path = PathOf(field);
            if (IsDate(schema, @operator) && TryAddSpan(path, @operator, said)) continue;
            if (isList && @operator is "eq") @operator = "in";
            if (!_filters.TryGetValue((path, @operator), out var values)) _filters.Add((path, @operator), values = []);
            if (@operator is "in" && !isList)
                values.AddRange(said.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            else if (@operator is "in") values.Add(said);
            else if (@operator is "eq" && AllowsArray(schema) && said.Contains(',')) AddAlternatives(path, said);
            else values.Add(said);
        }
    }

    /// <summary>What a filter is called today.</summary>
    private string NameOf(string word, string field) =>
        _words.Renamed.TryGetValue(field, out string? today) && FindFilter(word, field) is null && FindFilter(word, today) is not null
            ? today : field;

    /// <summary>A value without an operator, where the contract has no equality: what is sought begins with it.</summary>
    private bool IsBeginning(Schema schema, string field, ref string @operator)
    {
        const string begins = "starts_with";
        if (@operator is not "eq" || !_words.Begun.Contains(field) || !Compares(schema, begins)) return false;
        @operator = begins;
        return true;
    }

    /// <summary>A word that the contract writes with underscores, and older clients with hyphens.</summary>
    private static string Worded(Schema schema, string value)
    {
        string known = value.Replace('-', '_');
        return schema.Texts is { } texts && !texts.Contains(value) && texts.Contains(known) ? known : value;
    }

    /// <summary>Of an item of a list: no other item of it is in the query.</summary>
    private bool IsAlone(string name)
    {
        string list = name[..(name.LastIndexOf('[') + 1)];
        return _query.Pairs.Count(pair => pair.Key.StartsWith(list, StringComparison.Ordinal)) == 1;
    }

    /// <summary>filter[x]=a,b means either where the contract lets x be a list.</summary>
    private void AddAlternatives(string path, string value)
    {
        _filters.Remove((path, "eq"));
        if (!_filters.TryGetValue((path, "in"), out var values)) _filters.Add((path, "in"), values = []);
        values.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>filter[a][op], filter[a][], filter[a][0], filter[a][b][op]: names join with dots, the operator is taken off.</summary>
    /// <param name="name">Without the word before the first bracket, and that.</param>
    private static bool TrySplit(string name, out string field, out string @operator, out bool isList)
    {
        (field, @operator, isList) = ("", "eq", false);
        if (!name.EndsWith(']')) return false;
        var parts = name[..^1].Split("][").ToList();
        if (parts.Count > 1 && parts[^1].All(char.IsAsciiDigit))
        {
            isList = true;
            parts.RemoveAt(parts.Count - 1);
        }

        if (parts.Count > 1)
        {
            string last = parts[^1] switch { "startswith" => "starts_with", "endswith" => "ends_with", var other => other };
            if (!Operators.Contains(last) && parts.Count > 2) return false;
            if (Operators.Contains(last))
            {
                @operator = last;
                parts.RemoveAt(parts.Count - 1);
            }
        }

        field = string.Join('.', parts);
        return parts.All(p => p.Length > 0);
    }

    /// <summary>The contract's schema of a filter, anything for a filter of the kind, null for no filter.</summary>
    private Schema? FindFilter(string word, string field)
    {
        if (IsSecret(field)) return null;
        if (_operation.FindQuery(word) is { IsOpen: true }) return Schema.Anything;
        if (_operation.FindQuery(word) is { IsDeep: true } deep)
        {
            if (deep.Schema.FindProperty(field) is { } found) return found;
            // filter[a][b] where the contract nests: a is an object that has b.
            int dot = field.IndexOf('.');
            if (dot > 0 && deep.Schema.FindProperty(field[..dot])?.FindProperty(field[(dot + 1)..]) is { } nested) return nested;
        }

        foreach (var parameter in _operation.Parameters)
            if (parameter.Name.StartsWith($"{word}[{field}]", StringComparison.Ordinal)) return parameter.Schema;
        if (_kind?.Inclusions.ContainsKey(field) is true) return Truth;
        foreach (var rule in _operation.Newer)
            if (rule.In is ParameterPlace.Query && rule.Name.StartsWith($"{word}[{field}]", StringComparison.Ordinal))
                return field.EndsWith("_at", StringComparison.Ordinal) || field.EndsWith("_time", StringComparison.Ordinal) ? Ends : Values;
        return _kind?.Filterable.Contains(field) is true ? Schema.Anything : null;
    }

    /// <summary>A list that could be filtered or sorted by a secret would tell it letter by letter.</summary>
    private bool IsSecret(string field)
    {
        string path = _kind?.Paths.GetValueOrDefault(field) ?? field;
        return _kind?.Secrets.Contains(path) is true || _operation.Secrets.Any(secret => secret.Name == path);
    }

    /// <summary>
    /// The kind of a crud binding compares by every operator. Other lists know those that the contract names, and without any of them
    /// equality: an operator that nobody applies must not answer with everything.
    /// </summary>
    private bool Compares(Schema schema, string @operator)
    {
        if (ReferenceEquals(schema, Ends)) return @operator is "gte" or "lte";
        if (_kind is null && ReferenceEquals(schema, Values)) return @operator is "eq" or "in";
        if (_kind is not null || _words.Filter is not { } word || _operation.FindQuery(word) is not { IsDeep: true, IsOpen: false })
            return true;
        return (schema.AnyOf.Count > 0 ? schema.AnyOf : [schema]).Any(way => Operators.Any(o => Names(way, o))
            ? Names(way, @operator)
            : @operator is "eq" || (@operator is "in" && AllowsArray(way)));
    }

    /// <summary>One family of the contract spells the operators without an underscore.</summary>
    private static bool Names(Schema filter, string @operator) =>
        (filter.FindProperty(@operator) ?? filter.FindProperty(@operator.Replace("_", ""))) is not null;

    private static bool AllowsArray(Schema schema) =>
        schema.Types.HasFlag(JsonTypes.Array) || schema.AnyOf.Any(a => a.Types.HasFlag(JsonTypes.Array));

    private static Schema Meant(Schema schema, string @operator) =>
        schema.FindProperty(@operator) ?? schema.AnyOf.Select(a => a.FindProperty(@operator)).FirstOrDefault(f => f is not null) ?? schema;

    private static bool IsDate(Schema schema, string @operator) =>
        Meant(schema, @operator).Format is StringFormat.DateTime or StringFormat.Date
            || schema.AnyOf.Any(a => a.Format is StringFormat.DateTime or StringFormat.Date);

    /// <summary>Dates also come as words.</summary>
    private bool IsReadable(Schema schema, string @operator, string value)
    {
        var meant = Meant(schema, @operator);
        if (meant.Types is JsonTypes.Boolean) return value is "true" or "false";
        if (meant.Texts is { } texts && @operator is "eq" or "ne") return texts.Contains(value);
        if (meant.Types is JsonTypes.Integer) return @operator is "in" || long.TryParse(value, CultureInfo.InvariantCulture, out _);
        if (IsDate(schema, @operator))
            return Formats.IsDateTime(value) || (_words.HasDateWords && DateWords.TryRead(value, _now, out _, out _));
        return true;
    }

    /// <summary>
    /// A span of time that a word names, as comparisons with its ends. For who reads the filters by name it stands for its first moment.
    /// </summary>
    private bool TryAddSpan(string path, string @operator, string word)
    {
        if (!_words.HasDateWords || !DateWords.TryRead(word, _now, out var from, out var to)) return false;
        if (@operator is "eq" && _kind is not null)
        {
            Add("gte", from);
            Add("lt", to);
        }
        else if (@operator is "gt") Add("gte", to);
        else if (@operator is "lte") Add("lt", to);
        else Add(@operator, from);
        return true;

        void Add(string sign, DateTimeOffset at) => _filters[(path, sign)] = [ResourceShape.Time(at)];
    }

    private (string? Field, bool IsDescending) ReadSort()
    {
        if (_words.Sort is not { } word) return (null, false);
        var parameter = _operation.FindQuery(word);
        var schema = parameter?.Schema;
        if (schema?.FindProperty("value") is { } wrapped) schema = wrapped;
        else if (schema?.Items is { } items) schema = items;
        List<string> asked = [.. _query.List(word).Distinct(StringComparer.Ordinal)];
        if (asked.Count > 1 && parameter?.Schema.Items is null && (parameter is not null || _kind is not null))
            Refuse(Fault.BadSort, word, "This list is sorted by one field.");
        string? text = asked.FirstOrDefault() ?? _query[$"{word}[value]"] ?? SortByName(word);
        if (string.IsNullOrEmpty(text))
        {
            if (schema?.Default is not { } standard || standard.GetValueKind() is not JsonValueKind.String) return (null, false);
            text = standard.GetValue<string>();
        }
        // Lists that are sorted by direction alone.
        else if (schema?.Texts is { Count: 2 } directions && directions.Contains("asc") && directions.Contains("desc"))
        {
            string direction = text.ToLowerInvariant();
            if (!directions.Contains(direction)) Refuse(Fault.BadSort, word, $"{word} must be asc or desc.");
            return (null, direction is "desc");
        }

        bool isDescending = text.StartsWith('-');
        string field = isDescending ? text[1..] : text;
        bool isOwn = field == _form.Resources.CreatedAt || field == _form.Resources.UpdatedAt;
        bool isKnown = !IsSecret(field) && ((_kind is not null && (isOwn || _kind.Sortable.Contains(field)))
            || (schema is not null && (schema.Texts is null || schema.Texts.Contains(field) || schema.Texts.Contains("-" + field))));
        if (!isKnown && _query.Pairs.Any(p => p.Key.StartsWith(word, StringComparison.Ordinal))
                && (parameter is not null || _kind is not null))
            Refuse(Fault.BadSort, word, $"This list cannot be sorted by '{field}'.");
        return (PathOf(field), isDescending);
    }

    /// <summary>sort[x]=desc for a field of the kind, as newer clients say it of some lists: what "sort=-x" says.</summary>
    private string? SortByName(string word)
    {
        foreach (string field in _kind?.Sortable ?? [])
        {
            string name = $"{word}[{field}]";
            if (_query[name] is not { } direction) continue;
            if (direction is not ("asc" or "desc")) Refuse(Fault.BadSort, name, $"{name} must be asc or desc.");
            return direction is "desc" ? "-" + field : field;
        }
        return null;
    }

    /// <summary>What rows call a field of the API.</summary>
    private string PathOf(string field) => _kind?.Paths.GetValueOrDefault(field) ?? _form.Resources.Stored(field);

    /// <summary>The other query parameters: required ones, and those whose value is no number or truth.</summary>
    private void CheckParameters()
    {
        foreach (var parameter in _operation.Parameters)
        {
            if (parameter.In is not ParameterPlace.Query || parameter.IsDeep || parameter.Name == _words.Sort
                || parameter.Name.Contains('[')) continue;
            if (_query[parameter.Name] is not { } value)
            {
                if (parameter.IsRequired && !_query.All(parameter.Name).Any())
                    Refuse(Fault.MissingParameter, parameter.Name, $"{parameter.Name} is required.");
                continue;
            }

            bool isPage = _form.Paging.IsParameter(parameter.Name);
            // Programs that write each of their parameters send a page that nobody has chosen as an empty one.
            if (isPage && value.Length == 0) continue;
            bool isGood = parameter.Schema.Types switch
            {
                JsonTypes.Integer => long.TryParse(value, CultureInfo.InvariantCulture, out long number)
                    && !(number < parameter.Schema.Minimum) && !(number > parameter.Schema.Maximum),
                JsonTypes.Boolean => value is "true" or "false",
                JsonTypes.String => parameter.Schema.Texts?.Contains(value) is not false,
                _ => true,
            };
            var fault = isPage ? Fault.BadPage : Fault.BadParameter;
            if (!isGood) Refuse(fault, parameter.Name, $"{parameter.Name} has a value that is not allowed.");
        }
    }

    private void Refuse(Fault fault, string parameter, string detail) =>
        _problem ??= _errors.Problem(fault, detail) with { Parameter = parameter };
}
