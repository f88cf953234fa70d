using System.Globalization;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Reports;

namespace Ringwright.Telnyx.Account.Invoices;

/// <summary>
/// What an account owes for one month that has ended, in one currency. It is a view of the ledger, which nothing changes:
/// the same month always comes to the same.
/// </summary>
internal sealed record InvoiceStatement
{
    public required Guid Id { get; init; }
    public required DateOnly Start { get; init; }
    /// <summary>Its last day.</summary>
    public required DateOnly End { get; init; }
    public required Money Charged { get; init; }
    /// <summary>All that was charged up to its end has been paid, or taken off, since.</summary>
    public required bool IsPaid { get; init; }

    public DateTimeOffset From => new(Start, TimeOnly.MinValue, TimeSpan.Zero);
    public DateTimeOffset Before => From.AddMonths(1);
    /// <summary>Of its file.</summary>
    public Guid File => Statements.IdOf("file", Id.ToString());
}

/// <summary>The statements of an account: one for each month with charges that has ended, and for each currency in it.</summary>
internal static class Statements
{
    /// <summary>Oldest first.</summary>
    public static async ValueTask<IReadOnlyList<InvoiceStatement>> ListAsync(TenantId tenant, InvoiceParts parts, DateTimeOffset now,
        CancellationToken stop)
    {
        var rows = await parts.Store.Records.SumAsync(tenant, RecordSources.MoneyEntries,
            new() { By = ["currency", "day", "kind"], Metrics = ["amount"] }, stop);
        var thisMonth = MonthOf(DateOnly.FromDateTime(now.UtcDateTime));
        var statements = new List<InvoiceStatement>();
        foreach (var ofCurrency in rows.GroupBy(row => row.Text("currency")!))         // columns without null
        {
            long given = ofCurrency.Where(row => row.Text("kind") is not ChargeKind).Sum(row => row.Whole("amount")!.Value);
            long owed = 0;
            foreach (var month in ofCurrency.Where(row => row.Text("kind") is ChargeKind).GroupBy(row => MonthOf((DateOnly)row["day"]!))
                .OrderBy(g => g.Key))
            {
                if (month.Key >= thisMonth) break;
                long charged = -month.Sum(row => row.Whole("amount")!.Value);
                owed += charged;
                statements.Add(new()
                {
                    Id = IdOf("invoice", string.Create(CultureInfo.InvariantCulture, $"{tenant}/{month.Key:yyyy-MM}/{ofCurrency.Key}")),
                    Start = month.Key,
                    End = month.Key.AddMonths(1).AddDays(-1),
                    Charged = new(charged, ofCurrency.Key),
                    IsPaid = owed <= given,
                });
            }
        }
        return [.. statements.OrderBy(s => s.Start).ThenBy(s => s.Charged.Currency, StringComparer.Ordinal)];
    }

    /// <summary>Always the same for the same words.</summary>
    public static Guid IdOf(string what, string name) => NamedUuid.Of($"{what}:{name}");

    private const string ChargeKind = "charge";

    private static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}
