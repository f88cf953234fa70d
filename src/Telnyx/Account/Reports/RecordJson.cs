using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Store.Reports;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Values of records as this contract writes them: ids and money are texts, counts are numbers.</summary>
internal static class RecordJson
{
    public static JsonNode? Of(ColumnKind kind, string column, object? value) => (kind, value) switch
    {
        (_, null) => null,
        (ColumnKind.Money, long micros) => Money.Format(micros),
        (ColumnKind.Whole, long id) when column.EndsWith("_id", StringComparison.Ordinal) => id.ToString(CultureInfo.InvariantCulture),
        (ColumnKind.Whole, long count) => count,
        (ColumnKind.Truth, bool truth) => truth,
        (ColumnKind.Time, DateTimeOffset at) => TelnyxTime.Millis(at),
        (ColumnKind.Day, DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        (_, var text) => (string)text,
    };
}
