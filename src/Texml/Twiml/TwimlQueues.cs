using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;

namespace Ringwright.Texml.Twiml;

/// <summary>Queues and who waits in them. There is a queue as long as a call waits in it.</summary>
internal static class TwimlQueues
{
    private const string Front = "Front";

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts) => TwimlPages.Of(op, "queues", "Queues.json",
        [.. (await parts.Store.Queues.ListAsync(op.Tenant, op.Stop)).Select(queue => Show(op, parts, queue))]);

    public static async ValueTask<Reply> Get(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts, "Sid") is { } queue ? op.Bare(200, Show(op, parts, queue)) : op.Unknown("Sid");

    public static async ValueTask<Reply> ListMembers(OperationContext op, TwimlParts parts) =>
        await FindAsync(op, parts, "QueueSid") is { } queue
            ? TwimlPages.Of(op, "queue_members", $"Queues/{op.Path("QueueSid")}/Members.json",
                [.. queue.Calls.Select(call => Show(op, parts, queue, call))])
            : op.Unknown("QueueSid");

    public static async ValueTask<Reply> GetMember(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts, "QueueSid") is not { } queue) return op.Unknown("QueueSid");
        return Member(op, queue) is { } call ? op.Bare(200, Show(op, parts, queue, call)) : op.Unknown("CallSid");
    }

    /// <summary>Out of the queue, to another document: as any change of a call that documents command.</summary>
    public static async ValueTask<Reply> UpdateMember(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts, "QueueSid") is not { } queue) return op.Unknown("QueueSid");
        if (Member(op, queue) is not { } call || await parts.Store.Legs.FindAsync(op.Tenant, call.Leg, op.Stop) is not { } leg)
            return op.Unknown("CallSid");
        if (string.IsNullOrEmpty((string?)op.ReadObject()["Url"])) return op.Fail(TwimlErrors.Bad("Url", "Url is required."));
        if (await TwimlCallUpdate.ChangeAsync(op, parts.Voice, leg) is { } problem) return op.Fail(problem);
        return op.Bare(200, Show(op, parts, queue, call));
    }

    /// <summary>An alias goes one way only, so that each queue of the account is tried.</summary>
    private static async ValueTask<QueueRow?> FindAsync(OperationContext op, TwimlParts parts, string parameter)
    {
        string sid = op.Path(parameter);
        return (await parts.Store.Queues.ListAsync(op.Tenant, op.Stop))
            .FirstOrDefault(queue => parts.Sids.Queue(op.Tenant, queue.Name) == sid);
    }

    private static QueuedCall? Member(OperationContext op, QueueRow queue)
    {
        string sid = op.Path("CallSid");
        if (sid == Front) return queue.Calls.Count > 0 ? queue.Calls[0] : null;
        return TwimlSids.TryCall(sid, out var leg) ? queue.Calls.FirstOrDefault(call => call.Leg == leg) : null;
    }

    private static JsonObject Show(OperationContext op, TwimlParts parts, QueueRow queue)
    {
        string sid = parts.Sids.Queue(op.Tenant, queue.Name), path = TwimlPaths.Of(op, $"Queues/{sid}");
        return new()
        {
            ["sid"] = sid,
            ["account_sid"] = TwimlSids.Account(op.Tenant),
            ["friendly_name"] = queue.Name,
            ["current_size"] = queue.Calls.Count,
            ["max_size"] = queue.MaxSize,
            ["average_wait_time"] = queue.Calls.Count == 0 ? 0 : (long)queue.Calls.Average(call => Waited(op, call)),
            ["date_created"] = TexmlTime.Text(queue.CreatedAt),
            ["date_updated"] = TexmlTime.Text(queue.UpdatedAt),
            ["subresource_uris"] = TwimlPaths.Below(path, "members"),
            ["uri"] = $"{path}.json",
        };
    }

    private static JsonObject Show(OperationContext op, TwimlParts parts, QueueRow queue, QueuedCall call)
    {
        string sid = parts.Sids.Queue(op.Tenant, queue.Name), leg = TwimlSids.Call(call.Leg);
        return new()
        {
            ["call_sid"] = leg,
            ["queue_sid"] = sid,
            ["position"] = queue.Calls.TakeWhile(one => one != call).Count() + 1,
            ["wait_time"] = (long)Waited(op, call),
            ["date_enqueued"] = TexmlTime.Text(call.EnqueuedAt),
            ["uri"] = TwimlPaths.Of(op, $"Queues/{sid}/Members/{leg}.json"),
        };
    }

    private static double Waited(OperationContext op, QueuedCall call) => Math.Max(0, (op.Now - call.EnqueuedAt).TotalSeconds);
}
