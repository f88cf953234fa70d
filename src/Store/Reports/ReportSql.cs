using System.Globalization;
using System.Text;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Reports;

/// <summary>
/// Writes one question to a <see cref="RecordSource"/> as SQL. Columns and sums come from the source, values are parameters:
/// nothing that a customer wrote becomes SQL text.
/// </summary>
internal sealed class ReportSql
{
    private const int DayLength = 10;

    private readonly RecordSource _source;
    private readonly IDocumentSql _product;
    private int _count;

    public ReportSql(RecordSource source, IDocumentSql product, TenantId tenant)
    {
        (_source, _product) = (source, product);
        Parameters.Add("tenant", tenant.ToString());
        foreach (var (name, value) in source.Bound) Parameters.Add(name, value);
    }

    public DynamicParameters Parameters { get; } = new();

    /// <summary>From the tables to the last condition.</summary>
    /// <param name="isList">Only what lists show.</param>
    public string From(IReadOnlyList<ResourceFilter> conditions, DateTimeOffset? from, DateTimeOffset? until, bool isList)
    {
        var text = new StringBuilder("from ").Append(_source.Rows);
        if (isList && _source.Listed is { } listed) text.Append($" and {listed}");
        if (from is { } begin) text.Append($" and {_source.At} >= {Add(Times.Text(begin))}");
        if (until is { } end) text.Append($" and {_source.At} < {Add(Times.Text(end))}");
        foreach (var condition in conditions) text.Append(" and ").Append(Condition(condition));
        return text.ToString();
    }

    public string Columns(IReadOnlyList<string> names) => string.Join(", ", names.Select(Column));

    public string Metrics(IReadOnlyList<string> names) => string.Join(", ", names.Select(name => _source.Metrics[name].Sql));

    public string OrderBy(IReadOnlyList<RecordOrder> orders)
    {
        bool isDescending = orders.Count == 0 || orders[^1].IsDescending;
        var by = new StringBuilder(" order by ");
        foreach (var order in orders)
        {
            // The moment itself is never null; its order is the index's.
            string column = Column(order.Column);
            by.Append(column == _source.At ? $"{column}{Direction(order.IsDescending)}, "
                : $"{column}{Direction(order.IsDescending)} nulls {(order.IsDescending ? "last" : "first")}, ");
        }
        if (!orders.Any(o => Column(o.Column) == _source.At)) by.Append($"{_source.At}{Direction(isDescending)}, ");
        return by.Append($"{_source.Id}{Direction(isDescending)}").ToString();

        static string Direction(bool isDescending) => isDescending ? " desc" : "";
    }

    public string Page(int offset, int limit) => $" limit {Add(limit)} offset {Add(offset)}";

    private string Column(string name)
    {
        var column = _source.Columns[name];
        return column.Kind is ReportColumnKind.Day ? $"substr({_product.TimeText(column.Sql)}, 1, {DayLength})" : column.Sql;
    }

    private string Condition(ResourceFilter filter)
    {
        var kind = _source.Columns[filter.Path].Kind;
        string column = Column(filter.Path);
        if (filter.Values.Count == 0) return "1 = 0";
        string first = filter.Values[0];
        return filter.Operator switch
        {
            "eq" when filter.Values.Count == 1 => $"{column} = {Value(kind, first)}",
            "eq" or "in" => $"{column} in ({Values(kind, filter.Values)})",
            "ne" => $"({column} is null or {column} not in ({Values(kind, filter.Values)}))",
            "gt" => $"{column} > {Value(kind, first)}",
            "gte" => $"{column} >= {Value(kind, first)}",
            "lt" => $"{column} < {Value(kind, first)}",
            "lte" => $"{column} <= {Value(kind, first)}",
            "contains" => Like(column, first, "%{0}%"),
            "starts_with" => Like(column, first, "{0}%"),
            "ends_with" => Like(column, first, "%{0}"),
            var other => throw new ArgumentException($"Unknown filter operator '{other}'."),
        };
    }

    private string Values(ReportColumnKind kind, IReadOnlyList<string> values) => string.Join(", ", values.Select(v => Value(kind, v)));

    private string Value(ReportColumnKind kind, string text) =>
        Add(RecordValues.Read(kind, text) ?? throw new ArgumentException($"'{text}' is no value of kind {kind}."));

    private string Like(string column, string value, string pattern)
    {
        string escaped = value.ToLowerInvariant().Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_");
        return $@"lower(cast({column} as text)) like {Add(string.Format(CultureInfo.InvariantCulture, pattern, escaped))} escape '\'";
    }

    private string Add(object value)
    {
        string name = $"r{_count++}";
        Parameters.Add(name, value);
        return "@" + name;
    }
}
