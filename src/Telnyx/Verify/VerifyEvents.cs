using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Messaging;

namespace Ringwright.Telnyx.Verify;

/// <summary>
/// What an account is told of a text that tells a code: <c>verify.sent</c>, <c>verify.delivered</c> and <c>verify.failed</c> in place of
/// the webhooks of messages, and the code in none of them.
/// </summary>
internal static class VerifyEvents
{
    /// <summary>Of a text's facts: what is known of the code when its text is made.</summary>
    public const string Fact = "verification";

    private const string Status = "status";

    /// <summary>What <see cref="TextMessage.Facts"/> hold of such a text.</summary>
    public static JsonObject FactsOf(SentCode code, CodeTerms terms) => new()
    {
        [MessageBody.WebhookUrl] = terms.WebhookUrl,
        [MessageBody.FailoverUrl] = terms.WebhookFailoverUrl,
        [Fact] = new JsonObject
        {
            ["id"] = code.Id.ToString(), ["profile_id"] = code.Profile.ToString(), ["type"] = VerifyProfiles.ChannelOf(code.Way),
            ["timeout_secs"] = code.TimeoutSecs, ["created_at"] = VerificationBody.Time(code.CreatedAt),
            ["record_type"] = VerificationBody.RecordType, [Status] = SnakeName.Of(code.State), ["failed_attempts"] = code.WrongCodes,
        },
    };

    /// <summary>Null for a text that tells no code.</summary>
    public static OutboxMessage? Of(TextMessage text, TextNews news, RetrySchedule retries, TimeSpan timeout)
    {
        if (text.Facts.Child(Fact) is not { } fact) return null;
        var at = news is TextNews.Sent ? text.SentAt ?? text.ReceivedAt : text.CompletedAt ?? text.ReceivedAt;
        var id = Guid.CreateVersion7(at);
        string type = text.State switch
        {
            TextState.Sent => "verify.sent",
            TextState.Delivered => "verify.delivered",
            _ => "verify.failed",
        };
        var payload = fact.DeepClone().AsObject();
        payload["phone_number"] = text.To;
        payload["delivery_status"] = SnakeName.Of(text.State);
        payload["custom_code"] = null;
        payload["updated_at"] = VerificationBody.Time(at);
        if (SentCode.IsLostBy(text.State)) payload[Status] = SnakeName.Of(CodeState.Error);
        if (text.Fault is { } fault) payload["errors"] = new JsonArray(MessageBody.Error(fault));
        return new()
        {
            Id = id,
            Tenant = text.Tenant,
            OrderKey = $"{VerificationBody.RecordType}:{fact.Text("id")}",
            Format = TelnyxWebhookFormat.FormatName,
            EventType = type,
            Url = text.Facts.Filled(MessageBody.WebhookUrl) ?? "",
            FailoverUrl = text.Facts.Filled(MessageBody.FailoverUrl),
            Retries = retries,
            Timeout = timeout,
            OccurredAt = at,
            Body = TelnyxEvent.OfMessages(id, type, at, payload).ToJsonString(TelnyxJson.Plain),
        };
    }
}
