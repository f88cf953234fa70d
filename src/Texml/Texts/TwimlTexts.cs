using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx;
using Ringwright.Texml.Callbacks;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Twiml;

namespace Ringwright.Texml.Texts;

/// <summary>
/// What becomes of texts to numbers whose texts documents answer, and what is told of those that documents send: by a form, to the callback
/// that the document names.
/// </summary>
public static class TwimlTexts
{
    /// <summary>The name of this face in a text's facts.</summary>
    public const string FaceName = "twiml";

    /// <summary>Of a job: the text that has come.</summary>
    internal const string Come = "text";

    /// <summary>Of a text's facts: the URL to tell, and how.</summary>
    private const string Callback = "callback", Method = "callback_method";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What is kept with texts that come to a number which documents answer for; null for any other. A number on the profile of another API
    /// is that one's.
    /// </summary>
    public static JsonObject? FactsOf(RoutingSnapshot routing, TenantId tenant, Guid profile, string number) =>
        profile == PlainTexts.ProfileOf(tenant) && routing.FindOwnNumber(number) is { Texts.Url.Length: > 0 } own && own.Tenant == tenant
            ? FactsOf(callback: null) : null;

    /// <param name="callback">Of the document that sends it; null for none.</param>
    internal static JsonObject FactsOf(TextCallback? callback) =>
        new() { ["face"] = FaceName, [Callback] = callback?.Url, [Method] = callback?.Method };

    /// <summary>Its document is asked for; not of what a node has written by itself.</summary>
    public static IReadOnlyList<NewJob> Take(TextMessage come) =>
        come.IsAutomatic ? [] : [new(TextReception.AnswerJob, new JsonObject { [Come] = come.Id.ToString() })];

    /// <summary>What an account is told of a text, in the state that it has come into. Of one that has come its document hears.</summary>
    public static IReadOnlyList<OutboxMessage> Tell(TextMessage text)
    {
        if (text is { Direction: Direction.Inbound } or { IsAutomatic: true }) return [];
        if ((string?)text.Facts[Callback] is not { Length: > 0 } url) return [];
        var at = text.State is TextState.Sent ? text.SentAt ?? text.ReceivedAt : text.CompletedAt ?? text.ReceivedAt;
        var body = new JsonObject
        {
            ["AccountSid"] = TwimlSids.Account(text.Tenant), ["From"] = text.From, ["To"] = text.To,
            ["ApiVersion"] = TwimlLanguage.ApiVersion,
        };
        foreach (var (name, value) in TextWords.OfSent(text)) body[name] = value;
        return
        [
            new()
            {
                Id = Guid.CreateVersion7(at),
                Tenant = text.Tenant,
                OrderKey = $"twiml message:{text.Id}",
                Format = TexmlWebhookFormat.FormatName,
                EventType = "texml.message",
                Url = url,
                Method = (string?)text.Facts[Method] ?? "POST",
                Timeout = Timeout,
                OccurredAt = at,
                Body = body.ToJsonString(TelnyxJson.Plain),
            },
        ];
    }
}
