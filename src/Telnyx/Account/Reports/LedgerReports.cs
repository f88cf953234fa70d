using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>A month of the ledger by billing group.</summary>
internal static class LedgerReports
{
    private const int FirstYear = 2000;

    /// <summary>Without a month and a year it is the month that ended last.</summary>
    public static ValueTask<Reply> Create(OperationContext op, ReportParts parts)
    {
        var body = op.ReadObject();
        var last = op.Now.UtcDateTime.AddMonths(-1);
        int year = body["year"] is null ? last.Year : body.Whole("year") ?? 0,
            month = body["month"] is null ? last.Month : body.Whole("month") ?? 0;
        if (month is < 1 or > 12) return new(op.Invalid("/month", VoiceErrors.BadRange, "month must be from 1 to 12."));
        if (year < FirstYear || (year, month).CompareTo((op.Now.UtcDateTime.Year, op.Now.UtcDateTime.Month)) > 0)
            return new(op.Invalid("/year", VoiceErrors.BadRange, $"year and month must be from {FirstYear} on, and not in the future."));
        return AsyncReports.Create(op, parts, ReportKinds.Ledger, new() { ["year"] = year, ["month"] = month });
    }
}
