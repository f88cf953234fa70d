using System.Globalization;
using System.Text;
using Dapper;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Resources;

/// <summary>
/// Writes filters and order as SQL. Nothing that a customer wrote becomes SQL text: values and JSON paths are parameters,
/// columns come from the table's own list.
/// </summary>
/// <param name="root">The member of the column that the body is; empty when the column is the body.</param>
internal sealed class FilterSql(IDocumentSql documents, ResourceSql table, IReadOnlyDictionary<string, string> aliases, string root = "")
{
    public DynamicParameters Parameters { get; } = new();

    private int _count;

    /// <summary>Text that starts with " and", or nothing; the source already has its WHERE.</summary>
    /// <param name="anyOf">Of which one must hold too; empty asks for nothing.</param>
    public string Where(IReadOnlyList<ResourceFilter> filters, IReadOnlyList<ResourceFilter>? anyOf = null)
    {
        var where = new StringBuilder();
        foreach (var filter in filters) where.Append(" and ").Append(Condition(filter));
        if (anyOf is { Count: > 0 })
            where.Append(" and (").AppendJoin(" or ", anyOf.Select(filter => Condition(filter))).Append(')');
        return where.ToString();
    }

    public string OrderBy(ResourceQuery query)
    {
        string direction = query.IsDescending ? "desc" : "asc";
        // These are never null, and an index has them in this order.
        if (query is { Sort: "created_at", Then.Count: 0 }) return $" order by created_at {direction}, id {direction}";
        string by = string.Concat(query.Then.Prepend(new ResourceOrder(query.Sort, query.IsDescending)).Select(order => OrderBy(order)));
        return $" order by {by}created_at {direction}, id {direction}";
    }

    /// <summary>With a comma behind it.</summary>
    private string OrderBy(ResourceOrder order)
    {
        var by = Column(order.Path) is { } column ? [column] : table.Indexed.Contains(order.Path) ? [documents.Filter(order.Path)]
            : documents.Order(JsonPath(order.Path));
        // Products differ in where they put null by themselves.
        string direction = order.IsDescending ? "desc nulls last" : "asc nulls first";
        return string.Concat(by.Select(b => $"{b} {direction}, "));
    }

    private string Condition(ResourceFilter filter) =>
        filter is { Operator: "eq" or "in", Values.Count: > 0 } && table.Indexed.Contains(filter.Path)
            ? $"{documents.Filter(filter.Path)} in ({string.Join(", ", filter.Values.Select(Add))})"
            : ConditionOf(filter);

    private string ConditionOf(ResourceFilter filter) =>
        aliases.TryGetValue(filter.Path, out string? alias) && table.Sets.TryGetValue(alias, out string? set)
            ? $"exists (select 1 from ({set}) s where {Condition(filter, "s.value")})"
            : Condition(filter, Column(filter.Path));

    private string Condition(ResourceFilter filter, string? column)
    {
        string? path = column is null ? JsonPath(filter.Path) : null;
        bool isTime = IsTime(filter.Path);
        // As times, an index serves them; what is no time is compared as text.
        bool isMoment = isTime && filter.Operator is "gt" or "gte" or "lt" or "lte" && TryReadTime(filter.Values[0], out _);
        if (isTime && filter is { Operator: "eq", Values: [var said] } && TryReadTime(said, out var begins) && EndOf(begins) > begins)
            return $"({column} >= {documents.Moment(Add(Times.Text(begins)))} and {column} <= "
                + $"{documents.Moment(Add(Times.Text(EndOf(begins))))})";
        string text = path is not null ? documents.Text(path) : isMoment || IsText(filter.Path) ? column!
            : isTime ? documents.TimeText(column!) : $"cast({column} as text)"; // one of the two is there
        string[] values = [.. filter.Values.Select(v => Add(isTime ? TimeText(v, isEnd: filter.Operator is "gt" or "lte") : v))];
        if (values.Length == 0) return "1 = 0";
        if (filter.Operator is "exists") return filter.Values[0] is "true" ? $"{text} is not null" : $"{text} is null";
        if (isMoment) values = [documents.Moment(values[0])];

        return filter.Operator switch
        {
            "eq" or "in" => path is null
                ? $"{text} in ({string.Join(", ", values)})"
                : $"({text} in ({string.Join(", ", values)}) or {documents.ArrayHolds(path, string.Join(", ", values))})",
            "ne" => $"({text} is null or {text} not in ({string.Join(", ", values)}))",
            "contains" => Like(text, filter.Values[0], "%{0}%"),
            "starts_with" => Like(text, filter.Values[0], "{0}%"),
            "ends_with" => Like(text, filter.Values[0], "%{0}"),
            "like" => documents.Fits(text, Add(documents.PatternOf(filter.Values[0]))),
            // Only what escapes in it stands for itself.
            "ilike" => documents.FitsAnyCase(text, Add(filter.Values[0].Replace(@"\", @"\\", StringComparison.Ordinal))),
            "gt" => Compare(">"),
            "gte" => Compare(">="),
            "lt" => Compare("<"),
            "lte" => Compare("<="),
            _ => throw new ArgumentException($"Unknown filter operator '{filter.Operator}'."),
        };

        // Numbers by value when both sides are numbers, else by text.
        string Compare(string sign)
        {
            if (!isTime && double.TryParse(filter.Values[0], CultureInfo.InvariantCulture, out double number))
            {
                string value = Add(number);
                return path is null ? documents.CompareColumn(column!, sign, value, values[0])
                    : documents.Compare(path, sign, value, values[0]);
            }
            return $"{text} {sign} {values[0]}";
        }
    }

    private string Like(string text, string value, string pattern)
    {
        string escaped = value.ToLowerInvariant().Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");
        return $@"lower({text}) like {Add(string.Format(CultureInfo.InvariantCulture, pattern, escaped))} escape '\'";
    }

    private string? Column(string path) => path switch
    {
        "id" or "created_at" or "updated_at" => path,
        _ when aliases.TryGetValue(path, out string? column) => table.Columns[column],
        _ => null,
    };

    private bool IsTime(string path) =>
        path is "created_at" or "updated_at" || (aliases.TryGetValue(path, out string? column) && table.Times.Contains(column));

    private bool IsText(string path) =>
        path is "id" ? table.HasUuids || table.HasTexts : aliases.TryGetValue(path, out string? column) && table.Texts.Contains(column);

    /// <summary>A parameter that holds the path of "a.b".</summary>
    private string JsonPath(string path)
    {
        foreach (char c in path)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                throw new ArgumentException($"'{path}' is no path into a body.");
        return Add(documents.PathOf(root.Length == 0 ? path.Split('.') : [root, .. path.Split('.')]));
    }

    private string Add(object value)
    {
        string name = $"f{_count++}";
        Parameters.Add(name, value);
        return "@" + name;
    }

    private static string TimeText(string value, bool isEnd) => TryReadTime(value, out var at) ? Times.Text(isEnd ? EndOf(at) : at) : value;

    /// <summary>
    /// Replies show times to the millisecond and rows have them to the microsecond:
    /// a time without microseconds stands for all of its millisecond.
    /// </summary>
    private static DateTimeOffset EndOf(DateTimeOffset at) =>
        at.UtcTicks % TimeSpan.TicksPerMillisecond == 0 ? at.AddTicks(TimeSpan.TicksPerMillisecond - TimeSpan.TicksPerMicrosecond) : at;

    private static bool TryReadTime(string value, out DateTimeOffset at) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
}
