using System.Data;
using System.Globalization;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Reports;

/// <summary>
/// Lists and sums up the records of any <see cref="RecordSource"/>. Everything is counted by the database; only what is shown leaves it.
/// </summary>
public sealed class RecordTables
{
    private readonly Sql _sql;

    internal RecordTables(Sql sql) => _sql = sql;

    /// <param name="columns">Names of the source's columns that the rows shall have.</param>
    public ValueTask<RecordPage> ListAsync(TenantId tenant, RecordSource source, RecordQuery query, IReadOnlyList<string> columns,
        CancellationToken stop)
    {
        var sql = new ReportSql(source, _sql.Engine.Documents, tenant);
        string from = _sql.Folded(sql.From(query.Conditions, query.From, query.Until, isList: true));
        string page = $"select {sql.Columns(columns)} {from}{sql.OrderBy(query.Orders)}{sql.Page(query.Offset, query.Limit)}";
        return _sql.ReadAsync(db =>
        {
            var rows = Read(db, page, sql.Parameters, source, columns, []);
            // A page that is not full says itself how many there are; counting many takes longer than fetching a few.
            bool isLast = rows.Count < query.Limit && (rows.Count > 0 || query.Offset == 0);
            long total = isLast ? query.Offset + rows.Count : db.ExecuteScalar<long>($"select count(*) {from}", sql.Parameters);
            return new RecordPage(rows, total);
        }, stop);
    }

    /// <summary>
    /// One row for each combination of the <see cref="UsageQuery.By"/> columns, in their order;
    /// without any, one row in all when there are records.
    /// </summary>
    public ValueTask<IReadOnlyList<ReportRow>> SumAsync(TenantId tenant, RecordSource source, UsageQuery query, CancellationToken stop)
    {
        var sql = new ReportSql(source, _sql.Engine.Documents, tenant);
        string by = sql.Columns(query.By);
        string from = _sql.Folded(sql.From(query.Conditions, query.From, query.Until, isList: false));
        string shown = string.Join(", ", ((string[])[by, sql.Metrics(query.Metrics)]).Where(part => part.Length > 0));
        // Without anything to group by, SQL would make a row of no records at all.
        string groups = by.Length == 0 ? "1 = 1" : string.Join(", ", Enumerable.Range(1, query.By.Count));
        string text = $"select {shown} {from} group by {groups}{(by.Length == 0 ? "" : $" order by {groups}")}";
        return _sql.ReadAsync<IReadOnlyList<ReportRow>>(db => Read(db, text, sql.Parameters, source, query.By, query.Metrics), stop);
    }

    private static List<ReportRow> Read(IDbConnection db, string text, DynamicParameters parameters, RecordSource source,
        IReadOnlyList<string> columns, IReadOnlyList<string> metrics)
    {
        string[] names = [.. columns, .. metrics];
        var places = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++) places[names[i]] = i;
        var kinds = names.Select((name, i) => i < columns.Count ? source.Columns[name].Kind : source.Metrics[name].Kind).ToArray();

        var rows = new List<ReportRow>();
        using var reader = db.ExecuteReader(text, parameters);
        while (reader.Read())
        {
            var values = new object?[names.Length];
            for (int i = 0; i < values.Length; i++) values[i] = reader.IsDBNull(i) ? null : Value(kinds[i], reader.GetValue(i));
            rows.Add(new(places, values));
        }
        return rows;
    }

    private static object Value(ReportColumnKind kind, object value) => kind switch
    {
        ReportColumnKind.Whole or ReportColumnKind.Money => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ReportColumnKind.Time => Times.Read(value),
        ReportColumnKind.Day => DateOnly.ParseExact((string)value, "yyyy-MM-dd", CultureInfo.InvariantCulture),
        ReportColumnKind.Truth => Convert.ToBoolean(value, CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!, // null was asked before
    };
}
