using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>A text as this API shows it, in replies and in webhooks.</summary>
internal static class MessageBody
{
    public const string RecordType = "message";

    /// <summary>Names in <see cref="TextMessage.Facts"/>.</summary>
    public const string WebhookUrl = "webhook_url", FailoverUrl = "webhook_failover_url", Version = "webhook_api_version", Tags = "tags";

    /// <summary>Likewise: its account is told nothing of it, not even what it says.</summary>
    public const string Untold = "untold";

    private static readonly Lazy<ErrorCatalogue> Errors = new(TelnyxContract.ReadErrors);

    /// <param name="links">To files that go with it; null where nobody fetches any.</param>
    /// <param name="now">From when on links to them count.</param>
    public static JsonObject Of(TextMessage text, DownloadLinks? links, DateTimeOffset now)
    {
        bool isOut = text.Direction is Direction.Outbound;
        // What comes is charged as it comes, what goes when it is sent.
        bool isCharged = !isOut || text.SentAt is not null;
        var shown = new JsonObject
        {
            ["record_type"] = RecordType,
            ["direction"] = isOut ? "outbound" : "inbound",
            ["id"] = text.Id.ToString(),
            ["type"] = text.IsMultimedia ? "MMS" : "SMS",
            ["messaging_profile_id"] = text.Profile.ToString(),
            ["from"] = Party(text.From, isOut ? null : "received"),
            ["to"] = new JsonArray(Party(text.To, isOut ? SnakeName.Of(text.State) : "webhook_delivered")),
            ["cc"] = new JsonArray(),
            ["text"] = text.Words,
            ["media"] = FilesOf(text, links, now),
            ["webhook_url"] = text.Facts.Filled(WebhookUrl),
            ["webhook_failover_url"] = text.Facts.Filled(FailoverUrl),
            ["encoding"] = text.Encoding is TextEncoding.Gsm7 ? "GSM-7" : "UCS-2",
            ["parts"] = text.Parts,
            ["tags"] = new JsonArray([.. text.Facts.Texts(Tags).Select(tag => (JsonNode)tag)]),
            ["cost"] = isCharged ? Amount(text.Cost) : null,
            ["cost_breakdown"] = !isCharged || text.Price is not { } price ? null : new JsonObject
            {
                ["rate"] = Amount(price), ["carrier_fee"] = Amount(price with { Micros = text.FeeMicros }),
            },
            ["received_at"] = TelnyxTime.Offset(text.ReceivedAt),
            // The contract's examples have them before they are so, and programs ask for them without looking.
            ["sent_at"] = MomentOf(text.SentAt),
            ["completed_at"] = isOut ? MomentOf(text.CompletedAt) : null,       // "not used" of what comes
            ["valid_until"] = MomentOf(text.ValidUntil),
            ["errors"] = text.Fault is { } fault && !IsTaken(text) ? new JsonArray(Error(fault)) : new JsonArray(),
            ["tcr_campaign_id"] = null,
            ["tcr_campaign_registered"] = null,
            ["tcr_campaign_billable"] = false,
        };
        shown["organization_id"] = text.Tenant.ToString();
        if (!isOut)
        {
            shown["autoresponse_type"] = text.Keyword is TextKeyword.None ? null : SnakeName.Of(text.Keyword).ToUpperInvariant();
            // Somebody may want no more, and has not said it in a way that a program may take for that.
            shown["opt_out_hint"] = text.Keyword is TextKeyword.None && TextKeywords.IsHint(text.Words);
            shown["is_spam"] = false;
        }
        if (text.IsMultimedia) shown["subject"] = text.Subject.Length > 0 ? text.Subject : null;
        if (text.Facts.Child(TextDesk.Group) is { } group)
        {
            shown["group_message_id"] = group.Text(TextDesk.GroupId);
            if (!isOut)
                shown["cc"] = new JsonArray([.. group.Texts("to").Where(to => to != text.To).Select(to => (JsonNode)Party(to, null))]);
        }
        return shown;
    }

    /// <summary>Of a message to several, as it is taken in: the first one's, with all recipients.</summary>
    public static JsonObject OfAll(IReadOnlyList<TextMessage> texts, DownloadLinks? links, DateTimeOffset now)
    {
        var shown = Of(texts[0], links, now);
        shown["to"] = new JsonArray([.. texts.Select(text => (JsonNode)Party(text.To, SnakeName.Of(text.State)))]);
        return shown;
    }

    /// <summary>What goes with a message, with links to it.</summary>
    public static JsonArray FilesOf(TextMessage text, DownloadLinks? links, DateTimeOffset now) =>
        new([.. text.Media.Select(media => (JsonNode)File(text, media, text.Direction is Direction.Outbound, links, now))]);

    /// <summary>The code of the contract's list.</summary>
    public static string CodeOf(TextFault fault) => fault switch
    {
        TextFault.NoRoute => "40001",
        TextFault.Expired => "40014",
        TextFault.Blocked => "40300",
        TextFault.ProfileDisabled => "40312",
        TextFault.AccountDisabled => "40314",
        TextFault.SenderGone => "40305",
        TextFault.Loop => "40007",
        TextFault.NotAllowed => "10010",
        TextFault.Unconfirmed => "40006",
        TextFault.Rejected => "40004",
        TextFault.ExpiredAway => "40005",
        TextFault.BadBody => "40009",
        TextFault.BadRecipient => "40012",
        TextFault.BadSender => "40013",
        _ => "40008",
    };

    /// <summary>What a text that went no further says of it.</summary>
    public static JsonNode Error(TextFault fault)
    {
        string code = CodeOf(fault), title = Errors.Value.Find(code)?.Title ?? code;
        return new JsonObject { ["code"] = code, ["title"] = title, ["detail"] = DetailOf(fault) };
    }

    private static string DetailOf(TextFault fault) => fault switch
    {
        TextFault.NoRoute => "No way out of this node leads to the number, or it takes no messages.",
        TextFault.Expired => "The message waited longer than it is valid.",
        TextFault.Blocked => "The recipient has asked for no more messages of this profile.",
        TextFault.ProfileDisabled => "The messaging profile is switched off, or gone.",
        TextFault.AccountDisabled => "The account is switched off.",
        TextFault.SenderGone => "The sender is not on the messaging profile any more.",
        TextFault.Loop => "Too many messages go between these two numbers within a minute.",
        TextFault.NotAllowed => "A rule of the node or of the account does not let the message out.",
        TextFault.Unconfirmed => "Nobody said what became of the message.",
        TextFault.Rejected => "The far end refuses the message.",
        TextFault.ExpiredAway => "The message waited at the far end's centre for longer than that keeps it.",
        TextFault.BadBody => "The far end does not take what the message says, or not all of its parts came.",
        TextFault.BadRecipient => "The far end knows no such recipient.",
        TextFault.BadSender => "The far end takes no messages from this sender.",
        _ => "The far end does not take the message.",
    };

    /// <summary>The far end took it, and says no more: that is no error of anybody.</summary>
    public static bool IsTaken(TextMessage text) => text is { State: TextState.DeliveryUnconfirmed, SentAt: not null };

    /// <summary>The contract gives an inbound one's hash half of the length that a hash has: it is left out.</summary>
    private static JsonObject File(TextMessage text, TextMedia media, bool isOut, DownloadLinks? links, DateTimeOffset now)
    {
        var file = new JsonObject { ["content_type"] = media.ContentType, ["size"] = media.Size };
        if (links?.ToMessageFile(text.Tenant, media.Id, MediaFetch.NameOf(media), now) is { } url) file["url"] = url;
        if (isOut) file["sha256"] = media.Sha256;
        return file;
    }

    private static JsonObject Party(string number, string? status)
    {
        var party = new JsonObject { ["phone_number"] = number, ["carrier"] = "", ["line_type"] = "" };
        if (status is not null) party["status"] = status;
        return party;
    }

    private static JsonNode? MomentOf(DateTimeOffset? moment) => moment is { } at ? TelnyxTime.Offset(at) : null;

    private static JsonNode? Amount(Money? money) => money is not { } known ? null
        : new JsonObject { ["amount"] = known.Text, ["currency"] = known.Currency };
}
