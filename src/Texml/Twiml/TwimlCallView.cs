using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;

namespace Ringwright.Texml.Twiml;

/// <summary>A call as these clients read it.</summary>
internal static class TwimlCallView
{
    public static async ValueTask<JsonObject> OfAsync(OperationContext op, TwimlParts parts, LegRow leg)
    {
        var record = leg.IsAlive ? null : await parts.Store.CallRecords.FindAsync(op.Tenant, leg.Id, op.Stop);
        string? parent = ParentOf(leg.Labels, leg.Tenant, parts);
        var shown = Of(op, leg.Id, leg.From, leg.To, TwimlWords.Direction(leg.Direction, parent is not null), StatusOf(leg), leg.StartedAt);
        shown["answered_by"] = leg.Labels[TexmlLabels.AnsweredBy] switch { null => null, "not_sure" => "unknown", var who => who };
        shown["caller_name"] = leg.CallerName;
        foreach (var (field, at) in TimesOf(leg)) shown[field] = at;
        shown["duration"] = record?.TalkSeconds.ToString(CultureInfo.InvariantCulture);
        shown["forwarded_from"] = TwimlWords.ForwardedFrom(leg.Headers);
        shown["parent_call_sid"] = parent;
        string own = leg.Direction is Direction.Inbound ? leg.To : leg.From;
        shown["phone_number_sid"] = op.Routing.FindOwnNumber(own) is { } number && number.Tenant == op.Tenant
            ? TwimlSids.Number(number.Text) : null;
        // What was paid is taken away.
        shown["price"] = record?.Cost is { } cost ? cost.Micros == 0 ? cost.Text : $"-{cost.Text}" : null;
        shown["price_unit"] = record?.Cost?.Currency;
        return shown;
    }

    /// <summary>As its row has them.</summary>
    public static (string Field, string? At)[] TimesOf(LegRow leg) =>
    [
        ("date_updated", TexmlTime.Text(leg.EndedAt ?? leg.AnsweredAt ?? leg.StartedAt)),
        ("start_time", TexmlTime.Text(leg.AnsweredAt ?? leg.StartedAt)),
        ("end_time", leg.EndedAt is { } end ? TexmlTime.Text(end) : null),
    ];

    /// <summary>A call that was placed just now.</summary>
    public static JsonObject OfNew(OperationContext op, LegFacts leg) =>
        Of(op, leg.Id, leg.From, leg.To, TwimlWords.Direction(leg.Direction, isDialled: false), "queued", op.Now);

    public static string StatusOf(LegRow leg) => leg.Cause is { } cause ? TwimlStatus.Ended(cause, leg.AnsweredAt is not null)
        : leg.AnsweredAt is not null ? "in-progress"
        : leg is { Direction: Direction.Outbound, State: StoredLegState.Initiated } ? "queued" : "ringing";

    /// <summary>Of a call that a document of either language has dialled.</summary>
    private static string? ParentOf(Labels labels, TenantId tenant, TwimlParts parts) => labels[TexmlLabels.Parent] switch
    {
        null => null,
        var sid when TwimlSids.TryCall(sid, out _) => sid,
        var id => parts.Voice.Ids.TryReadCallControl(id, tenant, out var leg) ? TwimlSids.Call(leg) : null,
    };

    private static JsonObject Of(OperationContext op, LegId id, string from, string to, string direction, string status,
        DateTimeOffset createdAt)
    {
        string sid = TwimlSids.Call(id), created = TexmlTime.Text(createdAt);
        return new()
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["annotation"] = null,
            ["answered_by"] = null,
            ["api_version"] = TwimlLanguage.ApiVersion,
            ["caller_name"] = null,
            ["date_created"] = created,
            ["date_updated"] = created,
            ["direction"] = direction,
            ["duration"] = null,
            ["end_time"] = null,
            ["forwarded_from"] = null,
            ["from"] = from,
            ["from_formatted"] = from,
            ["group_sid"] = null,
            ["parent_call_sid"] = null,
            ["phone_number_sid"] = null,
            ["price"] = null,
            ["price_unit"] = null,
            ["queue_time"] = null,
            ["start_time"] = null,
            ["status"] = status,
            ["subresource_uris"] = TwimlPaths.Below(TwimlPaths.Of(op, $"Calls/{sid}"), "recordings"),
            ["to"] = to,
            ["to_formatted"] = to,
            ["trunk_sid"] = null,
            ["uri"] = TwimlPaths.Of(op, $"Calls/{sid}.json"),
        };
    }
}
