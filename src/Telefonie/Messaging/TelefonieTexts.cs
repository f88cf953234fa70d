using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Numbers;

namespace Ringwright.Telefonie.Messaging;

/// <summary>
/// What accounts are told of texts by this API: of those that they send by it, and of what comes to numbers with an <c>sms_url</c> that
/// are on no profile of another API.
/// </summary>
public static class TelefonieTexts
{
    /// <summary>The name of this face in a text's facts, and of the fact that is the URL to tell.</summary>
    public const string FaceName = "telefonie", Callback = "callback";

    public const string StatusEvent = "message.status", ReceivedEvent = "message.received";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>What is kept with texts that come to a number of that profile, and with what the node answers to them; null for any other
    /// profile.</summary>
    public static async ValueTask<JsonObject?> FactsAsync(Database store, TenantId tenant, Guid profile, string number,
        CancellationToken stop) => profile != PlainTexts.ProfileOf(tenant) ? null
            : FactsOf((await TelefonieNumberNames.FindAsync(store, tenant, number, stop)).SmsUrl);

    public static JsonObject FactsOf(string? callback) => new() { ["face"] = FaceName, [Callback] = callback };

    /// <summary>What an account is told of a text, in the state that it has come into.</summary>
    public static IReadOnlyList<OutboxMessage> Tell(TextMessage text)
    {
        bool isOut = text.Direction is Direction.Outbound;
        // Of what the node writes itself the receiver alone is told.
        if ((isOut && text.IsAutomatic) || (string?)text.Facts[Callback] is not { Length: > 0 } url) return [];
        var at = text.State is TextState.Sent ? text.SentAt ?? text.ReceivedAt : text.CompletedAt ?? text.ReceivedAt;
        int sequence = text.State is TextState.Sent ? 1 : 2;
        var id = Guid.CreateVersion7(at);
        string type = isOut ? StatusEvent : ReceivedEvent;
        return
        [
            new()
            {
                Id = id,
                Tenant = text.Tenant,
                OrderKey = $"telefonie message:{text.Id}",
                Format = TelefonieWebhookFormat.FormatName,
                EventType = type,
                Url = url,
                Timeout = Timeout,
                OccurredAt = at,
                Body = new JsonObject
                {
                    ["event"] = type, ["event_id"] = id.ToString(), ["timestamp"] = TelefonieTime.Text(at),
                    ["sequence"] = isOut ? sequence : 1, ["message"] = TelefonieMessage.Write(text),
                }.ToJsonString(),
            },
        ];
    }
}
