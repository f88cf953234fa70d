using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Delivery.Mails;

namespace Ringwright.Voipbin;

/// <summary>Mails of flows: what their action says, and nothing else.</summary>
public sealed class VoipbinMailFormat : IMailFormat
{
    public const string FormatName = "voipbin_mail";

    internal const string Subject = "subject", Content = "content";

    public string Name => FormatName;

    public MailText Write(OutboxMessage message)
    {
        var mail = (JsonObject)JsonNode.Parse(message.Body)!;      // made as an object
        return new((string)mail[Subject]!, (string)mail[Content]!);
    }
}
