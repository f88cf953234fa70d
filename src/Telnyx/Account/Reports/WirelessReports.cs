using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Records of mobile data. This node has no SIM cards yet: there are none, over any period.</summary>
internal static class WirelessReports
{
    private static readonly string[] Fields = ["created_at", "duration_seconds", "id", "imsi", "mcc", "mnc", "phone_number", "sim_card_id",
        "sim_group_id", "sim_group_name"];

    public static Reply Records(OperationContext op)
    {
        if (Period.Read(op, "start_date", "end_date", out _) is { } badPeriod) return op.Fail(badPeriod);
        return RecordFilters.ReadSort(op, name => Fields.Contains(name) ? name : null, out _) is { } badSort ? op.Fail(badSort)
            : op.Page([], 0);
    }

    public static ValueTask<Reply> Create(OperationContext op, ReportParts parts)
    {
        var body = op.ReadObject();
        var input = new JsonObject();
        foreach (string name in (string[])["start_time", "end_time"])
        {
            if (body.Filled(name) is not { } text) continue;
            if (Period.Parse(text) is not { } at)
                return new(op.Invalid($"/{name}", VoiceErrors.BadRequest,
                    $"{name} must be an ISO 8601 date and time, such as 2026-02-01T00:00:00Z."));
            input[name] = TelnyxTime.Millis(at);
        }
        if (Period.Parse(input.Text("start_time")) > Period.Parse(input.Text("end_time")))
            return new(op.Invalid("/end_time", VoiceErrors.BadRange, "end_time must not be earlier than start_time."));
        return AsyncReports.Create(op, parts, ReportKinds.Wireless, input);
    }
}
