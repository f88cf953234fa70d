using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Telling;

/// <summary>What was sent to a webhook of an agency, with each try and what was answered; and the same once more.</summary>
internal sealed class OutboundDeliveries(AgencyParts parts, OutboundWebhooks webhooks)
{
    /// <summary>The newest; those that are still tried are none of them.</summary>
    public async ValueTask<Reply> List(OperationContext op)
    {
        if (await webhooks.FindAsync(op) is not { } hook) return op.Unknown("id");
        var page = await parts.Store.Deliveries.ListAsync(hook.Tenant, new()
        {
            BodyContains = hook.Id, EventType = op.Query["type"], Limit = op.List.Size,
            IsDelivered = op.Query["status"] is { } status ? status is "delivered" : null,
        }, op.Stop);
        return op.Ok(new JsonObject
        {
            ["deliveries"] = new JsonArray([.. page.Rows.Where(row => IsOf(hook, row)).Select(row => (JsonNode)Show(row))]),
        });
    }

    /// <summary>With the same id and the same bytes, to the URL of then.</summary>
    public async ValueTask<Reply> Resend(OperationContext op)
    {
        if (await webhooks.FindAsync(op) is not { } hook || !Guid.TryParse(op.Path("delivery"), out var id)) return op.Unknown("id");
        if (await parts.Store.Deliveries.FindAsync(hook.Tenant, id, op.Stop) is not { } delivery || !IsOf(hook, delivery))
            return op.Unknown("delivery");
        return await parts.Store.Outbox.ReplayAsync(hook.Tenant, delivery.Id, op.Stop) switch
        {
            ReplayOutcome.Begun => op.Ok(Show(delivery)),
            ReplayOutcome.UnderWay => op.Fail(Fault.WrongState, "It is being sent at the moment."),
            _ => op.Fail(Fault.WrongState, "What is needed to send it again is no longer kept."),
        };
    }

    /// <summary>What other APIs have sent need be no JSON.</summary>
    private static bool IsOf(ResourceRow hook, WebhookDelivery row) =>
        row.Body.Contains(hook.Id, StringComparison.Ordinal) && OutboundText.ReadStored(row.Body)?.Hook == hook.Id;

    private static JsonObject Show(WebhookDelivery row) => new()
    {
        ["id"] = row.Id.ToString(), ["event_id"] = row.Message.ToString(), ["type"] = row.EventType,
        ["status"] = row.IsDelivered ? "delivered" : "failed", ["started_at"] = AgencyText.Time(row.StartedAt),
        ["finished_at"] = AgencyText.Time(row.FinishedAt),
        ["attempts"] = new JsonArray([.. row.Attempts.Select(one => (JsonNode)new JsonObject
        {
            ["number"] = one.Number, ["url"] = one.Url, ["delivered"] = one.IsDelivered, ["started_at"] = AgencyText.Time(one.StartedAt),
            ["response_status"] = one.ResponseStatus, ["response_body"] = one.ResponseBody,
        })]),
        ["body"] = OutboundText.ReadStored(row.Body)?.Told,
    };
}
