using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// A request for a message that may be sent again: under the same <see cref="IdempotencyKey"/>, within a day, it gets the first reply, and
/// another request is refused. The key makes the message's id, so that of two at once the database takes one.
/// </summary>
internal static class MessageKey
{
    /// <summary>Among a message's facts: what was asked for under its key.</summary>
    private const string Asked = "asked";

    public static Problem? Check(string key) =>
        IdempotencyKey.FaultOf(key) is { } tooLong ? new(VoiceErrors.BadRequest, tooLong) { Parameter = IdempotencyKey.Header } : null;

    public static Guid IdOf(TenantId tenant, string key, DateTimeOffset at)
    {
        long day = at.ToUnixTimeSeconds() / (long)IdempotencyKey.Kept.TotalSeconds;
        return NamedUuid.Of($"{tenant}\n{day}\n{key}");
    }

    /// <summary>The message by which the key is remembered.</summary>
    public static TextMessage Keyed(OperationContext op, string key, TextMessage text, DateTimeOffset now)
    {
        var facts = text.Facts.DeepClone().AsObject();
        facts[Asked] = IdempotencyKey.HashOf(op);
        return text with { Id = IdOf(op.Tenant, key, now), Facts = facts };
    }

    /// <summary>The message that the key made; null when it has made none for a day.</summary>
    public static async ValueTask<TextMessage?> FindAsync(OperationContext op, MessagingParts parts, string key,
        DateTimeOffset now)
    {
        foreach (var at in (DateTimeOffset[])[now, now - IdempotencyKey.Kept])
            if (await parts.Store.Texts.FindAsync(op.Tenant, IdOf(op.Tenant, key, at), op.Stop) is { } text
                && text.ReceivedAt > now - IdempotencyKey.Kept) return text;
        return null;
    }

    /// <summary>What was said when it was taken in, whatever has become of it; a request for another message is told so.</summary>
    public static Reply Repeat(OperationContext op, MessagingParts parts, TextMessage text) =>
        text.Facts.Text(Asked) is { } asked && asked != IdempotencyKey.HashOf(op) ? op.Fail(RequestKeys.OfAnother())
            : op.Ok(Shown(op, parts, text));

    private static JsonObject Shown(OperationContext op, MessagingParts parts, TextMessage text) => MessageBody.Of(text with
    {
        // What is sent later is valid for longer than any other.
        State = text.ValidUntil - text.ReceivedAt is { } life && life != TextLife.Usual && life != TextLife.AtPhones
            ? TextState.Scheduled : TextState.Queued,
        SentAt = null,
        CompletedAt = null,
        Fault = null,
    }, parts.Links, op.Now);
}
