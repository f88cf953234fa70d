using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Reports of messages. This node sends none yet: the records are none and the sums are empty, over any period.</summary>
internal static class MessagingReports
{
    public static Reply Records(OperationContext op) =>
        Period.Read(op, "start_date", "end_date", out _) is { } problem ? op.Fail(problem) : op.Page([], 0);

    /// <summary>The report that is made while the caller waits.</summary>
    public static Reply Sync(OperationContext op)
    {
        if (Period.Read(op, "start_date", "end_date", out var period) is { } problem) return op.Fail(problem);
        var from = period.From ?? (period.Until ?? op.Now).AddDays(-31);
        return op.Ok(new JsonObject
        {
            ["id"] = Guid.CreateVersion7(op.Now).ToString(),
            ["record_type"] = "mdr_usage_report",
            ["status"] = "COMPLETE",
            ["aggregation_type"] = op.Query["aggregation_type"],
            ["profiles"] = string.Join(',', op.Query.List("profiles")),
            ["start_date"] = TelnyxTime.Millis(from),
            ["end_date"] = TelnyxTime.Millis(period.Until ?? op.Now),
            ["created_at"] = TelnyxTime.Millis(op.Now),
            ["updated_at"] = TelnyxTime.Millis(op.Now),
            ["result"] = new JsonArray(),
        });
    }

    public static ValueTask<Reply> Create(OperationContext op, ReportParts parts)
    {
        var body = op.ReadObject();
        // The schema demands both, and that they are moments.
        if (Period.Parse(body.Text("start_date")) > Period.Parse(body.Text("end_date")))
            return new(op.Invalid("/end_date", VoiceErrors.BadRange, "end_date must not be earlier than start_date."));
        var input = new JsonObject { ["aggregation_type"] = body.Text("aggregation_type") };
        foreach (string name in (string[])["start_date", "end_date"]) input[name] = TelnyxTime.Millis(Period.Parse(body.Text(name))!.Value);
        if (body.Filled("profiles") is { } profiles) input["profiles"] = profiles;
        return AsyncReports.Create(op, parts, ReportKinds.Messages, input);
    }
}
