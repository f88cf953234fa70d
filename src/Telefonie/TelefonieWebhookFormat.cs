using System.Text;
using Ringwright.Calls;
using Ringwright.Delivery;

namespace Ringwright.Telefonie;

/// <summary>Callbacks as they were written, each try the same; both of the node's signatures are over that.</summary>
public sealed class TelefonieWebhookFormat : IWebhookFormat
{
    public const string FormatName = "telefonie";

    public string Name => FormatName;
    public string UserAgent => "ringwright-telefonie";
    public string SignatureHeader => "telefonie-signature-ed25519";
    public string TimestampHeader => "telefonie-timestamp";

    public byte[] Write(OutboxMessage message, int attempt, string url) => Encoding.UTF8.GetBytes(message.Body);
}
