using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Documents;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>The reports that jobs make.</summary>
internal static class ReportKinds
{
    /// <summary>The kind of the documents that are billing groups.</summary>
    private const string BillingGroup = "billing_group";

    /// <summary>Messages summed up.</summary>
    public static readonly ReportKind Messages = new("mdr_usage_report", "mdr_usage_report")
    {
        Shouts = true,
        HasResult = true,
        Life = ReportLife.OfUsage,
        Shown = ["aggregation_type", "start_date", "end_date", "profiles"],
        Make = MessagingReports.MakeAsync,
    };

    /// <summary>Records of mobile data. This node has no SIM cards yet.</summary>
    public static readonly ReportKind Wireless = new("detail_records_report", "detail_records_report")
    {
        Shown = ["start_time", "end_time"],
        Make = static (_, _) => new(new ReportTable(
            ["id", "created_at", "imsi", "phone_number", "sim_card_id", "sim_group_id", "sim_group_name", "mcc", "mnc", "downlink_data",
                "uplink_data", "duration_seconds", "cost", "currency"], [])),
    };

    /// <summary>A month of the ledger by billing group, and by currency: amounts of two currencies are never added.</summary>
    public static readonly ReportKind Ledger =
        new("ledger_billing_group_report", "ledger_billing_group_report") { HasOrganization = true, Make = LedgerAsync };

    public static readonly IReadOnlyList<ReportKind> All = [Messages, Wireless, Ledger];

    private static async ValueTask<ReportTable> LedgerAsync(JobContext job, ReportParts parts)
    {
        // written by the request
        var from = new DateTimeOffset((int)job.Input["year"]!, (int)job.Input["month"]!, 1, 0, 0, 0, TimeSpan.Zero);
        var totals = await parts.Store.Money.TotalsAsync(job.Tenant, new MoneyQuery { From = from, Before = from.AddMonths(1) }, job.Stop);
        var names = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (string group in totals.Select(t => t.BillingGroup).OfType<string>().Distinct())
            names[group] = (await parts.Store.Documents.Rows(new DocumentKind(BillingGroup)).FindAsync(job.Tenant, group, job.Stop))?.Body
                .Text("name");
        return new(["billing_group_id", "billing_group_name", "kind", "product", "direction", "entries",
            "billed_sec", "amount", "currency"],
        [
            .. totals.OrderBy(t => t.BillingGroup, StringComparer.Ordinal).ThenBy(t => t.Amount.Currency, StringComparer.Ordinal)
                .Select(t => new JsonObject
                {
                    ["billing_group_id"] = t.BillingGroup,
                    ["billing_group_name"] = t.BillingGroup is { } group ? names[group] : null,
                    ["kind"] = t.Kind.ToString().ToLowerInvariant(),
                    ["product"] = t.Product,
                    ["direction"] = t.Direction?.ToString().ToLowerInvariant(),
                    ["entries"] = t.Entries,
                    ["billed_sec"] = t.BilledSeconds,
                    ["amount"] = t.Amount.Text,
                    ["currency"] = t.Amount.Currency,
                }),
        ]);
    }
}
