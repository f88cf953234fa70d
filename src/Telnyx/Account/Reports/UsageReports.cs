using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Reports;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Sums over the account's records by product, split by the dimensions that were asked for.</summary>
internal static class UsageReports
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>Texts by their code points, as the database does it.</summary>
    private static readonly Comparer<object?> Values = Comparer<object?>.Create((x, y) =>
        (x, y) is (string a, string b) ? string.CompareOrdinal(a, b) : Comparer<object?>.Default.Compare(x, y));

    public static Reply Options(OperationContext op)
    {
        var products = UsageProducts.All;
        if (op.Query["product"] is { Length: > 0 } name) products = UsageProducts.Find(name) is { } one ? [one] : [];
        return products.Count == 0 ? Refuse(op, "product", UnknownProduct(op.Query["product"]!))
            : op.Ok(new JsonArray([.. products.Select(Show)]));
    }

    public static async ValueTask<Reply> Get(OperationContext op, ReportParts parts)
    {
        // it is required
        if (UsageProducts.Find(op.Query["product"]!) is not { } product) return Refuse(op, "product", UnknownProduct(op.Query["product"]!));
        var dimensions = op.Query.List("dimensions").Distinct().ToList();
        var metrics = op.Query.List("metrics").Distinct().ToList();
        if (dimensions.Count == 0)
            return Refuse(op, "dimensions", $"dimensions is required: {string.Join(", ", product.Dimensions.Keys)}.");
        if (metrics.Count == 0) return Refuse(op, "metrics", $"metrics is required: {string.Join(", ", product.Metrics.Keys)}.");
        if (dimensions.Find(d => !product.Dimensions.ContainsKey(d)) is { } noDimension)
            return Refuse(op, "dimensions",
                $"'{noDimension}' is no dimension of {product.Name}; there are {string.Join(", ", product.Dimensions.Keys)}.");
        if (metrics.Find(m => !product.Metrics.ContainsKey(m)) is { } noMetric)
            return Refuse(op, "metrics",
                $"'{noMetric}' is no metric of {product.Name}; there are {string.Join(", ", product.Metrics.Keys)}.");
        foreach (string metric in metrics)
            if (product.UnitOf(metric) is { } unit && !dimensions.Contains(unit)) dimensions.Add(unit);
        if (ReadPeriod(op, out var period) is { } badPeriod) return op.Fail(badPeriod);

        var rows = new List<UsageRow>();
        if (product.Source is { } source)
        {
            if (RecordFilters.Read(op, source, product.Dimensions.GetValueOrDefault, _ => false, out var conditions) is { } badFilter)
                return op.Fail(badFilter);
            var query = new UsageQuery
            {
                By = [.. dimensions.Select(d => product.Dimensions[d])],
                Metrics = [.. metrics.Select(m => product.Metrics[m])],
                Conditions = [.. product.Always, .. conditions],
                From = period.From,
                Until = period.Until,
            };
            foreach (var account in await AccountsAsync(op, parts))
                rows.AddRange((await parts.Store.Records.SumAsync(account, source, query, op.Stop))
                    .Select(row => new UsageRow(account, row)));
        }

        bool hasAccounts = op.Query["managed_accounts"] is "true";
        List<string> names = [.. hasAccounts ? ["user_id"] : Array.Empty<string>(), .. dimensions, .. metrics];
        if (Sorted(op, product, names, rows) is { } badSort) return op.Fail(badSort);
        var page = rows.Skip(op.List.Offset).Take(op.List.Size).Select(row => Show(product, names, row)).ToList();
        return op.Query["format"] is "csv"
            ? op.Raw(200, CsvText.ContentType, CsvText.Write(names, page.Select(row => names.Select(n => CsvText.Cell(row[n])))))
            : op.Page(page, rows.Count);
    }

    /// <summary>The account itself, or those below it.</summary>
    private static async ValueTask<IReadOnlyList<TenantId>> AccountsAsync(OperationContext op, ReportParts parts) =>
        op.Query["managed_accounts"] is "true"
            ? [.. (await parts.Store.Tenants.ListAsync(op.Stop)).Where(t => t.Parent == op.Tenant).Select(t => t.Id)]
            : [op.Tenant];

    /// <summary>At most 31 days; without any word of it, those that end now.</summary>
    private static Problem? ReadPeriod(OperationContext op, out Period period)
    {
        if (op.Query["date_range"] is { Length: > 0 } words)
        {
            period = default;
            if (op.Query["start_date"] is not null || op.Query["end_date"] is not null)
                return Bad(op, "date_range", "Give either date_range, or start_date and end_date.");
            if (!Period.TryRead(words, op.Now, out period))
                return Bad(op, "date_range", $"'{words}' is no date range; last_week or last_3_days would be.");
            return period.Until - period.From > Longest ? Bad(op, "date_range", "The range may have at most 31 days.") : null;
        }

        if (Period.Read(op, "start_date", "end_date", out period) is { } unreadable) return unreadable with { Status = 400 };
        var now = op.Now;
        var until = period.Until ?? (period.From is { } from && from + Longest < now ? from + Longest : null);
        period = new(period.From ?? (until ?? now) - Longest, until);
        return (period.Until ?? now) - period.From > Longest ? Bad(op, "end_date", "The range may have at most 31 days.") : null;
    }

    private static Problem? Sorted(OperationContext op, UsageProduct product, List<string> names, List<UsageRow> rows)
    {
        if (RecordFilters.ReadSort(op, name => names.Contains(name) ? name : null, out var orders) is { } problem) return problem;
        if (orders.Count == 0) return null;
        // A stable sort by the last field first leaves what is equal in the database's order.
        foreach (var order in orders.Reverse())
        {
            var sorted = order.IsDescending ? rows.OrderByDescending(Key, Values).ToList() : rows.OrderBy(Key, Values).ToList();
            rows.Clear();
            rows.AddRange(sorted);

            object? Key(UsageRow row) => order.Column is "user_id" ? row.Account.ToString() : row.Sums[ColumnOf(product, order.Column)];
        }
        return null;
    }

    private static string ColumnOf(UsageProduct product, string name) =>
        product.Dimensions.GetValueOrDefault(name) ?? product.Metrics[name];

    private static JsonObject Show(UsageProduct product, List<string> names, UsageRow row)
    {
        var shown = new JsonObject();
        foreach (string name in names)
        {
            if (name is "user_id")
            {
                shown[name] = row.Account.ToString();
                continue;
            }
            string column = ColumnOf(product, name);
            // rows come from a source
            var kind = product.Dimensions.ContainsKey(name) ? product.Source!.Columns[column].Kind : product.Source!.Metrics[column].Kind;
            if (RecordJson.Of(kind, column, row.Sums[column]) is { } value) shown[name] = value;
        }
        return shown;
    }

    private static JsonNode Show(UsageProduct product)
    {
        JsonArray dimensions = [.. product.Dimensions.Keys.Select(d => (JsonNode)d)],
            metrics = [.. product.Metrics.Keys.Select(m => (JsonNode)m)];
        return new JsonObject
        {
            ["product"] = product.Name,
            ["product_dimensions"] = dimensions,
            ["product_metrics"] = metrics,
            ["record_types"] = new JsonArray(new JsonObject
            {
                ["record_type"] = product.RecordType,
                ["product_dimensions"] = dimensions.DeepClone(),
                ["product_metrics"] = metrics.DeepClone(),
            }),
        };
    }

    private static string UnknownProduct(string name) =>
        $"There is no product '{name}'; there are {string.Join(", ", UsageProducts.All.Select(p => p.Name))}.";

    private static Problem Bad(OperationContext op, string parameter, string detail) =>
        op.Dialect.Errors.Problem(Fault.BadParameter, detail) with { Parameter = parameter, Status = 400 };

    private static Reply Refuse(OperationContext op, string parameter, string detail) => op.Fail(Bad(op, parameter, detail));

    private sealed record UsageRow(TenantId Account, ReportRow Sums);
}
