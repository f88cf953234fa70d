using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>Queues and who waits in them: those that the account has made, and others as long as a call waits in them.</summary>
internal static class Queues
{
    private const string Duplicate = "10012";

    /// <summary>Where calls wait in one that the account has made, it is as they have it.</summary>
    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        var live = await parts.Store.Queues.ListAsync(op.Tenant, op.Stop);
        var kept = await KeptQueues.ListAsync(parts.Store, op.Tenant, op.Stop);
        var busy = live.Select(queue => queue.Name).ToHashSet(StringComparer.Ordinal);
        QueueRow[] all = [.. live, .. kept.Where(queue => !busy.Contains(queue.Name))];
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(queue => (JsonNode)Show(queue, op.Now))], all.Length);
    }

    /// <summary>Before anybody waits in it.</summary>
    public static async ValueTask<Reply> Create(OperationContext op, VoiceParts parts)
    {
        var body = VoiceBody.Of(op, parts);
        string? name = QueueActions.Name(body, "queue_name");
        int size = Size(body);
        if (name is null || body.Problems.Count > 0) return op.Fail(body.Problems);
        var made = await parts.Store.Queues.FindAsync(op.Tenant, name, op.Stop) is null
            ? await KeptQueues.AddAsync(op, parts.Store, name, size) : null;
        return made is not null ? op.Ok(Show(made, op.Now))
            : op.Invalid("/queue_name", Duplicate, $"There is a queue of this name already, or there are {KeptQueues.Most}.");
    }

    /// <summary>How many may wait: of who waits at the moment the queue has settled it.</summary>
    public static async ValueTask<Reply> Update(OperationContext op, VoiceParts parts)
    {
        if (await FindAsync(op, parts) is not { } queue) return op.Unknown("queue_name");
        var body = VoiceBody.Of(op, parts);
        if (!body.Has("max_size")) body.Refuse(VoiceErrors.MissingParameter, "max_size", "max_size is missing.");
        int size = Size(body);
        if (body.Problems.Count > 0) return op.Fail(body.Problems);
        if (queue.Calls.Count > 0) return op.Fail(Errors.Of(Refusal.QueueSizeFixed));
        return await KeptQueues.ResizeAsync(op, parts.Store, queue.Name, size) is { } resized
            ? op.Ok(Show(resized, op.Now)) : op.Unknown("queue_name");
    }

    public static async ValueTask<Reply> Delete(OperationContext op, VoiceParts parts)
    {
        if (await FindAsync(op, parts) is not { } queue) return op.Unknown("queue_name");
        if (queue.Calls.Count > 0) return op.Fail(Fault.InUse, "Calls wait in the queue.");
        return await KeptQueues.RemoveAsync(op, parts.Store, queue.Name) ? op.NoContent() : op.Unknown("queue_name");
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts) =>
        await FindAsync(op, parts) is { } queue ? op.Ok(Show(queue, op.Now)) : op.Unknown("queue_name");

    public static async ValueTask<Reply> ListCalls(OperationContext op, VoiceParts parts)
    {
        if (await FindAsync(op, parts) is not { } queue) return op.Unknown("queue_name");
        if (Page(op.List, queue.Calls) is not var (from, to)) return CursorPage.Unknown(op);
        var calls = new List<JsonObject>();
        for (int at = from; at < to; at++)
            if (await ShowAsync(op, parts, queue, at) is { } call) calls.Add(call);
        string? before = from > 0 && to > from ? Cursor(queue.Calls[from]) : null;
        string? after = to < queue.Calls.Count && to > from ? Cursor(queue.Calls[to - 1]) : null;
        return new CursorPage(calls, before, after, queue.Calls.Count).Write(op, $"/queues/{Uri.EscapeDataString(queue.Name)}/calls");
    }

    public static async ValueTask<Reply> GetCall(OperationContext op, VoiceParts parts)
    {
        if (await FindAsync(op, parts) is not { } queue) return op.Unknown("queue_name");
        int at = parts.Ids.TryReadCallControl(op.Path("call_control_id"), op.Tenant, out var leg)
            ? Position(queue.Calls, leg) : -1;
        return at >= 0 && await ShowAsync(op, parts, queue, at) is { } shown ? op.Ok(shown) : op.Unknown("call_control_id");
    }

    /// <summary>Which of them a page has, without its end. A cursor stays good when its call has left.</summary>
    /// <returns>Null for a cursor that no page gave.</returns>
    private static (int From, int To)? Page(ListRequest list, IReadOnlyList<QueuedCall> calls)
    {
        int size = list.Limit ?? list.Size;
        if ((list.After ?? list.Before) is not { } cursor)
        {
            int start = list.IsByCursor ? 0 : Math.Min(list.Offset, calls.Count);
            return (start, Math.Min(start + size, calls.Count));
        }
        if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out long entry)) return null;
        int from = calls.Count(call => call.Entry <= entry), to = calls.Count(call => call.Entry < entry);
        return list.After is not null ? (from, Math.Min(from + size, calls.Count)) : (Math.Max(0, to - size), to);
    }

    private static string Cursor(QueuedCall call) => call.Entry.ToString(CultureInfo.InvariantCulture);

    private static int Position(IReadOnlyList<QueuedCall> calls, LegId leg)
    {
        for (int at = 0; at < calls.Count; at++)
            if (calls[at].Leg == leg) return at;
        return -1;
    }

    private static int Size(VoiceBody body) =>
        body.Whole("max_size", QueueFacts.UsualMaxSize, 1, VoiceLimits.QueueSize, VoiceErrors.BadRange);

    private static async ValueTask<QueueRow?> FindAsync(OperationContext op, VoiceParts parts)
    {
        string name = op.Path("queue_name");
        return await parts.Store.Queues.FindAsync(op.Tenant, name, op.Stop)
            ?? await KeptQueues.FindAsync(parts.Store, op.Tenant, name, op.Stop);
    }

    private static JsonObject Show(QueueRow queue, DateTimeOffset now) => new()
    {
        ["average_wait_time_secs"] = queue.Calls.Count == 0 ? 0 : (long)queue.Calls.Average(call => Seconds(call, now)),
        ["created_at"] = TelnyxTime.Millis(queue.CreatedAt),
        ["current_size"] = queue.Calls.Count,
        ["id"] = queue.Uuid.ToString(),
        ["max_size"] = queue.MaxSize,
        ["name"] = queue.Name,
        ["record_type"] = "queue",
        ["updated_at"] = TelnyxTime.Millis(queue.UpdatedAt),
    };

    /// <returns>Null for a call that is gone meanwhile.</returns>
    private static async ValueTask<JsonObject?> ShowAsync(OperationContext op, VoiceParts parts, QueueRow queue, int at)
    {
        var call = queue.Calls[at];
        if (await parts.Store.Legs.FindAsync(op.Tenant, call.Leg, op.Stop) is not { } leg) return null;
        return new()
        {
            ["call_control_id"] = parts.Ids.CallControl(leg.Tenant, leg.Id),
            ["call_leg_id"] = leg.Uuid.ToString(),
            ["call_session_id"] = leg.Session.ToString(),
            ["connection_id"] = leg.Connection.ToString(),
            ["enqueued_at"] = TelnyxTime.Millis(call.EnqueuedAt),
            ["from"] = leg.From,
            ["is_alive"] = leg.IsAlive,
            ["queue_id"] = queue.Uuid.ToString(),
            ["queue_position"] = at + 1,
            ["record_type"] = "queue_call",
            ["to"] = leg.To,
            ["wait_time_secs"] = (long)Seconds(call, op.Now),
        };
    }

    private static double Seconds(QueuedCall call, DateTimeOffset now) => Math.Max(0, (now - call.EnqueuedAt).TotalSeconds);
}
