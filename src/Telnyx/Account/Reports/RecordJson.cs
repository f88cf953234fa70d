using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Store.Reports;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Values of records as this contract writes them: ids and money are texts, counts are numbers.</summary>
internal static class RecordJson
{
    public static JsonNode? Of(ReportColumnKind kind, string column, object? value) => (kind, value) switch
    {
        (_, null) => null,
        (ReportColumnKind.Money, long micros) => Money.Format(micros),
        (ReportColumnKind.Whole, long id) when column.EndsWith("_id", StringComparison.Ordinal) =>
            id.ToString(CultureInfo.InvariantCulture),
        (ReportColumnKind.Whole, long count) => count,
        (ReportColumnKind.Truth, bool truth) => truth,
        (ReportColumnKind.Time, DateTimeOffset at) => TelnyxTime.Millis(at),
        (ReportColumnKind.Day, DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        (_, var text) => (string)text,
    };
}
