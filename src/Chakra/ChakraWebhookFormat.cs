using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Delivery;

namespace Ringwright.Chakra;

/// <summary>Changes of calls, each try the same; signed by the subscription's secret too, where it has one.</summary>
public sealed class ChakraWebhookFormat : IWebhookFormat
{
    public const string FormatName = "chakra", SignatureName = "X-Chakra-Signature";

    /// <summary>Members of a stored message that is signed: the body, byte for byte, and the header's value.</summary>
    internal const string Text = "$text", Signature = "$signature";

    public string Name => FormatName;
    public string UserAgent => "ringwright-chakra";
    public string SignatureHeader => "x-chakra-signature-ed25519";
    public string TimestampHeader => "x-chakra-timestamp";

    public byte[] Write(OutboxMessage message, int attempt, string url) =>
        Encoding.UTF8.GetBytes((string?)Read(message)[Text] ?? message.Body);

    public IReadOnlyList<KeyValuePair<string, string>> Headers(OutboxMessage message, bool hasBody) =>
        hasBody && (string?)Read(message)[Signature] is { } signature ? [new(SignatureName, signature)] : [];

    private static JsonObject Read(OutboxMessage message) => (JsonObject)JsonNode.Parse(message.Body)!;     // made as an object
}
