using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>The account's calls, whoever commands them, as these clients read them.</summary>
internal static class CallResources
{
    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        return await TexmlPaths.FindCallAsync(op, parts) is { } leg ? op.Bare(200, await OfAsync(op, parts, leg)) : op.Unknown("call_sid");
    }

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        // There is one of the two.
        if (TexmlPage.Read(op, out var problem) is not { } page || Search(op, page, out problem) is not { } search)
            return op.Fail(problem!);
        if (await parts.Store.Legs.SearchAsync(op.Tenant, search, op.Stop) is not { } found) return op.Fail(TexmlPage.UnknownToken);
        var calls = new JsonArray();
        foreach (var leg in found.Rows) calls.Add((JsonNode)await OfAsync(op, parts, leg));
        return op.Bare(200, page.Write(op, "calls", calls, "Calls", found.Next));
    }

    public static async ValueTask<JsonObject> OfAsync(OperationContext op, VoiceParts parts, LegRow leg)
    {
        var record = leg.IsAlive ? null : await parts.Store.CallRecords.FindAsync(op.Tenant, leg.Id, op.Stop);
        string sid = parts.Ids.CallControl(leg.Tenant, leg.Id);
        return Of(leg, record, sid, TexmlPaths.Of(op, $"Calls/{sid}"));
    }

    /// <param name="record">Null of a call whose length and price are not known yet.</param>
    internal static JsonObject Of(LegRow leg, CallRecord? record, string sid, string uri)
    {
        var fields = new JsonObject
        {
            ["account_sid"] = leg.Tenant.ToString(),
            ["caller_name"] = leg.CallerName ?? "",
            ["date_created"] = TexmlTime.Text(leg.StartedAt),
            ["date_updated"] = TexmlTime.Text(leg.EndedAt ?? leg.AnsweredAt ?? leg.StartedAt),
            ["direction"] = leg.Direction is Direction.Inbound ? "inbound" : "outbound",
            ["from"] = leg.From,
            ["from_formatted"] = leg.From,
            ["sid"] = sid,
            ["start_time"] = TexmlTime.Text(leg.StartedAt),
            ["status"] = StatusOf(leg),
            ["to"] = leg.To,
            ["to_formatted"] = leg.To,
            ["uri"] = uri,
        };
        if (leg.Labels[TexmlLabels.AnsweredBy] is { } who) fields["answered_by"] = who;
        if (leg.EndedAt is { } end) fields["end_time"] = TexmlTime.Text(end);
        if (record is not null) fields["duration"] = record.TalkSeconds.ToString(CultureInfo.InvariantCulture);
        if (record?.Cost is { } cost)
        {
            fields["price"] = cost.Text;
            fields["price_unit"] = cost.Currency;
        }
        return fields;
    }

    /// <summary>One that nobody hears yet rings.</summary>
    private static string StatusOf(LegRow leg) => leg.Cause is { } cause ? CallStatus.Ended(cause, leg.AnsweredAt is not null)
        : leg.AnsweredAt is not null ? "in-progress" : "ringing";

    /// <returns>Null where the query has a problem.</returns>
    private static LegSearch? Search(OperationContext op, TexmlPage page, out Problem? problem)
    {
        if (TexmlPage.Range(op, "StartTime", out problem) is not { } started) return null;
        if (TexmlPage.Range(op, "EndTime", out problem) is not { } ended) return null;
        string? status = TexmlPage.Filled(op, "Status");
        return new()
        {
            From = TexmlPage.Filled(op, "From"),
            To = TexmlPage.Filled(op, "To"),
            Started = started,
            Ended = ended,
            UnansweredCauses = status is null ? null : CallStatus.CausesOf(status, isAnswered: false),
            AnsweredCauses = status is null ? null : CallStatus.CausesOf(status, isAnswered: true),
            Cursor = page.Token,
            Offset = page.Offset,
            Limit = page.Size,
        };
    }
}
