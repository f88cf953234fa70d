using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telnyx.Voice.Calls;

/// <summary>The commands that put a call in a queue and take it out.</summary>
internal static class QueueActions
{
    public static LegCommand.Enqueue? Enqueue(VoiceBody body) => Name(body, "queue_name") is not { } name ? null : new(name)
    {
        MaxSize = body.Has("max_size") ? body.Whole("max_size", 0, 1, VoiceLimits.QueueSize, VoiceErrors.BadRange) : null,
        // 0 stands for the usual, as everywhere: no end
        MaxWait = body.Whole("max_wait_time_secs", 0, 0, VoiceLimits.QueueWaitSeconds, VoiceErrors.BadRange) is > 0 and var seconds
            ? TimeSpan.FromSeconds(seconds) : null,
        CommandId = body.CommandId(),
        Labels = body.Labels(),
    };

    /// <summary>The same; one that the account has made begins with the size that it was made with.</summary>
    public static async ValueTask<LegCommand?> EnqueueAsync(OperationContext op, VoiceBody body, VoiceParts parts)
    {
        if (Enqueue(body) is not { } command || body.Problems.Count > 0) return null;
        if (await KeptSizeAsync(op, parts, command.Queue) is not { } kept) return command;
        if (command.MaxSize is { } said && said != kept) body.Refuse(Errors.Of(Refusal.QueueSizeFixed));
        return command with { MaxSize = kept };
    }

    private static async ValueTask<int?> KeptSizeAsync(OperationContext op, VoiceParts parts, string queue)
    {
        try
        {
            return await KeptQueues.SizeAsync(parts.Store, op.Tenant, queue, op.Stop);
        }
        catch (StoreUnavailableException)
        {
            return null;        // the call is up, and does not wait for that
        }
    }

    public static LegCommand Leave(VoiceBody body) => new LegCommand.LeaveQueue { CommandId = body.CommandId(), Labels = body.Labels() };

    /// <returns>Null where the body's problems say why.</returns>
    public static string? Name(VoiceBody body, string field)
    {
        if (body.Text(field) is { Length: > 0 and <= VoiceLimits.QueueNameLength } name) return name;
        body.Refuse(VoiceErrors.BadLength, field, $"{field} must have 1 to {VoiceLimits.QueueNameLength} characters.");
        return null;
    }
}
