using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>
/// A text as the webhooks of version 1 tell of it, without an envelope: what comes by four fields, and what becomes of one that goes by its
/// detail record.
/// </summary>
internal static class MessageFlat
{
    /// <summary>What a profile calls these webhooks.</summary>
    public const string Version = "1";

    public static JsonObject Of(TextMessage text, DownloadLinks? links, DateTimeOffset now)
    {
        if (text.Direction is Direction.Outbound) return RecordOf(text);
        var come = new JsonObject
        {
            ["sms_id"] = text.Id.ToString(), ["from"] = text.From, ["to"] = text.To, ["body"] = text.Words,
        };
        // That version knew no files: who gets some is told all the same.
        if (text.IsMultimedia) come["media"] = MessageBody.FilesOf(text, links, now);
        return come;
    }

    /// <summary>The fields of the detail record, as they stand in this moment.</summary>
    private static JsonObject RecordOf(TextMessage text)
    {
        bool isPaid = text.SentAt is not null;
        var record = new JsonObject
        {
            ["record_type"] = "message_detail_record",
            ["user_id"] = text.Tenant.ToString(),
            ["uuid"] = text.Id.ToString(),
            ["direction"] = "outbound",
            ["cli"] = text.From,
            ["cld"] = text.To,
            ["profile_id"] = text.Profile.ToString(),
            ["message_type"] = text.IsMultimedia ? "MMS" : "SMS",
            ["status"] = StatusOf(text),
            ["parts"] = text.Parts,
            ["errors"] = text.Fault is { } fault && !MessageBody.IsTaken(text) ? new JsonArray(MessageBody.CodeOf(fault)) : new JsonArray(),
            ["tags"] = string.Join(',', text.Facts.Texts(MessageBody.Tags)),
            ["created_at"] = TelnyxTime.Millis(text.ReceivedAt),
        };
        if (text.Price is { } price)
        {
            record["rate"] = price.Text;
            record["carrier_fee"] = Money.Format(text.FeeMicros);
            record["currency"] = price.Currency;
        }
        if (isPaid && text.Cost is { } cost) record["cost"] = cost.Text;
        if (text.SentAt is { } sent) record["sent_at"] = TelnyxTime.Millis(sent);
        if (text.CompletedAt is { } completed) record["completed_at"] = TelnyxTime.Millis(completed);
        return record;
    }

    /// <summary>The words of detail records; what is on its way has none there yet, and is sent.</summary>
    private static string StatusOf(TextMessage text) => text.State switch
    {
        TextState.Delivered => "delivered",
        TextState.SendingFailed => "gw_reject",
        TextState.DeliveryFailed or TextState.Expired => "failed",
        TextState.DeliveryUnconfirmed when text.SentAt is null => "gw_timeout",
        TextState.DeliveryUnconfirmed => text.Fault is null ? "dlr_unconfirmed" : "dlr_timeout",
        _ => "sent",
    };
}
