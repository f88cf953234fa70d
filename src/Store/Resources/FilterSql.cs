using System.Globalization;
using System.Text;
using Dapper;

namespace Ringwright.Store.Resources;

/// <summary>
/// Writes filters and order as SQL. Nothing that a customer wrote becomes SQL text: values and JSON paths are parameters, columns come from the
/// table's own list. Another database replaces the JSON functions here.
/// </summary>
internal sealed class FilterSql(IReadOnlyDictionary<string, string> columns, IReadOnlyDictionary<string, string> sets, IReadOnlyDictionary<string, string> aliases)
{
    public DynamicParameters Parameters { get; } = new();

    private int _count;

    /// <summary>Text that starts with " and", or nothing; the source already has its WHERE.</summary>
    public string Where(IReadOnlyList<ResourceFilter> filters)
    {
        var where = new StringBuilder();
        foreach (var filter in filters) where.Append(" and ").Append(Condition(filter));
        return where.ToString();
    }

    public string OrderBy(string path, bool isDescending)
    {
        string direction = isDescending ? "desc" : "asc";
        string by = Column(path) ?? $"json_extract(doc, {JsonPath(path)})";
        return $" order by {by} {direction}, created_at {direction}, id {direction}";
    }

    private string Condition(ResourceFilter filter) => aliases.TryGetValue(filter.Path, out string? alias) && sets.TryGetValue(alias, out string? set)
        ? $"exists (select 1 from ({set}) s where {Condition(filter, "s.value")})"
        : Condition(filter, Column(filter.Path));

    private string Condition(ResourceFilter filter, string? column)
    {
        string? path = column is null ? JsonPath(filter.Path) : null;
        string text = column is null
            ? $"(case json_type(doc, {path}) when 'true' then 'true' when 'false' then 'false' else cast(json_extract(doc, {path}) as text) end)"
            : $"cast({column} as text)";
        bool isTime = filter.Path is "created_at" or "updated_at";
        string[] values = [.. filter.Values.Select(v => Add(isTime ? TimeText(v) : v))];
        if (values.Length == 0) return "1 = 0";

        return filter.Operator switch
        {
            "eq" or "in" => path is null
                ? $"{text} in ({string.Join(", ", values)})"
                : $"({text} in ({string.Join(", ", values)}) or (json_type(doc, {path}) = 'array' and exists (select 1 from json_each(doc, {path}) e where cast(e.value as text) in ({string.Join(", ", values)}))))",
            "ne" => $"({text} is null or {text} not in ({string.Join(", ", values)}))",
            "contains" => Like(text, filter.Values[0], "%{0}%"),
            "starts_with" => Like(text, filter.Values[0], "{0}%"),
            "ends_with" => Like(text, filter.Values[0], "%{0}"),
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
                string raw = column ?? $"json_extract(doc, {path})";
                return $"(case when typeof({raw}) in ('integer', 'real') then {raw} {sign} {value} else {text} {sign} {values[0]} end)";
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
        _ when aliases.TryGetValue(path, out string? column) => columns[column],
        _ => null,
    };

    /// <summary>A parameter that holds <c>$."a"."b"</c> for "a.b".</summary>
    private string JsonPath(string path)
    {
        foreach (char c in path)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) throw new ArgumentException($"'{path}' is no path into a body.");
        return Add("$" + string.Concat(path.Split('.').Select(part => $".\"{part}\"")));
    }

    private string Add(object value)
    {
        string name = $"f{_count++}";
        Parameters.Add(name, value);
        return "@" + name;
    }

    private static string TimeText(string value) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? Times.Text(at) : value;
}
