using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>The queues in which calls wait, whosever they are.</summary>
internal static class LiveQueues
{
    private const string RecordType = "queue";

    /// <summary>The oldest first; of one account, or of one name, when that is asked for.</summary>
    public static async ValueTask<Reply> List(OperationContext op, LiveQueueTable queues)
    {
        if (LiveCalls.Read(op) is not { } query) return LiveCalls.UnknownAccount(op);
        var (rows, total) = await queues.ListAsync(query, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row))], total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, LiveQueueTable queues) =>
        await FindAsync(op, queues) is { } queue ? op.Ok(Show(op, queue)) : Unknown(op);

    /// <summary>The longest waiting first.</summary>
    public static async ValueTask<Reply> ListCalls(OperationContext op, LiveQueueTable queues)
    {
        if (await FindAsync(op, queues) is not { } queue) return Unknown(op);
        var (rows, total) = await queues.ListCallsAsync(queue, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row))], total);
    }

    private static async ValueTask<LiveQueue?> FindAsync(OperationContext op, LiveQueueTable queues) =>
        Guid.TryParse(op.Path("id"), out var id) ? await queues.FindAsync(id, op.Stop) : null;

    private static Reply Unknown(OperationContext op) => op.Unknown("id", $"nobody waits in a queue '{op.Path("id")}'");

    private static JsonObject Show(OperationContext op, LiveQueue queue) => new()
    {
        ["id"] = queue.Uuid.ToString(),
        ["record_type"] = RecordType,
        ["account"] = op.Routing.FindTenant(queue.Tenant)?.Name ?? "",
        ["account_id"] = queue.Tenant.ToString(),
        ["name"] = queue.Name,
        ["node"] = queue.Node,
        ["size"] = queue.Size,
        ["max_size"] = queue.MaxSize,
        ["average_wait_seconds"] = Seconds(op, queue.AverageSince),
        ["longest_wait_seconds"] = Seconds(op, queue.LongestSince),
        ["created_at"] = OperatorTime.Write(queue.CreatedAt),
    };

    private static JsonObject Show(OperationContext op, LiveQueuedCall waiting)
    {
        var shown = new JsonObject { ["record_type"] = "queued_call", ["position"] = waiting.Position };
        LiveCalls.Add(shown, waiting.Call);
        shown["enqueued_at"] = OperatorTime.Write(waiting.EnqueuedAt);
        shown["wait_seconds"] = Seconds(op, waiting.EnqueuedAt);
        return shown;
    }

    private static long Seconds(OperationContext op, DateTimeOffset? since) =>
        since is { } at ? Math.Max(0, (long)(op.Now - at).TotalSeconds) : 0;
}
