using System.Globalization;
using Ringwright.Calls.Texts;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Messaging;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Texts;

/// <summary>A text in the words of TwiML: what requests for documents, and callbacks, say of it.</summary>
internal static class TextWords
{
    /// <summary>What the action of a text hears that was not sent.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> Unsent =
        [new("MessageSid", ""), new("MessageStatus", "failed"), new("SmsSid", ""), new("SmsStatus", "failed")];

    /// <summary>What a request for a document says of a text that has come.</summary>
    /// <param name="links">To files that came with it, good from <paramref name="now"/> on for as long as such links are.</param>
    public static List<KeyValuePair<string, string>> OfCome(TextMessage come, DownloadLinks links, DateTimeOffset now)
    {
        string sid = TwimlSids.Message(come);
        var files = come.Media;
        var told = new List<KeyValuePair<string, string>>
        {
            new("MessageSid", sid), new("SmsSid", sid), new("SmsMessageSid", sid), new("AccountSid", TwimlSids.Account(come.Tenant)),
            new("From", come.From), new("To", come.To), new("Body", come.Words), new("NumMedia", Number(files.Count)),
            new("NumSegments", Number(come.Parts)), new("SmsStatus", StatusOf(come)), new("ApiVersion", TwimlLanguage.ApiVersion),
        };
        foreach (var (i, file) in files.Index())
        {
            told.Add(new($"MediaContentType{Number(i)}", file.ContentType));
            told.Add(new($"MediaUrl{Number(i)}", links.ToMessageFile(come.Tenant, file.Id, MediaFetch.NameOf(file), now)));
        }
        TwimlLanguage.AddPlaces(told, come.From, "From");
        TwimlLanguage.AddPlaces(told, come.To, "To");
        if (come.Keyword is not TextKeyword.None) told.Add(new("OptOutType", come.Keyword.ToString().ToUpperInvariant()));
        return told;
    }

    /// <summary>What is said of a text that a document has sent: to its action, and to its callback.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfSent(TextMessage text)
    {
        string sid = TwimlSids.Message(text), status = StatusOf(text);
        yield return new("MessageSid", sid);
        yield return new("MessageStatus", status);
        yield return new("SmsSid", sid);
        yield return new("SmsStatus", status);
        if (CodeOf(text) is { } code) yield return new("ErrorCode", code);
    }

    /// <summary>Why it went no further; null for one that did.</summary>
    public static string? CodeOf(TextMessage text) => text.Fault is { } fault && StatusOf(text) is not "sent" ? CodeOf(fault) : null;

    /// <summary>What nobody knows more of stays sent.</summary>
    public static string StatusOf(TextMessage text) => text.State switch
    {
        TextState.Scheduled => "scheduled",
        TextState.Queued => "queued",
        TextState.Sending => "sending",
        TextState.Sent => "sent",
        TextState.Delivered => "delivered",
        TextState.Received => "received",
        TextState.Cancelled => "canceled",
        TextState.SendingFailed => "failed",
        TextState.Expired when text.SentAt is null => "failed",
        TextState.DeliveryUnconfirmed when text.SentAt is not null => "sent",
        _ => "undelivered",
    };

    /// <summary>The code of the vendor's list that says it best.</summary>
    private static string CodeOf(TextFault fault) => fault switch
    {
        TextFault.Blocked => "21610",
        TextFault.SenderGone or TextFault.BadSender => "21606",
        TextFault.ProfileDisabled or TextFault.AccountDisabled => "30002",
        TextFault.NoRoute => "30006",
        TextFault.BadRecipient => "30005",
        TextFault.NotAllowed or TextFault.Rejected => "30007",
        TextFault.Loop => "14107",
        TextFault.Expired or TextFault.ExpiredAway => "30036",
        _ => "30008",
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
