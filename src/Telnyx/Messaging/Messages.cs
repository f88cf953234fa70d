using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>Reads a message, and takes back one that is to be sent later.</summary>
internal static class Messages
{
    /// <summary>So long a message is shown, and what it said is kept.</summary>
    private static readonly TimeSpan Shown = TimeSpan.FromDays(10);
    /// <summary>So shortly before it leaves nobody takes it back.</summary>
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(60);

    public static async ValueTask<Reply> Get(OperationContext op, MessagingParts parts) =>
        await FindAsync(op, parts) is { } text ? op.Ok(MessageBody.Of(text, parts.Links, op.Now)) : op.Unknown("id");

    public static async ValueTask<Reply> Cancel(OperationContext op, MessagingParts parts)
    {
        if (await FindAsync(op, parts) is not { Direction: Calls.Direction.Outbound } text) return op.Unknown("id");
        var now = op.Now;
        var note = op.Note("cancelled", MessageBody.RecordType, text.Id.ToString());
        if (!await parts.Store.Texts.CancelAsync(op.Tenant, text.Id, now, now + TooLate, note, op.Stop))
            return op.Fail(Fault.Forbidden,
                $"Only a message that is scheduled, and for later than in {TooLate.TotalSeconds:0} seconds, can be cancelled.");
        return op.Ok(MessageBody.Of(text with { State = TextState.Cancelled, CompletedAt = now, DueAt = null }, parts.Links, now));
    }

    private static async ValueTask<TextMessage?> FindAsync(OperationContext op, MessagingParts parts) =>
        Guid.TryParse(op.Path("id"), out var id) && await parts.Store.Texts.FindAsync(op.Tenant, id, op.Stop) is { } text
            && IsShown(text, op.Now) ? text : null;

    public static bool IsShown(TextMessage text, DateTimeOffset now) => text.ReceivedAt > now - Shown && !text.IsHidden;
}
