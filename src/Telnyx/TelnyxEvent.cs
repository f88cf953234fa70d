using System.Text.Json.Nodes;
using Ringwright.Core;

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

    /// <summary>The same as text, written once: of an event of a call nobody wants more.</summary>
    /// <param name="payload">In the order in which it is shown.</param>
    /// <param name="hasCreatedAt">It says the moment twice.</param>
    public static string TextOf(Guid id, string type, DateTimeOffset at, IEnumerable<KeyValuePair<string, JsonNode?>> payload,
        bool hasCreatedAt) =>
        JsonScratch.Text((id, type, At: TelnyxTime.Micros(at), payload, hasCreatedAt), static (json, it) =>
        {
            json.WriteStartObject();
            if (it.hasCreatedAt) json.WriteString("created_at", it.At);
            json.WriteString("event_type", it.type);
            json.WriteString("id", it.id);
            json.WriteString("occurred_at", it.At);
            json.WriteStartObject("payload");
            foreach (var (name, value) in it.payload)
            {
                json.WritePropertyName(name);
                if (value is null) json.WriteNullValue();
                else value.WriteTo(json);
            }
            json.WriteEndObject();
            json.WriteString("record_type", "event");
            json.WriteEndObject();
        });

    private static JsonObject Of(Guid id, string type, string at, JsonNode? payload) => new()
    {
        ["event_type"] = type,
        ["id"] = id.ToString(),
        ["occurred_at"] = at,
        ["payload"] = payload,
        ["record_type"] = "event",
    };
}
