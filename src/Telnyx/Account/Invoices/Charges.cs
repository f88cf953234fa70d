using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Http;
using Ringwright.Store.Reports;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Account.Reports;

namespace Ringwright.Telnyx.Account.Invoices;

/// <summary>
/// What an account was charged over some days: summed up by product, and split by phone number.
/// In the account's currency; others have invoices of their own.
/// </summary>
internal static class Charges
{
    private const int MostDays = 31;

    public static async ValueTask<Reply> Summary(OperationContext op, InvoiceParts parts)
    {
        if (ReadDays(op, out var start, out var end) is { } problem) return op.Fail(problem);
        string currency = op.Routing.Rates.AccountOf(op.Tenant).Currency;
        var query = new MoneyQuery { From = Midnight(start), Before = Midnight(end) };
        var totals = (await parts.Store.Money.TotalsAsync(op.Tenant, query, op.Stop)).Where(t => t.Amount.Currency == currency).ToList();
        var adjustments = (await parts.Store.Money.ListAsync(op.Tenant, query with { Kind = MoneyKind.Adjustment, Limit = int.MaxValue },
            op.Stop)).Where(e => e.Amount.Currency == currency).ToList();
        var bundles = (await parts.Store.UserBundles.ChargesAsync(op.Tenant, query.From, query.Before, op.Stop))
            .Where(c => c.Price.Currency == currency).ToList();

        var usage = totals.Where(t => t.Kind is MoneyKind.Charge && t.Product != BundleTable.Product)
            .GroupBy(t => (t.Product, t.Direction)).ToList();
        long newMonthly = bundles.Where(b => b.IsFirst).Sum(b => b.Price.Micros),
            existingMonthly = bundles.Where(b => !b.IsFirst).Sum(b => b.Price.Micros);
        long other = -usage.Sum(group => group.Sum(t => t.Amount.Micros)), corrected = -adjustments.Sum(e => e.Amount.Micros);
        var lines = new JsonArray();
        foreach (var group in usage.OrderBy(g => g.Key.Product, StringComparer.Ordinal).ThenBy(g => g.Key.Direction))
            lines.Add(Line(group.Key.Product, group.Key.Direction, [.. group]));
        foreach (var group in bundles.GroupBy(b => (b.Name, b.CostCode)).OrderBy(g => g.Key.Name, StringComparer.Ordinal))
            lines.Add(Line(group.Key.Name, group.Key.CostCode, [.. group]));

        var shown = Begin(op, start, end, currency);
        shown["summary"] = new JsonObject
        {
            ["lines"] = lines,
            ["adjustments"] = new JsonArray([.. adjustments.Select(e => (JsonNode)new JsonObject
            {
                ["amount"] = Money.Format(-e.Amount.Micros),
                ["description"] = e.Note, ["event_date"] = Text(DateOnly.FromDateTime(e.At.UtcDateTime)),
            })]),
        };
        shown["total"] = new JsonObject
        {
            ["new_mrc"] = Money.Format(newMonthly),
            ["new_otc"] = Money.Format(0),
            ["existing_mrc"] = Money.Format(existingMonthly),
            ["other"] = Money.Format(other),
            ["credits"] = Money.Format(0),
            ["ledger_adjustments"] = Money.Format(corrected),
            ["grand_total"] = Money.Format(newMonthly + existingMonthly + other + corrected),
        };
        return op.Ok(shown);
    }

    public static async ValueTask<Reply> Breakdown(OperationContext op, InvoiceParts parts)
    {
        if (ReadDays(op, out var start, out var end) is { } problem) return op.Fail(problem);
        string currency = op.Routing.Rates.AccountOf(op.Tenant).Currency;
        var results = new SortedDictionary<string, JsonArray>(StringComparer.Ordinal);
        // The account's own number is the one that is called, and the one that calls.
        foreach (var (direction, own) in new[] { ("inbound", "to_party"), ("outbound", "from_party") })
        {
            var rows = await parts.Store.Records.SumAsync(op.Tenant, RecordSources.Calls, new()
            {
                By = [own],
                Metrics = ["cost"],
                Conditions = [new("direction", "eq", [direction]), new("currency", "eq", [currency]), new("cost", "gt", ["0"])],
                From = Midnight(start),
                Until = Midnight(end),
            }, op.Stop);
            foreach (var row in rows)
            {
                // a call has parties
                if (!results.TryGetValue(row.Text(own)!, out var services)) results.Add(row.Text(own)!, services = []);
                services.Add((JsonNode)new JsonObject
                {
                    ["name"] = NameOf(direction), ["cost_type"] = "usage", ["cost"] = Money.Format(row.Whole("cost") ?? 0)
                });
            }
        }

        if (op.Query["format"] is "csv")
            return op.Raw(200, CsvText.ContentType, CsvText.Write(["tn", "charge_type", "service", "cost_type", "cost", "currency"],
                results.SelectMany(r => r.Value
                    .Select(s => (IEnumerable<string>)[r.Key, "usage", $"{s!["name"]}", $"{s["cost_type"]}", $"{s["cost"]}", currency]))));
        var shown = Begin(op, start, end, currency);
        shown["results"] = new JsonArray([.. results.Select(r => (JsonNode)new JsonObject
        {
            ["tn"] = r.Key, ["charge_type"] = "usage",
            ["service_owner_user_id"] = op.Tenant.ToString(), ["service_owner_email"] = MailOf(op), ["services"] = r.Value,
        })]);
        return op.Ok(shown);
    }

    private static JsonObject Begin(OperationContext op, DateOnly start, DateOnly end, string currency) => new()
    {
        ["user_id"] = op.Tenant.ToString(),
        ["user_email"] = MailOf(op),
        ["start_date"] = Text(start),
        ["end_date"] = Text(end),
        ["currency"] = currency,
    };

    /// <summary>The contract wants an address, and an account has none: one that nobody can have.</summary>
    private static string MailOf(OperationContext op) => $"{op.Tenant}@account.invalid";

    private static JsonNode Line(string? product, Calls.Direction? direction, IReadOnlyList<MoneyTotal> totals) => new JsonObject
    {
        ["type"] = "simple",
        ["name"] = product is MoneyEntry.Voice && direction is { } way ? NameOf(way is Calls.Direction.Inbound ? "inbound" : "outbound")
            : product ?? "Other charges",
        ["alias"] = product is MoneyEntry.Voice && direction is { } d ? $"{d.ToString().ToLowerInvariant()}_calls" : product ?? "other",
        ["quantity"] = totals.Sum(t => t.Entries),
        ["amount"] = Money.Format(-totals.Sum(t => t.Amount.Micros)),
    };

    private static JsonNode Line(string name, string costCode, IReadOnlyList<BundleCharge> charges) => new JsonObject
    {
        ["type"] = "comparative",
        ["name"] = name,
        ["alias"] = costCode,
        ["new_this_month"] = Month(charges.Where(c => c.IsFirst)),
        ["existing_this_month"] = Month(charges.Where(c => !c.IsFirst)),
    };

    private static JsonObject Month(IEnumerable<BundleCharge> charges)
    {
        var all = charges.ToList();
        return new() { ["quantity"] = all.Count, ["mrc"] = Money.Format(all.Sum(c => c.Price.Micros)), ["otc"] = null };
    }

    private static string NameOf(string direction) => direction is "inbound" ? "Inbound calls" : "Outbound calls";

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>The end is not included; without one it is a month later.</summary>
    private static Problem? ReadDays(OperationContext op, out DateOnly start, out DateOnly end)
    {
        end = default;
        if (!Period.TryReadDay(op.Query["start_date"], out start))
            return Bad(op, "start_date", "start_date must be a date, such as 2026-05-01.");
        if (start.Year > 9_000) return Bad(op, "start_date", "start_date is too far away.");
        end = start.AddMonths(1);
        if (op.Query["end_date"] is { } text && !Period.TryReadDay(text, out end))
            return Bad(op, "end_date", "end_date must be a date, such as 2026-06-01.");
        if (end < start) return Bad(op, "end_date", "end_date must not be earlier than start_date.");
        return end.DayNumber - start.DayNumber > MostDays ? Bad(op, "end_date", $"The dates may be at most {MostDays} days apart.") : null;
    }

    private static Problem Bad(OperationContext op, string parameter, string detail) =>
        op.Dialect.Errors.Problem(Fault.BadParameter, detail) with { Parameter = parameter, Status = 400 };
}
