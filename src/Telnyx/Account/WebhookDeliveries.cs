using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Account;

/// <summary>The log of webhook deliveries that came to an end, newest first, each with its attempts, newest first.</summary>
internal static class WebhookDeliveries
{
    public static async ValueTask<Reply> List(OperationContext op, AccountParts parts)
    {
        var list = op.List;
        if (Time(list, "started_at", "gte", out var startedFrom) is { } badStart) return op.Fail(badStart);
        if (Time(list, "started_at", "lte", out var startedTo) is { } badStartEnd) return op.Fail(badStartEnd);
        if (Time(list, "finished_at", "gte", out var finishedFrom) is { } badFinish) return op.Fail(badFinish);
        if (Time(list, "finished_at", "lte", out var finishedTo) is { } badFinishEnd) return op.Fail(badFinishEnd);

        var page = await parts.Store.Deliveries.ListAsync(op.Tenant, new()
        {
            IsDelivered = list.Filter("status") is { } status ? status is "delivered" : null,
            EventType = list.Filter("event_type"),
            BodyContains = list.Filter("webhook", "contains"),
            AttemptsContain = list.Filter("attempts", "contains"),
            StartedFrom = startedFrom,
            StartedTo = startedTo,
            FinishedFrom = finishedFrom,
            FinishedTo = finishedTo,
            Offset = list.Offset,
            Limit = list.Size,
        }, op.Stop);
        return op.Page([.. page.Rows.Select(Show)], page.Total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, AccountParts parts)
    {
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.Store.Deliveries.FindAsync(op.Tenant, id, op.Stop) is not { } delivery)
            return op.Unknown("id");
        return op.Ok(Show(delivery));
    }

    /// <summary>
    /// The same event with the same id once more, signed afresh; the attempt joins the delivery's others when it is over.
    /// </summary>
    public static async ValueTask<Reply> Replay(OperationContext op, AccountParts parts)
    {
        if (!Guid.TryParse(op.Path("id"), out var id)) return op.Unknown("id");
        var delivery = await parts.Store.Deliveries.FindAsync(op.Tenant, id, op.Stop)
            ?? await parts.Store.Deliveries.FindByMessageAsync(op.Tenant, id, op.Stop);
        if (delivery is null) return op.Unknown("id");
        return await parts.Store.Outbox.ReplayAsync(op.Tenant, delivery.Id, op.Stop) switch
        {
            ReplayOutcome.Begun => op.Ok(Show(delivery)),
            ReplayOutcome.UnderWay => op.Fail(Fault.WrongState, "This webhook is being sent at the moment."),
            _ => op.Fail(Fault.WrongState, "This webhook was sent by an earlier version, which did not keep what a replay needs."),
        };
    }

    private static Problem? Time(ListRequest list, string field, string @operator, out DateTimeOffset? at)
    {
        at = null;
        if (list.Filter(field, @operator) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read))
        {
            at = @operator is "lte" ? Times.EndOfMillisecond(read) : read;
            return null;
        }
        return new("10031", "The value must be an ISO 8601 date and time.") { Parameter = $"filter[{field}][{@operator}]" };
    }

    private static JsonObject Show(WebhookDelivery delivery) => new()
    {
        ["attempts"] = new JsonArray([.. delivery.Attempts.Select(a => (JsonNode)Show(a))]),
        ["finished_at"] = TelnyxTime.Millis(delivery.FinishedAt),
        ["id"] = delivery.Id.ToString(),
        ["record_type"] = "webhook_delivery",
        ["started_at"] = TelnyxTime.Millis(delivery.StartedAt),
        ["status"] = Word(delivery.IsDelivered),
        ["user_id"] = delivery.Tenant.ToString(),
        ["webhook"] = JsonNode.Parse(delivery.Body),
    };

    private static JsonObject Show(DeliveryAttempt attempt) => new()
    {
        ["errors"] = new JsonArray([.. attempt.Errors.Select(code => (JsonNode)code)]),
        ["finished_at"] = TelnyxTime.Millis(attempt.FinishedAt),
        ["http"] = new JsonObject
        {
            ["request"] = new JsonObject { ["headers"] = Headers(attempt.RequestHeaders), ["url"] = attempt.Url },
            ["response"] = attempt.ResponseStatus is not { } status ? null : new JsonObject
            {
                ["body"] = attempt.ResponseBody ?? "",
                ["headers"] = Headers(attempt.ResponseHeaders),
                ["status"] = status,
            },
        },
        ["started_at"] = TelnyxTime.Millis(attempt.StartedAt),
        ["status"] = Word(attempt.IsDelivered),
    };

    /// <summary>The contract shows a header as a pair of texts.</summary>
    private static JsonArray Headers(IReadOnlyList<CustomSipHeader> headers) =>
        new([.. headers.Select(h => (JsonNode)new JsonArray((JsonNode)h.Name, (JsonNode)h.Value))]);

    private static string Word(bool isDelivered) => isDelivered ? "delivered" : "failed";
}
