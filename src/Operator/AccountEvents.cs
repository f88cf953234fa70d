using System.Text.Json.Nodes;
using Ringwright.Delivery.Streams;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// An account's webhooks: as they happen, those that are finished, and those once more; in the shapes of the account's own API.
/// </summary>
internal static class AccountEvents
{
    private const string NoNode = "webhooks go out from a running node: start it with serve";

    /// <param name="stream">Null where no node runs.</param>
    public static Reply Follow(OperationContext op, EventStream? stream)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        StreamPosition? after = null;
        if (op.Header("Last-Event-ID") is { Length: > 0 } seen)
        {
            if (!StreamPosition.TryParse(seen, out var last))
                return Accounts.Invalid(op, "Last-Event-ID must be the id of an event that this stream gave.");
            after = last;
        }
        if (stream is null) return Accounts.Invalid(op, "events come from a running node: start it with serve");
        var wanted = EventFilter.Of(op.Query["type"]);
        return stream.TryEnter(tenant.Id) ? op.Stream(EventStream.ContentType, (into, gone) => stream.WriteAsync(tenant.Id, wanted, after,
            into, op.IsWelcome, gone))
            : op.Fail(Fault.TooManyRequests, $"at most {EventStream.MostListeners} listeners may follow an account at the same time");
    }

    /// <summary>The newest first; those of one status, when that is asked for.</summary>
    public static async ValueTask<Reply> List(OperationContext op, Database store)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var page = await store.Deliveries.ListAsync(tenant.Id, new()
        {
            IsDelivered = op.Query["status"] is { } status ? status is "delivered" : null, Offset = op.List.Offset, Limit = op.List.Size,
        }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(row))], page.Total);
    }

    /// <summary>By the delivery's id or the message's.</summary>
    public static async ValueTask<Reply> Replay(OperationContext op, Database store)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        string named = op.Path("id");
        var delivery = !Guid.TryParse(named, out var id) ? null
            : await store.Deliveries.FindAsync(tenant.Id, id, op.Stop) ?? await store.Deliveries.FindByMessageAsync(tenant.Id, id, op.Stop);
        if (delivery is null)
            return op.Unknown("id", $"account '{tenant.Name}' has no finished webhook '{named}' (ringwright events list shows them)");
        return await store.Outbox.ReplayAsync(tenant.Id, delivery.Id, op.Stop) switch
        {
            ReplayOutcome.Begun => op.Ok(Show(delivery)),
            ReplayOutcome.UnderWay => op.Fail(Fault.WrongState, "it is being sent at the moment"),
            _ => op.Fail(Fault.WrongState, "an earlier version sent it, which did not keep what a replay needs"),
        };
    }

    /// <summary>Asks the node's jobs for it, as the account's own API does.</summary>
    public static async ValueTask<Reply> ReplayMany(OperationContext op, Database store, EventStream? stream)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        if (stream is null) return Accounts.Invalid(op, NoNode);
        if (WebhookReplayJob.Read(op.ReadObject(), out string? problem) is not { } input)
            return Accounts.Invalid(op, problem!); // one of the two
        var note = op.Note("created", WebhookReplayJob.KindName, "", after: input.DeepClone().AsObject()) with { Tenant = tenant.Id };
        return await store.Jobs.AddAsync(tenant.Id, WebhookReplayJob.KindName, input, WebhookReplayJob.MostOpen, note, op.Stop) is { } job
            ? op.Created(WebhookReplayJob.Show(job))
            : op.Fail(Fault.WrongState,
                $"{WebhookReplayJob.MostOpen} jobs of account '{tenant.Name}' are under way: wait until one of them is done");
    }

    public static async ValueTask<Reply> GetReplay(OperationContext op, Database store)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        return Guid.TryParse(op.Path("id"), out var id) && await store.Jobs.FindAsync(tenant.Id, id,
            op.Stop) is { Kind: WebhookReplayJob.KindName } job
            ? op.Ok(WebhookReplayJob.Show(job)) : op.Unknown("id", $"account '{tenant.Name}' has no replay '{op.Path("id")}'");
    }

    private static JsonObject Show(WebhookDelivery delivery) => new()
    {
        ["id"] = delivery.Id.ToString(),
        ["record_type"] = "webhook_delivery",
        ["status"] = Word(delivery.IsDelivered),
        ["finished_at"] = OperatorTime.Write(delivery.FinishedAt),
        ["webhook"] = new JsonObject { ["event_type"] = delivery.EventType, ["id"] = delivery.Message.ToString() },
        ["attempts"] = new JsonArray([.. delivery.Attempts.Select(attempt => (JsonNode)Show(attempt))]),
    };

    /// <summary>Why it failed, and nothing of what was sent or answered: that is the account's.</summary>
    private static JsonObject Show(DeliveryAttempt attempt) => new()
    {
        ["errors"] = new JsonArray([.. attempt.Errors.Select(code => (JsonNode)code)]),
        ["finished_at"] = OperatorTime.Write(attempt.FinishedAt),
        ["http"] = new JsonObject
        {
            ["request"] = new JsonObject { ["url"] = attempt.Url },
            ["response"] = attempt.ResponseStatus is { } status ? new JsonObject { ["status"] = status } : null,
        },
        ["status"] = Word(attempt.IsDelivered),
    };

    private static string Word(bool isDelivered) => isDelivered ? "delivered" : "failed";
}
