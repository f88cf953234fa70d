using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Queueing;

/// <summary>Calls that wait or have waited in queues.</summary>
internal static class Queuecalls
{
    public const string Initiating = "initiating", Waiting = "waiting", Connecting = "connecting", Service = "service", Done = "done",
        Abandoned = "abandoned";

    /// <summary>As its rows are found outside of a request.</summary>
    public static readonly ResourceKind Stored =
        new("voipbin_queuecall") { Deletes = DeleteStyle.Keep, Indexed = ["status", "reference_id"] };

    public static ResourceKind Kind(Contract contract, VoipbinEvents events) =>
        VoipbinShape.Kind(contract, events, "Queuecall", "queuecall") with
        {
            Indexed = Stored.Indexed,
            BeforeDelete = static (op, row) => new(IsOver(row) ? null
                : op.Dialect.Errors.Problem(Fault.WrongState, "The call is still in its queue.")),
        };

    public static bool IsOver(ResourceRow row) => (string?)row.Body["status"] is Done or Abandoned;

    public static async ValueTask<Reply> KickAsync(OperationContext op, VoipbinParts parts, ResourceKind kind)
    {
        if (parts.Work is not { } work || await work.Queuecalls.FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } row)
            return await op.UnknownAsync(kind, "id");
        return await KickAsync(op, work, row);
    }

    /// <summary>The one by which a call waits now, or waited last.</summary>
    public static async ValueTask<Reply> KickOfCallAsync(OperationContext op, VoipbinParts parts)
    {
        string call = op.Path("call_id");
        if (parts.Work is not { } work) return op.Unknown("call_id");
        var rows = await work.Queuecalls.ListAsync(op.Tenant, 100, op.Stop, new ResourceFilter("reference_id", "eq", [call]));
        if (rows.Count > 0) return await KickAsync(op, work, rows.FirstOrDefault(row => !IsOver(row)) ?? rows[^1]);
        return await new CallRows(parts.Store).IsOthersAsync(op.Tenant, Guid.Parse(call), op.Stop)
            ? op.Fail(Fault.ForeignResource, "This belongs to another account.") : op.Unknown("call_id");
    }

    /// <summary>
    /// Served before: done, and abandoned where nobody was. The queue's counts and its list of callers follow.
    /// </summary>
    public static async ValueTask EndAsync(CallWork work, ResourceRow row, DateTimeOffset at, CancellationToken stop)
    {
        bool isServed = await work.Queuecalls.ChangeAsync(row.Tenant, row.Id, body =>
        {
            if ((string?)body["status"] is not Service || !body.Remove(LiveRows.Owner)) return false;
            (body["status"], body["tm_end"]) = (Done, VoipbinTime.Text(at));
            var since = VoipbinTime.Read((string?)body["tm_service"]) ?? at;
            body["duration_service"] = QueueFloor.Milliseconds(at - since);
            return true;
        }, Done, stop) is (_, true);
        bool isAbandoned = !isServed && await work.Queuecalls.ChangeAsync(row.Tenant, row.Id, body =>
        {
            if ((string?)body["status"] is Done or Abandoned || !body.Remove(LiveRows.Owner)) return false;
            (body["status"], body["tm_end"]) = (Abandoned, VoipbinTime.Text(at));
            body["duration_waiting"] = QueueFloor.Milliseconds(at - row.CreatedAt);
            return true;
        }, Abandoned, stop) is (_, true);
        if (!isServed && !isAbandoned) return;
        if (await work.Queues.FindAsync(row.Tenant, (string?)row.Body["queue_id"] ?? "", stop) is { } queue)
            await work.Floor.CountAsync(queue, body => !isAbandoned || QueueFloor.Add(body, "total_abandoned_count"), row.Id, list: null);
    }

    /// <summary>Left behind by a process that is no more: it ended when its call did, as far as anybody knows.</summary>
    public static async ValueTask CloseAsync(CallWork work, ResourceRow row, CancellationToken stop)
    {
        var leg = Guid.TryParse((string?)row.Body["reference_id"], out var call)
            ? await work.Parts.Store.Legs.FindByUuidAsync(row.Tenant, call, stop) : null;
        var at = leg?.EndedAt is { } ended && ended > row.CreatedAt ? ended : work.Time.GetUtcNow();
        await EndAsync(work, row, at, stop);
    }

    private static async ValueTask<Reply> KickAsync(OperationContext op, CallWork work, ResourceRow row)
    {
        if (IsOver(row)) return op.Fail(Fault.WrongState, "The call has left its queue already.");
        // Maybe at another node, which looks for that.
        if (await work.Queuecalls.ChangeAsync(row.Tenant, row.Id, static body =>
            {
                body[LiveRows.Kicked] = true;
                return true;
            }, name: null, op.Stop) is not (var marked, _)) return op.Unknown("id");
        work.End(isQueuecall: true, marked);
        return op.Ok(work.Queuecalls.Show(marked));
    }
}
