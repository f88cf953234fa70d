using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Texml;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Texml.Twiml;

/// <summary>Queues and who waits in them: those that the account has made, and others as long as a call waits in them.</summary>
internal static class TwimlQueues
{
    private const string Front = "Front";
    private const int MostSize = 5_000;

    public static async ValueTask<Reply> List(OperationContext op, TwimlParts parts) => TwimlPages.Of(op, "queues", "Queues.json",
        [.. (await AllAsync(op, parts)).Select(queue => Show(op, parts, queue))]);

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

    /// <summary>Before anybody waits in it.</summary>
    public static async ValueTask<Reply> Create(OperationContext op, TwimlParts parts)
    {
        string name = ((string?)op.ReadObject()["FriendlyName"] ?? "").Trim();
        if (name.Length is 0 or > VoiceLimits.QueueNameLength || name.Any(char.IsControl))
            return op.Fail(TwimlErrors.Bad("FriendlyName",
                $"FriendlyName must have 1 to {VoiceLimits.QueueNameLength} characters, and no control characters."));
        if (SizeOf(op) is not { } size) return BadSize(op);
        if (await parts.Store.Queues.FindAsync(op.Tenant, name, op.Stop) is not null) return Taken(op);
        return await KeptQueues.AddAsync(op, parts.Store, name, size) is { } queue ? op.Bare(201, Show(op, parts, queue)) : Taken(op);
    }

    /// <summary>How many may wait: of who waits at the moment the queue has settled it.</summary>
    public static async ValueTask<Reply> Update(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts, "Sid") is not { } queue) return op.Unknown("Sid");
        if (!op.ReadObject().ContainsKey("MaxSize")) return op.Bare(200, Show(op, parts, queue));
        if (SizeOf(op) is not { } size) return BadSize(op);
        if (queue.Calls.Count > 0) return op.Fail(new Problem(TwimlErrors.State, "Calls wait in the queue: its size is settled."));
        return await KeptQueues.ResizeAsync(op, parts.Store, queue.Name, size) is { } resized
            ? op.Bare(200, Show(op, parts, resized)) : op.Unknown("Sid");
    }

    public static async ValueTask<Reply> Delete(OperationContext op, TwimlParts parts)
    {
        if (await FindAsync(op, parts, "Sid") is not { } queue) return op.Unknown("Sid");
        if (queue.Calls.Count > 0) return op.Fail(new Problem(TwimlErrors.QueueNotEmpty, "Calls wait in the queue."));
        return await KeptQueues.RemoveAsync(op, parts.Store, queue.Name) ? op.NoContent() : op.Unknown("Sid");
    }

    private static int? SizeOf(OperationContext op) => op.ReadObject()["MaxSize"] is not { } said ? Limits.QueuedCalls
        : (int)(double)said is var size and >= 1 and <= MostSize ? size : null;

    private static Reply BadSize(OperationContext op) => op.Fail(TwimlErrors.Bad("MaxSize", $"MaxSize must be from 1 to {MostSize}."));

    private static Reply Taken(OperationContext op) => op.Fail(new Problem(TwimlErrors.Duplicate,
        $"There is a queue of this name already, or there are {KeptQueues.Most}.")
    { Pointer = "/FriendlyName" });

    /// <summary>Where calls wait in one that the account has made, it is as they have it.</summary>
    private static async ValueTask<IReadOnlyList<QueueRow>> AllAsync(OperationContext op, TwimlParts parts)
    {
        var live = await parts.Store.Queues.ListAsync(op.Tenant, op.Stop);
        var kept = await KeptQueues.ListAsync(parts.Store, op.Tenant, op.Stop);
        var busy = live.Select(queue => queue.Name).ToHashSet(StringComparer.Ordinal);
        return [.. live, .. kept.Where(queue => !busy.Contains(queue.Name))];
    }

    /// <summary>An alias goes one way only, so that each queue of the account is tried.</summary>
    private static async ValueTask<QueueRow?> FindAsync(OperationContext op, TwimlParts parts, string parameter)
    {
        string sid = op.Path(parameter);
        return (await AllAsync(op, parts))
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
