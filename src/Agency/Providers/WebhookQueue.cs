using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Http;

namespace Ringwright.Agency.Providers;

/// <summary>Events of providers as people look after them: what waits, and what has failed and why; and the log of what came.</summary>
internal sealed class WebhookQueue(AgencyParts parts)
{
    public const string Name = "webhook";

    private const string RecordType = "agency_webhook";

    public async ValueTask<Reply> List(OperationContext op)
    {
        var (rows, total) =
            await parts.Webhooks.ListAsync(op.Caller.Root, op.Query["status"] ?? "", op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public async ValueTask<Reply> Get(OperationContext op)
    {
        if (await FindAsync(op) is not { } row) return op.Unknown("id");
        var shown = Show(row);
        shown["payload"] = row.Payload.DeepClone();
        return op.Ok(shown);
    }

    public ValueTask<Reply> Retry(OperationContext op) => ChangeAsync(op, WebhookQueueTable.Again, "retried");

    public ValueTask<Reply> Discard(OperationContext op) => ChangeAsync(op, WebhookQueueTable.Discard, "discarded");

    public async ValueTask<Reply> RetryDead(OperationContext op)
    {
        if (op.ReadObject().ContainsKey("type")) return op.Fail(AgencyText.Bad("type", "Types are of the queue enrichment."));
        if (EnrichmentQueue.BeforeOf(op) is not { } before) return EnrichmentQueue.WrongAge(op);
        var note = op.Note("retried", RecordType, Name) with { Tenant = op.Caller.Root };
        int revived = await parts.Webhooks.ReviveDeadAsync(op.Caller.Root, before, note, op.Stop);
        parts.WebhooksWait.Hear();
        return op.Ok(new JsonObject { ["retried"] = revived });
    }

    public async ValueTask<Reply> Logs(OperationContext op)
    {
        var (rows, total) = await parts.WebhookLogs.ListAsync(op.Caller.Root, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    private async ValueTask<Reply> ChangeAsync(OperationContext op, string statement, string change)
    {
        if (await FindAsync(op) is not { } row) return op.Unknown("id");
        var note = op.Note(change, RecordType, row.Id.ToString(), Show(row)) with { Tenant = op.Caller.Root };
        if (!await parts.Webhooks.ChangeAsync(statement, op.Caller.Root, row.Id, op.Now, note, op.Stop))
            return op.Fail(Fault.WrongState, "It has not failed.");
        parts.WebhooksWait.Hear();
        return await FindAsync(op) is { } now ? op.Ok(Show(now)) : op.Unknown("id");
    }

    private ValueTask<QueuedEvent?> FindAsync(OperationContext op) =>
        Guid.TryParse(op.Path("id"), out var id) ? parts.Webhooks.FindAsync(op.Caller.Root, id, op.Stop) : new((QueuedEvent?)null);

    private static JsonObject Show(QueuedEvent row) => new()
    {
        ["id"] = row.Id.ToString(), ["source"] = ProviderCallTable.Provider, ["event_type"] = row.EventType,
        ["provider_call_id"] = row.ProviderCallId, ["status"] = row.Status, ["attempts"] = row.Attempts,
        ["max_attempts"] = row.MaxAttempts, ["error_message"] = row.ErrorMessage, ["created_at"] = AgencyText.Time(row.CreatedAt),
        ["processing_started_at"] = AgencyText.Time(row.ProcessingStartedAt), ["processed_at"] = AgencyText.Time(row.ProcessedAt),
        ["next_retry_at"] = AgencyText.Time(row.NextRetryAt),
    };

    private static JsonObject Show(WebhookLog log) => new()
    {
        ["id"] = log.Id.ToString(), ["source"] = log.Carrier ?? ProviderCallTable.Provider, ["provider_call_id"] = log.ProviderCallId,
        ["request_method"] = log.RequestMethod, ["request_path"] = log.RequestPath, ["request_headers"] = log.RequestHeaders.DeepClone(),
        ["request_body"] = log.RequestBody, ["remote_ip"] = log.RemoteIp, ["response_status"] = log.ResponseStatus,
        ["verified"] = log.IsVerified, ["verification_error"] = log.VerificationError, ["duplicate"] = log.IsDuplicate,
        ["received_at"] = AgencyText.Time(log.ReceivedAt),
    };
}
