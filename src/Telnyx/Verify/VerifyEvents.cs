using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Messaging;

namespace Ringwright.Telnyx.Verify;

/// <summary>
/// What an account is told of a text or a call that tells a code: <c>verify.sent</c>, <c>verify.delivered</c> and <c>verify.failed</c> in
/// place of the webhooks of messages and calls, and the code in none of them.
/// </summary>
internal static class VerifyEvents
{
    /// <summary>Of a text's or a call's facts: what is known of the code when it is sent.</summary>
    public const string Fact = "verification";

    /// <summary>
    /// Of a call's facts: milliseconds in which the code is said once. Those of a call that only rings have none.
    /// </summary>
    public const string Reading = "reading_ms";

    private const string Id = "id", Status = "status";

    /// <summary>What <see cref="TextMessage.Facts"/> hold of such a text.</summary>
    public static JsonObject FactsOf(SentCode code, CodeTerms terms) => new()
    {
        [MessageBody.WebhookUrl] = terms.WebhookUrl,
        [MessageBody.FailoverUrl] = terms.WebhookFailoverUrl,
        [Fact] = new JsonObject
        {
            [Id] = code.Id.ToString(), ["profile_id"] = code.Profile.ToString(), ["type"] = VerifyProfiles.ChannelOf(code.Way),
            ["timeout_secs"] = code.TimeoutSecs, ["created_at"] = VerificationBody.Time(code.CreatedAt),
            ["record_type"] = VerificationBody.RecordType, [Status] = SnakeName.Of(code.State), ["failed_attempts"] = code.WrongCodes,
        },
    };

    /// <summary>What the leg of such a call is labelled with.</summary>
    /// <param name="reading">In which the code is said once; null where the call only rings.</param>
    public static Labels LabelsOf(CodeToSend code, TimeSpan? reading = null)
    {
        var facts = FactsOf(code.Sent, code.Terms);
        if (reading is { } span) facts[Reading] = (long)span.TotalMilliseconds;
        return Labels.Of((TelnyxLabels.Verification, facts.ToJsonString(TelnyxJson.Plain)));
    }

    /// <summary>Null for a text that tells no code.</summary>
    public static OutboxMessage? Of(TextMessage text, TextNews news, RetrySchedule retries, TimeSpan timeout)
    {
        if (text.Facts.Child(Fact) is not { } fact) return null;
        var at = news is TextNews.Sent ? text.SentAt ?? text.ReceivedAt : text.CompletedAt ?? text.ReceivedAt;
        var payload = PayloadOf(fact, text.To, text.State, at);
        if (SentCode.IsLostBy(text.State)) payload[Status] = SnakeName.Of(CodeState.Error);
        if (text.Fault is { } fault) payload["errors"] = new JsonArray(MessageBody.Error(fault));
        return Message(text.Tenant, text.Facts, TypeOf(text.State), payload, at, retries, timeout);
    }

    /// <param name="facts">As <see cref="LabelsOf"/> wrote them.</param>
    /// <param name="delivery">What became of it, in the words of texts.</param>
    /// <returns>Null when they are none of a code's.</returns>
    public static OutboxMessage? OfCall(LegFacts leg, JsonObject facts, TextState delivery, DateTimeOffset at, RetrySchedule retries,
        TimeSpan timeout)
    {
        if (facts.Child(Fact) is not { } fact) return null;
        string once = delivery is TextState.Sent ? "sent" : "done";
        return Message(leg.Tenant, facts, TypeOf(delivery), PayloadOf(fact, leg.To, delivery, at), at, retries, timeout) with
        {
            Once = $"{VerificationBody.RecordType} {fact.Text(Id)} {once}",
        };
    }

    private static string TypeOf(TextState delivery) => delivery switch
    {
        TextState.Sent => "verify.sent",
        TextState.Delivered => "verify.delivered",
        _ => "verify.failed",
    };

    private static JsonObject PayloadOf(JsonObject fact, string number, TextState delivery, DateTimeOffset at)
    {
        var payload = fact.DeepClone().AsObject();
        payload["phone_number"] = number;
        payload["delivery_status"] = SnakeName.Of(delivery);
        payload["custom_code"] = null;
        payload["updated_at"] = VerificationBody.Time(at);
        return payload;
    }

    private static OutboxMessage Message(TenantId tenant, JsonObject facts, string type, JsonObject payload, DateTimeOffset at,
        RetrySchedule retries, TimeSpan timeout)
    {
        var id = Guid.CreateVersion7(at);
        return new()
        {
            Id = id,
            Tenant = tenant,
            OrderKey = $"{VerificationBody.RecordType}:{payload.Text(Id)}",
            Format = TelnyxWebhookFormat.FormatName,
            EventType = type,
            Url = facts.Filled(MessageBody.WebhookUrl) ?? "",
            FailoverUrl = facts.Filled(MessageBody.FailoverUrl),
            Retries = retries,
            Timeout = timeout,
            OccurredAt = at,
            Body = TelnyxEvent.OfMessages(id, type, at, payload).ToJsonString(TelnyxJson.Plain),
        };
    }
}
