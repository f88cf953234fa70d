using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Delivery;

namespace Ringwright.Voipbin;

/// <summary>Events as <c>{"type": …, "data": …}</c>, signed where the customer has a secret.</summary>
public sealed class VoipbinWebhookFormat : IWebhookFormat
{
    public const string FormatName = "voipbin", SignatureName = "X-VoIPBIN-Signature";

    /// <summary>
    /// Members of a stored message that is signed or a copy: the body, byte for byte, the header's value, and that it is one.
    /// </summary>
    internal const string Text = "$text", Signature = "$signature", Copy = "$copy";

    public string Name => FormatName;
    public string UserAgent => "ringwright-voipbin";
    public string SignatureHeader => "x-voipbin-signature-ed25519";
    public string TimestampHeader => "x-voipbin-timestamp";

    /// <summary>As the API's documents have it, whatever other webhooks of the account do.</summary>
    public IReadOnlyList<TimeSpan> Waits { get; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)];

    /// <summary>Every other answer is one that was delivered.</summary>
    public bool RetriesServerErrorsOnly => true;

    public byte[] Write(OutboxMessage message, int attempt, string url) =>
        Encoding.UTF8.GetBytes(TextOf(message, Read(message)));

    public IReadOnlyList<KeyValuePair<string, string>> Headers(OutboxMessage message, bool hasBody) =>
        hasBody && (string?)Read(message)[Signature] is { } signature ? [new(SignatureName, signature)] : [];

    /// <summary>
    /// What subscribers hear, byte for byte; null of a copy: the event is told by another message too, which is the one that they hear.
    /// </summary>
    internal static string? HeardOf(OutboxMessage message)
    {
        var stored = Read(message);
        return (bool?)stored[Copy] is true ? null : TextOf(message, stored);
    }

    /// <summary>What is told, byte for byte.</summary>
    private static string TextOf(OutboxMessage message, JsonObject stored) => (string?)stored[Text] ?? message.Body;

    private static JsonObject Read(OutboxMessage message) => (JsonObject)JsonNode.Parse(message.Body)!;     // made as an object
}
