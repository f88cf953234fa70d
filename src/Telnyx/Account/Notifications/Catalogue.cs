using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>The events and conditions of notifications. Their ids never change: customers keep them.</summary>
internal static class Catalogue
{
    private const string Since = "2026-11-20T00:00:00.000Z";
    private const string Webhooks = "f1fdb2a5-4d5f-4ce5-9d2b-0f0a7b0d6c11", Limits = "5b7f0f53-6d86-4b6c-8f0e-6b5f0d1c8a02",
        Spending = "0b9e7f5e-3f0c-4a77-9a54-4bb2f0a4e9c3",
        Balance = "2f86d1c9-7b54-4e3a-9d08-6a1c5e9b74f6", Recordings = "7a3cf6de-1d57-4c0b-8c8b-92a7b3e7f5d4",
        Calls = "c2c1a8b7-9f3e-4e0e-a1a6-3f5f8f7c2be5", Orders = "9c4e7a10-5b2d-4f6e-8a37-d1b0c9e25f48";

    /// <summary>Who can be told: by webhook, and by mail where the node has a mail server.</summary>
    public static readonly IReadOnlyList<string> Channels = ["webhook", "email"];

    public static readonly NotificationCondition WebhookFailed = new()
    {
        Id = "8f0f2c47-0a86-4b9b-9a8e-5e8f4a6d1b21",
        EventId = Webhooks,
        EventType = "notification.webhook.failed",
        Name = "A webhook was given up: no attempt on its URLs was taken",
    };

    public static readonly NotificationCondition ChannelLimitReached = new()
    {
        Id = "3d5b9c1e-7a42-4f63-8d0c-2c9e6b7f4a32",
        EventId = Limits,
        EventType = "notification.channel_limit.reached",
        Name = "A call was refused because a channel limit is reached",
    };

    public static readonly NotificationCondition SpendLimitReached = new()
    {
        Id = "a64e2d90-5c1b-4e7f-b3a8-71d0c5f98e43",
        EventId = Spending,
        EventType = "notification.spend_limit.reached",
        Name = "A call was refused because a spend limit of the day is reached",
    };

    public static readonly NotificationCondition FundsExhausted = new()
    {
        Id = "e58f0b36-4c17-4d92-a6f1-0d7b8c3e5987",
        EventId = Balance,
        EventType = "notification.balance.exhausted",
        Name = "A call was refused because the balance does not pay for it",
    };

    public static readonly NotificationCondition RecordingFailed = new()
    {
        Id = "16c8b3f7-2e9d-4a05-97c4-8e4b0a7d5f54",
        EventId = Recordings,
        EventType = "notification.recording.failed",
        Name = "A recording could not be saved",
    };

    public static readonly NotificationCondition CallInterrupted = new()
    {
        Id = "d97a4f28-6b30-4c8e-8e15-5a2f9c6e1065",
        EventId = Calls,
        EventType = "notification.call.interrupted",
        Name = "A call was ended by a fault of the node",
    };

    public static readonly NotificationCondition CallMissed = new()
    {
        Id = "42b1e6c5-8f7d-4d19-a0b3-6c3d7e9f2876",
        EventId = Calls,
        EventType = "notification.call.missed",
        Name = "A call to the number was not answered",
        IsOfNumber = true,
        Parameters = [new(NotificationCondition.PhoneNumber, "string", IsOptional: false)],
    };

    /// <summary>A webhook of it is the order's own event, with the order.</summary>
    public static readonly NotificationCondition NumberOrderDone = new()
    {
        Id = "5e1d8c73-4f9a-4b06-bd25-7a0c3e6f9187",
        EventId = Orders,
        EventType = "number_order.complete",
        Name = "A number order is done",
    };

    public static readonly IReadOnlyList<NotificationCondition> Conditions =
    [
        WebhookFailed, ChannelLimitReached, SpendLimitReached, FundsExhausted, RecordingFailed, CallInterrupted, CallMissed,
        NumberOrderDone,
    ];

    public static readonly JsonArray Events =
    [
        Event(Webhooks, "Webhook delivery", "webhooks"),
        Event(Limits, "Channel limits", "voice"),
        Event(Spending, "Spend limits", "billing"),
        Event(Balance, "Balance", "billing"),
        Event(Recordings, "Recordings", "voice"),
        Event(Calls, "Calls", "voice"),
        Event(Orders, "Number orders", "numbers"),
    ];

    public static NotificationCondition? Find(string? id) =>
        Conditions.FirstOrDefault(c => string.Equals(c.Id, id, StringComparison.OrdinalIgnoreCase));

    public static JsonObject Show(NotificationCondition condition) => new()
    {
        ["allow_multiple_channels"] = true,
        ["associated_record_type"] = condition.AssociatedRecordType,
        ["asynchronous"] = false,
        ["created_at"] = Since,
        ["description"] = condition.Name + ".",
        ["enabled"] = true,
        ["id"] = condition.Id,
        ["name"] = condition.Name,
        ["notification_event_id"] = condition.EventId,
        ["parameters"] = new JsonArray([.. condition.Parameters
            .Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["data_type"] = p.Type, ["optional"] = p.IsOptional })]),
        ["supported_channels"] = new JsonArray([.. Channels.Select(c => (JsonNode)c)]),
        ["updated_at"] = Since,
    };

    private static JsonObject Event(string id, string name, string category) => new()
    {
        ["created_at"] = Since,
        ["enabled"] = true,
        ["id"] = id,
        ["name"] = name,
        ["notification_category"] = category,
        ["updated_at"] = Since,
    };
}
