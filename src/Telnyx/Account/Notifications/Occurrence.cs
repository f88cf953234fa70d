using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>What a condition has noticed.</summary>
internal sealed record Occurrence
{
    public required TenantId Tenant { get; init; }
    public required NotificationCondition Condition { get; init; }
    public required DateTimeOffset At { get; init; }
    /// <summary>What the same thing would have in common if it happened again: told once an hour.</summary>
    public required string Subject { get; init; }
    /// <summary>One sentence for a person.</summary>
    public required string Summary { get; init; }
    /// <summary>The number, for a condition that watches one.</summary>
    public string? Number { get; init; }
    public IReadOnlyList<(string Name, JsonNode? Value)> Facts { get; init; } = [];

    /// <summary>Begins the order key of notifications, by which a failed one is known: nobody is told of that.</summary>
    public const string OrderPrefix = "notification:";

    /// <summary>For whoever delivers notifications by webhook: they are no calls, and may take their time.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public OutboxMessage ToMessage(NotificationTarget target)
    {
        var id = Guid.CreateVersion7(At);
        var payload = new JsonObject
        {
            ["associated_record_type"] = Condition.AssociatedRecordType,
            ["associated_record_type_value"] = target.Watched,
            ["notification_channel_id"] = target.Channel,
            ["notification_event_condition_id"] = Condition.Id,
            ["notification_event_id"] = Condition.EventId,
            ["notification_profile_id"] = target.Profile,
            ["notification_setting_id"] = target.Setting,
            ["parameters"] = target.Parameters.DeepClone(),
            ["summary"] = Summary,
        };
        foreach (var (name, value) in Facts) payload[name] = value?.DeepClone();
        var body = TelnyxEvent.Of(id, Condition.EventType, At, payload);
        return new()
        {
            Id = id,
            Tenant = Tenant,
            OrderKey = OrderPrefix + target.Setting,
            Format = TelnyxWebhookFormat.FormatName,
            EventType = Condition.EventType,
            Url = target.Url,
            Timeout = Timeout,
            OccurredAt = At,
            Body = body.ToJsonString(TelnyxJson.Plain),
            Once = $"{OrderPrefix}{target.Setting}:{Subject}:{At.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture)}",
        };
    }
}
