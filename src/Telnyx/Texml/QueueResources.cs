using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>
/// Queues and who waits in them, by the id or the name of a queue. There is a queue as long as a call waits in it.
/// </summary>
internal static class QueueResources
{
    private const string Front = "Front";

    public static async ValueTask<Reply> List(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (TexmlPage.Read(op, out var problem) is not { } page
            || TexmlPage.Range(op, "DateCreated", out problem) is not { } created
            || TexmlPage.Range(op, "DateUpdated", out problem) is not { } updated) return op.Fail(problem!);
        var queues = await parts.Store.Queues.ListAsync(op.Tenant, op.Stop);
        return Page(op, page, "queues", [.. queues.Where(one => Has(created, one.CreatedAt) && Has(updated, one.UpdatedAt))],
            queue => Of(op, queue), "Queues");
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        return await FindAsync(op, parts) is { } queue ? op.Bare(200, Of(op, queue)) : op.Unknown("queue_sid");
    }

    public static async ValueTask<Reply> ListMembers(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await FindAsync(op, parts) is not { } queue) return op.Unknown("queue_sid");
        if (TexmlPage.Read(op, out var problem) is not { } page) return op.Fail(problem!);
        return Page(op, page, "queue_members", queue.Calls, call => Of(op, parts, queue, call), $"Queues/{queue.Uuid}/Members");
    }

    public static async ValueTask<Reply> GetMember(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await FindAsync(op, parts) is not { } queue) return op.Unknown("queue_sid");
        return Member(op, parts, queue) is { } call ? op.Bare(200, Of(op, parts, queue, call)) : op.Unknown("call_sid");
    }

    /// <summary>Out of the queue, to another document: as any change of a call that documents command.</summary>
    public static async ValueTask<Reply> UpdateMember(OperationContext op, VoiceParts parts)
    {
        if (!TexmlPaths.IsOwn(op)) return op.Unknown("account_sid");
        if (await FindAsync(op, parts) is not { } queue) return op.Unknown("queue_sid");
        if (Member(op, parts, queue) is not { } call || await parts.Store.Legs.FindAsync(op.Tenant, call.Leg, op.Stop) is not { } leg)
            return op.Unknown("call_sid");
        var (changed, refused) = await UpdateCall.ChangeAsync(op, parts, leg);
        return changed is null ? refused! : op.Bare(200, Of(op, parts, queue, call));       // one of the two is there
    }

    public static async ValueTask<QueueRow?> FindAsync(OperationContext op, VoiceParts parts)
    {
        string sid = op.Path("queue_sid");
        if (await parts.Store.Queues.FindAsync(op.Tenant, sid, op.Stop) is { } named) return named;
        return Guid.TryParse(sid, out var uuid)
            ? (await parts.Store.Queues.ListAsync(op.Tenant, op.Stop)).FirstOrDefault(queue => queue.Uuid == uuid) : null;
    }

    public static QueuedCall? Member(OperationContext op, VoiceParts parts, QueueRow queue)
    {
        string sid = op.Path("call_sid");
        if (sid == Front) return queue.Calls.Count > 0 ? queue.Calls[0] : null;
        return parts.Ids.TryReadCallControl(sid, op.Tenant, out var leg) ? queue.Calls.FirstOrDefault(call => call.Leg == leg) : null;
    }

    public static JsonObject Of(OperationContext op, QueueRow queue) => new()
    {
        ["account_sid"] = op.Tenant.ToString(),
        ["average_wait_time"] = queue.Calls.Count == 0 ? 0 : (long)queue.Calls.Average(call => Waited(op, call)),
        ["current_size"] = queue.Calls.Count,
        ["date_created"] = TexmlTime.Text(queue.CreatedAt),
        ["date_updated"] = TexmlTime.Text(queue.UpdatedAt),
        ["friendly_name"] = queue.Name,
        ["max_size"] = queue.MaxSize,
        ["sid"] = queue.Uuid.ToString(),
        ["subresource_uris"] = new JsonObject { ["members"] = TexmlPaths.Of(op, $"Queues/{queue.Uuid}/Members") },
        ["uri"] = TexmlPaths.Of(op, $"Queues/{queue.Uuid}"),
    };

    public static JsonObject Of(OperationContext op, VoiceParts parts, QueueRow queue, QueuedCall call)
    {
        string sid = parts.Ids.CallControl(op.Tenant, call.Leg);
        return new()
        {
            ["account_sid"] = op.Tenant.ToString(),
            ["call_sid"] = sid,
            ["date_enqueued"] = TexmlTime.Text(call.EnqueuedAt),
            ["position"] = queue.Calls.TakeWhile(one => one != call).Count() + 1,
            ["queue_sid"] = queue.Uuid.ToString(),
            ["uri"] = TexmlPaths.Of(op, $"Queues/{queue.Uuid}/Members/{sid}"),
            ["wait_time"] = (long)Waited(op, call),
        };
    }

    private static Reply Page<T>(OperationContext op, TexmlPage page, string name, IReadOnlyList<T> all, Func<T, JsonObject> show,
        string path)
    {
        if (page.Token is not null) return op.Fail(TexmlPage.UnknownToken);
        var shown = new JsonArray([.. all.Skip(page.Offset).Take(page.Size).Select(one => (JsonNode)show(one))]);
        bool isMore = page.Offset + page.Size < all.Count;
        return op.Bare(200, page.Write(op, name, shown, path, isMore ? "" : null));
    }

    private static double Waited(OperationContext op, QueuedCall call) => Math.Max(0, (op.Now - call.EnqueuedAt).TotalSeconds);

    private static bool Has(TimeRange range, DateTimeOffset at) =>
        (range.From is null || at >= range.From) && (range.Before is null || at < range.Before);
}
