using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Messaging;

/// <summary>A text as the webhooks of <c>2010-04-01</c> tell of it: an object of texts, which goes out as a form.</summary>
internal static class MessageForm
{
    /// <summary>What a profile calls these webhooks.</summary>
    public const string Version = "2010-04-01";

    /// <summary>That of the callbacks of TeXML: it writes forms, and signs them with the account's token.</summary>
    public const string Format = "texml";

    public static JsonObject Of(TextMessage text, DownloadLinks? links, DateTimeOffset now)
    {
        string id = text.Id.ToString(), status = StatusOf(text);
        var files = text.Media;
        var form = new JsonObject
        {
            ["MessageSid"] = id,
            ["SmsSid"] = id,
            ["AccountSid"] = text.Tenant.ToString(),
            ["From"] = text.From,
            ["To"] = text.To,
            ["Body"] = text.Words,
            ["NumSegments"] = Number(text.Parts),
            ["NumMedia"] = Number(files.Count),
            ["MessageStatus"] = status,
            ["SmsStatus"] = status,
            ["ApiVersion"] = Version,
        };
        foreach (var (i, file) in files.Index())
        {
            form[$"MediaContentType{i}"] = file.ContentType;
            if (links?.ToMessageFile(text.Tenant, file.Id, MediaFetch.NameOf(file), now) is { } url) form[$"MediaUrl{i}"] = url;
        }
        if (text.Fault is { } fault && !MessageBody.IsTaken(text)) form["ErrorCode"] = MessageBody.CodeOf(fault);
        return form;
    }

    /// <summary>What nobody knows more of stays sent: these webhooks have no word for it.</summary>
    private static string StatusOf(TextMessage text) => text.State switch
    {
        TextState.Received => "received",
        TextState.Delivered => "delivered",
        TextState.DeliveryFailed => "undelivered",
        TextState.Expired when text.SentAt is not null => "undelivered",
        TextState.Expired or TextState.SendingFailed => "failed",
        _ => "sent",
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
