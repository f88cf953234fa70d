using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Calling;

namespace Ringwright.Telefonie.Conferring;

/// <summary>
/// What whoever made a conference here is told of it: that it is there, that it has begun, and that it is over. What events do not say of
/// it stands on the calls that are made for it, the first of which makes the engine's.
/// </summary>
internal static class ConferenceNews
{
    /// <summary>Of the body that makes one, and of its document.</summary>
    public const string Field = "status_callback";

    public const string EventName = "conference.status";

    private const string Url = "url", Shown = "conference", InProgress = "in-progress", Completed = "completed";
    private const int Promised = 1, Begun = 2, Over = 3;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>For the calls of a conference; null where nobody is told of it.</summary>
    public static string? LabelOf(PromisedConference conference) => UrlOf(conference) is not { } url ? null
        : new JsonObject { [Url] = url, [Shown] = TelefonieConferences.Show(conference) }.ToJsonString();

    /// <summary>It was promised, or the promise was taken back before anybody came.</summary>
    public static IReadOnlyList<OutboxMessage> Of(TenantId tenant, PromisedConference promise, DateTimeOffset at) =>
        UrlOf(promise) is not { } url ? []
            : [Message(tenant, url, promise.Status is ConferenceStatus.Init ? Promised : Over, TelefonieConferences.Show(promise), at)];

    /// <summary>Null where nobody is told.</summary>
    public static OutboxMessage? Of(ConferenceEvent happened, DateTimeOffset at)
    {
        var creator = happened.Conference.Creator;
        int stage = happened is ConferenceEvent.ParticipantJoined joined && joined.Who.Leg == creator.Leg ? Begun
            : happened is ConferenceEvent.ConferenceEnded ? Over : 0;
        if (stage == 0 || creator.Labels[TelefonieLabels.ConferenceNews] is not { } label) return null;
        var kept = JsonNode.Parse(label)!.AsObject();       // written here
        var shown = kept[Shown]!.DeepClone().AsObject();
        // Who has made it may make another one, of which nobody asked to hear.
        if ((string?)shown["id"] != happened.Conference.Uuid.ToString()) return null;
        shown["status"] = stage is Begun ? InProgress : Completed;
        shown["participant_count"] = stage is Begun ? 1 : 0;
        return Message(happened.Tenant, (string)kept[Url]!, stage, shown, at);
    }

    private static string? UrlOf(PromisedConference conference) =>
        (string?)conference.Promise?[Field] is { Length: > 0 } url ? url : null;

    private static OutboxMessage Message(TenantId tenant, string url, int sequence, JsonObject shown, DateTimeOffset at)
    {
        var id = Guid.CreateVersion7(at);
        string about = $"telefonie conference {shown["id"]}";
        return new()
        {
            Id = id,
            Tenant = tenant,
            OrderKey = about,
            Format = TelefonieWebhookFormat.FormatName,
            EventType = EventName,
            Url = url,
            Timeout = Timeout,
            OccurredAt = at,
            // A batch may be written again.
            Once = $"{about} {sequence}",
            Body = new JsonObject
            {
                ["event"] = EventName, ["event_id"] = id.ToString(), ["timestamp"] = TelefonieTime.Text(at), ["sequence"] = sequence,
                [Shown] = shown,
            }.ToJsonString(),
        };
    }
}
