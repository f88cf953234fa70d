using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store.Audit;

namespace Ringwright.Agency.Talking;

/// <summary>What is done with what was said in calls, as people look after it: what waits, and what has failed and why.</summary>
internal sealed class EnrichmentQueue(AgencyParts parts, AgencyCalls calls)
{
    public const string Name = "enrichment";

    private const string RecordType = "agency_enrichment";

    public async ValueTask<Reply> List(OperationContext op)
    {
        if (!IsThere(op)) return op.Unknown("queue");
        var (rows, total) = await parts.Queue.ListAsync(op.Caller.Root, op.Query["status"] ?? "", op.Query["type"] ?? "", op.List.Offset,
            op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        !IsThere(op) ? op.Unknown("queue") : await FindAsync(op) is { } row ? op.Ok(Show(row)) : op.Unknown("id");

    public async ValueTask<Reply> Retry(OperationContext op)
    {
        if (!IsThere(op)) return op.Unknown("queue");
        if (await FindAsync(op) is not { } row) return op.Unknown("id");
        if (row.Status is not QueuedRow.Failed) return op.Fail(Fault.WrongState, "It has not failed.");
        return await AgainAsync(op, row) ?? op.Fail(Fault.WrongState, "It is tried at this moment.");
    }

    public async ValueTask<Reply> RetryDead(OperationContext op)
    {
        if (!IsThere(op)) return op.Unknown("queue");
        if (BeforeOf(op) is not { } before) return WrongAge(op);
        var note = op.Note("retried", RecordType, Name) with { Tenant = op.Caller.Root };
        string type = AgencyText.Text(op.ReadObject(), "type") ?? "";
        return op.Ok(new JsonObject
        {
            ["retried"] = await parts.Queue.RetryDeadAsync(op.Caller.Root, type, before, op.Now, note, op.Stop),
        });
    }

    /// <summary>Only what is older is retried; all where nobody says. Null for what is no moment.</summary>
    public static DateTimeOffset? BeforeOf(OperationContext op) =>
        AgencyText.Text(op.ReadObject(), "older_than") is { } text ? AgencyText.Moment(text) : DateTimeOffset.MaxValue;

    public static Reply WrongAge(OperationContext op) =>
        op.Fail(AgencyText.Bad("older_than", "older_than is a moment such as 2026-02-20T10:00:00Z."));

    public async ValueTask<Reply> Discard(OperationContext op)
    {
        if (!IsThere(op)) return op.Unknown("queue");
        if (await FindAsync(op) is not { } row) return op.Unknown("id");
        if (!await parts.Queue.DiscardAsync(op.Caller.Root, row, op.Now, NoteOf(op, "discarded", row), op.Stop))
            return op.Fail(Fault.WrongState, "It has not failed.");
        return await FindAsync(op) is { } now ? op.Ok(Show(now)) : op.Unknown("id");
    }

    /// <summary>A call is judged once more; what was found before stands until then.</summary>
    public async ValueTask<Reply> Rerun(OperationContext op)
    {
        if (AgencyText.Text(op.ReadObject(), "model") is { } model)
        {
            string? own = (await parts.Integrations.FindAsync(op.Caller.Root, op.Stop))?.LlmModel, judging = own ?? parts.Judge?.Model;
            if (model != judging)
                return op.Fail(AgencyText.Bad("model", own is not null ? $"Calls are judged by the agency's model, {own}."
                    : judging is not null ? $"Calls are judged by the node's model, {judging}."
                    : "Neither the node nor the agency has a model."));
        }
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        if (AnalysisSetting.IsOff((await parts.Tenancy.AgencyAsync(call.Agency, op.Stop)).Settings))
            return op.Fail(Fault.WrongState, "The agency has settled that no call is judged.");
        if (await parts.Queue.FindAsync(call.Agency, call.Leg.Uuid.ToString(), QueuedRow.Analysis, op.Stop) is not { } row)
            return op.Fail(Fault.WrongState, "Nothing was said in the call that could be judged, or it is not written down yet.");
        return await AgainAsync(op, row) ?? op.Fail(Fault.WrongState, "The call waits to be judged already.");
    }

    /// <summary>What was said in a provider's call is fetched once more, and judged anew; what is there stands until then.</summary>
    public async ValueTask<Reply> Refetch(OperationContext op)
    {
        if (await calls.FindAsync(op) is not { } call) return op.Unknown("id");
        if (call.Remote is null)
            return op.Fail(Fault.WrongState, "What was said was written down as it was heard: there is nothing to fetch again.");
        if (await parts.Queue.FindAsync(call.Agency, call.Leg.Uuid.ToString(), QueuedRow.Transcript, op.Stop) is not { } row)
            return op.Fail(Fault.WrongState, "Nothing was said in the call, or it is not over.");
        return await AgainAsync(op, row) ?? op.Fail(Fault.WrongState, "What was said is to be fetched already.");
    }

    /// <summary>Null where it cannot be.</summary>
    private async ValueTask<Reply?> AgainAsync(OperationContext op, QueuedRow row)
    {
        // What comes of it takes the place of what is there.
        if ((await parts.CallNotes.ListAsync(op.Caller.Root, [row.CallId], op.Stop)).Any(note => note.IsHeld))
            return op.Fail(Fault.WrongState, "The call is held: what was said and found stays as it is.");
        if (!await parts.Queue.RetryAsync(op.Caller.Root, row, op.Now, NoteOf(op, "retried", row), op.Stop)) return null;
        return await parts.Queue.FindAsync(op.Caller.Root, row.Id, op.Stop) is { } now ? op.Ok(Show(now)) : op.Unknown("id");
    }

    private static AuditNote NoteOf(OperationContext op, string change, QueuedRow row) =>
        op.Note(change, RecordType, row.Id.ToString(), Show(row)) with { Tenant = op.Caller.Root };

    private static bool IsThere(OperationContext op) => op.Path("queue") is Name;

    private ValueTask<QueuedRow?> FindAsync(OperationContext op) =>
        Guid.TryParse(op.Path("id"), out var id) ? parts.Queue.FindAsync(op.Caller.Root, id, op.Stop) : new((QueuedRow?)null);

    private static JsonObject Show(QueuedRow row) => new()
    {
        ["id"] = row.Id.ToString(), ["call_id"] = row.CallId, ["type"] = row.Type, ["status"] = row.Status, ["attempts"] = row.Attempts,
        ["max_attempts"] = row.MaxAttempts, ["error_message"] = row.ErrorMessage, ["created_at"] = AgencyText.Time(row.CreatedAt),
        ["processing_started_at"] = AgencyText.Time(row.ProcessingStartedAt), ["processed_at"] = AgencyText.Time(row.ProcessedAt),
        ["next_retry_at"] = AgencyText.Time(row.NextRetryAt),
    };
}
