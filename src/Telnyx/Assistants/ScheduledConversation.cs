using System.Text.Json.Nodes;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>The conversation of a scheduled event, as it begins.</summary>
internal static class ScheduledConversation
{
    /// <param name="scheduled">The event's row.</param>
    /// <param name="version">Of the assistant; null where none talks.</param>
    public static DocumentWrite Write(ResourceRow scheduled, Guid conversation, string? version, DateTimeOffset now)
    {
        var body = scheduled.Body;
        var metadata = new JsonObject();
        // They are texts.
        foreach (var (name, value) in body.Child(ScheduledEvents.Metadata) ?? [])
            metadata[name] = value is JsonValue plain && plain.TryGetValue(out string? text) ? text : value?.ToJsonString() ?? "";
        foreach (string field in new[]
            { ScheduledEvents.Assistant, ScheduledEvents.Channel, ScheduledEvents.AgentTarget, ScheduledEvents.EndUser })
            metadata[field] = body.Text(field);
        if (version is not null) metadata["assistant_version_id"] = version;
        var talk = new JsonObject
        {
            [ConversationRecords.Metadata] = metadata, [ConversationRecords.LastMessageAt] = TelnyxTime.Millis(now),
        };
        // For the call, which nobody knows yet; nobody is shown them.
        if (body[ScheduledEvents.Variables] is { } variables) talk[ScheduledEvents.Variables] = variables.DeepClone();
        return new(new(ConversationRecords.Kind),
            new() { Id = conversation.ToString(), Tenant = scheduled.Tenant, Body = talk, CreatedAt = now, UpdatedAt = now });
    }
}
