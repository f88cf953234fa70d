using System.Text.Json.Nodes;

namespace Ringwright.Telnyx;

/// <summary>The envelope that all of this API's webhooks have, version 2: the one place that makes it.</summary>
internal static class TelnyxEvent
{
    /// <param name="payload">Of its own: it becomes a part of the envelope.</param>
    public static JsonObject Of(Guid id, string type, DateTimeOffset at, JsonNode? payload) =>
        Of(id, type, TelnyxTime.Micros(at), payload);

    /// <summary>The same for what is told of messages and codes, whose moments have another spelling.</summary>
    public static JsonObject OfMessages(Guid id, string type, DateTimeOffset at, JsonNode? payload) =>
        Of(id, type, TelnyxTime.Offset(at), payload);

    private static JsonObject Of(Guid id, string type, string at, JsonNode? payload) => new()
    {
        ["event_type"] = type,
        ["id"] = id.ToString(),
        ["occurred_at"] = at,
        ["payload"] = payload,
        ["record_type"] = "event",
    };
}
