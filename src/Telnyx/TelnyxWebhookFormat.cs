using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;

namespace Ringwright.Telnyx;

/// <summary>
/// The two envelopes around an event, and none. Version 2 has data and meta; version 1 is the older flat one, which messages never had.
/// </summary>
public sealed class TelnyxWebhookFormat : IWebhookFormat
{
    public const string FormatName = "telnyx";

    /// <summary>The version of a message whose body goes as it is.</summary>
    public const string Bare = "bare";

    public string Name => FormatName;
    public string UserAgent => "telnyx-webhooks";
    public string SignatureHeader => "telnyx-signature-ed25519";
    public string TimestampHeader => "telnyx-timestamp";

    public byte[] Write(OutboxMessage message, int attempt, string url) =>
        JsonScratch.Bytes((message, attempt, url), static (json, it) =>
        {
            if (it.message.Version == Bare) json.WriteRawValue(it.message.Body);
            else if (it.message.Version == "1") WriteFirst(json, it.message, it.attempt, it.url);
            else WriteSecond(json, it.message, it.attempt, it.url);
        });

    private static void WriteSecond(Utf8JsonWriter json, OutboxMessage message, int attempt, string url)
    {
        json.WriteStartObject();
        json.WritePropertyName("data");
        // Written by a serializer of ours: to read it once more would only say so.
        json.WriteRawValue(message.Body, skipInputValidation: true);
        json.WriteStartObject("meta");
        WriteAttempt(json, attempt, url);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFirst(Utf8JsonWriter json, OutboxMessage message, int attempt, string url)
    {
        using var document = JsonDocument.Parse(message.Body);
        var payload = document.RootElement.GetProperty("payload");
        string tenant = message.Tenant.ToString();

        json.WriteStartObject();
        Copy("call_leg_id");
        Copy("call_session_id");
        json.WriteString("event_timestamp", TelnyxTime.Micros(message.OccurredAt));
        json.WriteStartObject("metadata");
        WriteAttempt(json, attempt, url);
        json.WritePropertyName("event");
        json.WriteRawValue(message.Body);
        json.WriteString("status", "delivered");        // whoever reads it has received it
        json.WriteEndObject();
        json.WriteString("name", message.EventType);
        json.WriteString("organization_id", tenant);
        json.WriteString("type", "webhook");
        json.WriteString("user_id", tenant);
        json.WriteEndObject();

        void Copy(string name)
        {
            if (!payload.TryGetProperty(name, out var value)) return;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }

    private static void WriteAttempt(Utf8JsonWriter json, int attempt, string url)
    {
        json.WriteNumber("attempt", attempt);
        json.WriteString("delivered_to", url);
    }
}
