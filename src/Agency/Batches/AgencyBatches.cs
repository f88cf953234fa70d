using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Agency.Batches;

/// <summary>Batches: how they stand, and what is done with them.</summary>
internal sealed class AgencyBatches(AgencyParts parts)
{
    public const string RecordType = "call_batch";

    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        await parts.Follower.FollowAsync(scope.Agency, op.Stop);
        var (rows, total) = await parts.Batches.ListAsync(scope.Agency, scope.Narrow(op.Query["client_id"]?.ToLowerInvariant()),
            op.Query["campaign_id"]?.ToLowerInvariant() ?? "", op.Query["status"] ?? "", op.Query["failed_because"] ?? "", op.List.Offset,
            op.List.Size, op.Stop);
        return op.Page(await ShowAsync(scope.Agency, rows, op.Stop), total);
    }

    public async ValueTask<Reply> Get(OperationContext op) =>
        await FindAsync(op) is { } batch ? op.Ok(await ShowAsync(batch, op.Stop)) : op.Unknown("id");

    /// <summary>Calls that are up go on.</summary>
    public async ValueTask<Reply> Pause(OperationContext op)
    {
        if (await FindAsync(op) is not { } batch) return op.Unknown("id");
        if (batch.Status is not (BatchRow.Processing or BatchRow.Scheduled)) return Wrong(op, batch, "paused");
        return await MoveAsync(op, batch, "paused", "Nobody more is called; calls that are up go on.", batch with
        {
            Status = BatchRow.Paused,
            PausedAt = op.Now,
            FailureCode = null,
            UpdatedAt = op.Now,
        });
    }

    public async ValueTask<Reply> Resume(OperationContext op)
    {
        if (await FindAsync(op) is not { } batch) return op.Unknown("id");
        if (batch.Status is not BatchRow.Paused) return Wrong(op, batch, "resumed");
        if (await KilledAsync(op) is { } killed) return killed;
        bool isEarly = batch.ScheduledFor > op.Now;
        return await MoveAsync(op, batch, "resumed", isEarly ? "It begins when its time has come." : "It goes on.", batch with
        {
            Status = isEarly ? BatchRow.Scheduled : BatchRow.Processing,
            PausedAt = null,
            FailureCode = null,
            CircuitResumes = 0,
            ResumedAt = Times.Cut(op.Now),
            UpdatedAt = op.Now,
            StartedAt = isEarly ? batch.StartedAt : batch.StartedAt ?? op.Now,
        });
    }

    /// <summary>A refusal while the agency calls nobody.</summary>
    public async ValueTask<Reply?> KilledAsync(OperationContext op) =>
        AgencySettings.IsKilled((await parts.Tenancy.AgencyAsync(AgencyScope.Of(op).Agency, op.Stop)).Settings)
            ? op.Fail(new Problem("compliance_blocked", "kill_switch: nobody is called for the agency while its kill switch is on."))
            : null;

    /// <summary>Whoever waits is not called any more; calls that are up go on, and are told.</summary>
    public async ValueTask<Reply> Cancel(OperationContext op)
    {
        if (await FindAsync(op) is not { } batch) return op.Unknown("id");
        if (batch.IsOver) return Wrong(op, batch, "cancelled");
        return await MoveAsync(op, batch, "cancelled", "Nobody more is called, now and later; calls that are up go on.", batch with
        {
            Status = BatchRow.Failed,
            FailureCode = BatchRow.Cancelled,
            CancelledAt = op.Now,
            CompletedAt = op.Now,
            UpdatedAt = op.Now,
        });
    }

    /// <summary>Those who are still to be called are called as fast as it says then.</summary>
    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (await FindAsync(op) is not { } batch) return op.Unknown("id");
        if (batch.IsOver) return Wrong(op, batch, "changed");
        var body = op.ReadObject();
        string clock = (await parts.Tenancy.AgencyAsync(batch.TenantId, op.Stop)).Timezone;
        if (BatchMaking.End(body, batch.ScheduledFor, op.Now, clock, out var end) is { } wrong) return op.Fail(wrong);
        var callers = new BatchCallers(parts);
        var (voiced, refusal) = await callers.ReadAsync(op, batch, body);
        if (refusal is not null) return refusal;
        Problem? late = null;
        bool MayBe(IDbConnection db, BatchRow before, BatchRow after)
        {
            if (voiced is null) return true;
            late = BatchCallers.IsChangeable(before, before.AgentMappingId != after.AgentMappingId) ? callers.FaultOf(db, after)
                : new("invalid_state", "The batch has begun to call meanwhile.");
            return late is null;
        }
        var tuned = await parts.Batches.TuneAsync(batch, before => (voiced?.Invoke(before) ?? before) with
        {
            Name = body.ContainsKey("name") ? AgencyText.Text(body, "name") : before.Name,
            CallsPerMinute = (long?)body["calls_per_minute"] ?? before.CallsPerMinute,
            MaxConcurrent = (long?)body["max_concurrent"] ?? before.MaxConcurrent,
            WindowEnd = body.ContainsKey("window_end") ? end : before.WindowEnd,
            UpdatedAt = op.Now,
        }, (before, after) => op.Note("updated", RecordType, batch.Id.ToString(), PaceOf(before), PaceOf(after)) with
        {
            Tenant = batch.TenantId,
        }, MayBe, op.Stop);
        if (tuned is null) return late is null ? Wrong(op, batch, "changed") : op.Fail(late);
        await parts.Follower.PaceAsync(tuned, op.Stop);
        if (tuned.AgentMappingId != batch.AgentMappingId) await parts.Follower.VoiceAsync(tuned, op.Stop);
        else if (voiced is not null) await parts.Follower.CallFromAsync(tuned, tuned.Callers, op.Stop);
        return await FindAsync(op) is { } now ? op.Ok(await ShowAsync(now, op.Stop)) : op.Unknown("id");
    }

    private static JsonObject PaceOf(BatchRow row) => new()
    {
        ["name"] = row.Name, ["calls_per_minute"] = row.CallsPerMinute, ["max_concurrent"] = row.MaxConcurrent,
        ["window_end"] = AgencyText.Time(row.WindowEnd), ["agent_mapping_id"] = row.AgentMappingId.ToString(),
        ["from_number"] = row.FromNumber, ["from_pool"] = BatchCallers.Show(row),
    };

    public ValueTask<BatchRow?> FindAsync(OperationContext op) => FindAsync(op, op.Path("id"));

    public async ValueTask<BatchRow?> FindAsync(OperationContext op, string named)
    {
        var scope = AgencyScope.Of(op);
        if (!Guid.TryParse(named, out var id) || await parts.Batches.FindAsync(scope.Agency, id, op.Stop) is not { } batch
                || !scope.Sees(batch.ClientId))
            return null;
        return await parts.Follower.FollowAsync(batch, op.Stop);
    }

    public async ValueTask<JsonObject> ShowAsync(BatchRow batch, CancellationToken stop) =>
        Show(batch, await parts.Batches.CountAsync(batch.TenantId, [batch.Id], stop));

    public async ValueTask<IReadOnlyList<JsonNode>> ShowAsync(TenantId agency, IReadOnlyList<BatchRow> batches, CancellationToken stop)
    {
        var counts = (await parts.Batches.CountAsync(agency, [.. batches.Select(row => row.Id)], stop)).ToLookup(count => count.BatchId);
        return [.. batches.Select(row => (JsonNode)Show(row, counts[row.Id.ToString()]))];
    }

    private async ValueTask<Reply> MoveAsync(OperationContext op, BatchRow before, string name, string message, BatchRow after)
    {
        var note = op.Note(name, RecordType, before.Id.ToString(), new() { ["status"] = before.Status },
            new() { ["status"] = after.Status }) with
        { Tenant = before.TenantId };
        if (!await parts.Batches.MoveAsync(before, after, note, op.Stop)) return Wrong(op, before, name);
        var now = await parts.Follower.FollowAsync(after, op.Stop);
        return op.Ok(new JsonObject
        {
            ["success"] = true, ["batch_id"] = now.Id.ToString(), ["status"] = now.Status, ["paused_at"] = AgencyText.Time(now.PausedAt),
            ["message"] = message,
        });
    }

    private static Reply Wrong(OperationContext op, BatchRow batch, string asked) =>
        op.Fail(Fault.WrongState, $"A batch that is {batch.Status} cannot be {asked}.");

    private static JsonObject Show(BatchRow batch, IEnumerable<ContactCount> counted)
    {
        var counts = counted.ToList();
        long Of(params string[] statuses) => counts.Where(count => statuses.Contains(count.Status)).Sum(count => count.Number);
        long completed = Of(ContactRow.Completed), failed = Of(ContactRow.Failed);
        return new()
        {
            ["id"] = batch.Id.ToString(), ["agency_id"] = batch.TenantId.ToString(), ["client_id"] = batch.ClientId,
            ["campaign_id"] = batch.CampaignId.ToString(), ["agent_mapping_id"] = batch.AgentMappingId.ToString(), ["name"] = batch.Name,
            ["from_number"] = batch.FromNumber, ["from_pool"] = BatchCallers.Show(batch), ["mode"] = batch.Mode, ["status"] = batch.Status,
            ["scheduled_for"] = AgencyText.Time(batch.ScheduledFor), ["window_end"] = AgencyText.Time(batch.WindowEnd),
            ["calls_per_minute"] = batch.CallsPerMinute,
            ["max_concurrent"] = batch.MaxConcurrent, ["total_contacts"] = batch.TotalContacts, ["total_calls"] = batch.TotalContacts,
            ["completed_count"] = completed, ["failed_count"] = failed,
            ["pending_count"] = Of(ContactRow.Pending, ContactRow.Scheduled), ["in_progress_count"] = Of(ContactRow.Calling),
            ["progress_pct"] = batch.TotalContacts == 0 ? 0
                : (long)Math.Round(100m * (completed + failed) / batch.TotalContacts, MidpointRounding.AwayFromZero),
            ["outcomes"] = new JsonObject(counts.Where(count => count.Outcome is not null).GroupBy(count => count.Outcome!)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => KeyValuePair.Create(group.Key, (JsonNode?)group.Sum(count => count.Number)))),
            ["started_at"] = AgencyText.Time(batch.StartedAt), ["paused_at"] = AgencyText.Time(batch.PausedAt),
            ["completed_at"] = AgencyText.Time(batch.CompletedAt), ["cancelled_at"] = AgencyText.Time(batch.CancelledAt),
            ["failure_code"] = batch.FailureCode, ["is_test"] = batch.IsTest, ["created_at"] = AgencyText.Time(batch.CreatedAt),
            ["updated_at"] = AgencyText.Time(batch.UpdatedAt),
        };
    }
}
