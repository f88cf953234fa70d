namespace Ringwright.Store.Reports;

/// <summary>How a column's values are compared and read.</summary>
public enum ReportColumnKind
{
    Text,
    /// <summary>A 64-bit whole number.</summary>
    Whole,
    /// <summary>Millionths of a currency; a filter's value is the decimal amount.</summary>
    Money,
    Time,
    /// <summary>Yes or no.</summary>
    Truth,
    /// <summary>A moment as its day (UTC).</summary>
    Day,
}

/// <summary>A column of a <see cref="RecordSource"/>: what may be shown, filtered and ordered by.</summary>
public sealed record RecordColumn
{
    internal RecordColumn(ReportColumnKind kind, string sql) => (Kind, Sql) = (kind, sql);

    public ReportColumnKind Kind { get; }
    /// <summary>The expression. It is the table's own text, never a customer's.</summary>
    internal string Sql { get; }
}

/// <summary>
/// Records of one sort that customers may list and sum up. What can be asked of them is here, so that a list and
/// a report of the same records cannot disagree, but for what its account has hidden from lists.
/// </summary>
public sealed record RecordSource
{
    /// <param name="rows">Follows "from" and ends in a WHERE; it names the tenant.</param>
    /// <param name="at">The moment that puts a record into a period.</param>
    /// <param name="id">Settles the order of records of the same moment.</param>
    internal RecordSource(string rows, string at, string id) => (Rows, At, Id) = (rows, at, id);

    internal string Rows { get; }
    internal string At { get; }
    internal string Id { get; }
    /// <summary>What lists show of the rows; sums count all. Null where that is all.</summary>
    internal string? Listed { get; init; }
    public required IReadOnlyDictionary<string, RecordColumn> Columns { get; init; }
    /// <summary>Sums over records by name; their unit is in the name.</summary>
    public required IReadOnlyDictionary<string, RecordMetric> Metrics { get; init; }
    /// <summary>Values that each statement binds beside the tenant.</summary>
    internal IReadOnlyDictionary<string, object> Bound { get; init; } = new Dictionary<string, object>();
}

/// <summary>A sum over records.</summary>
public sealed record RecordMetric
{
    internal RecordMetric(ReportColumnKind kind, string sql, string? unit = null) => (Kind, Sql, Unit) = (kind, sql, unit);

    public ReportColumnKind Kind { get; }
    /// <summary>The column of its currency: amounts of two currencies are never added. Null for what is no money.</summary>
    public string? Unit { get; }
    internal string Sql { get; }
}
