using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// A request for a message that may be sent again: under the same key, within a day, it gets the first reply. The key makes the message's
/// id, so that of two at once the database takes one.
/// </summary>
internal static class MessageKey
{
    public const string Header = "Idempotency-Key";

    private const int Longest = 255;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Null for a request without one.</summary>
    public static string? Of(OperationContext op) => op.Header(Header) is { Length: > 0 } key ? key : null;

    public static Problem? Check(string key) =>
        key.Length <= Longest ? null : new("10015", $"{Header} may have {Longest} characters.");

    public static Guid IdOf(TenantId tenant, string key, DateTimeOffset at)
    {
        long day = at.ToUnixTimeSeconds() / (long)Kept.TotalSeconds;
        return NamedUuid.Of($"{tenant}\n{day}\n{key}");
    }

    /// <summary>The message that the key made; null when it has made none for a day.</summary>
    public static async ValueTask<TextMessage?> FindAsync(OperationContext op, MessagingParts parts, string key,
        DateTimeOffset now)
    {
        foreach (var at in (DateTimeOffset[])[now, now - Kept])
            if (await parts.Store.Texts.FindAsync(op.Tenant, IdOf(op.Tenant, key, at), op.Stop) is { } text
                && text.ReceivedAt > now - Kept) return text;
        return null;
    }

    /// <summary>What was said when it was taken in, whatever has become of it.</summary>
    public static JsonObject Reply(OperationContext op, MessagingParts parts, TextMessage text) => MessageBody.Of(text with
    {
        // What is sent later is valid for longer than any other.
        State = text.ValidUntil - text.ReceivedAt is { } life && life != TextLife.Usual && life != TextLife.AtPhones
            ? TextState.Scheduled : TextState.Queued,
        SentAt = null,
        CompletedAt = null,
        Fault = null,
    }, parts.Links, op.Now);
}
