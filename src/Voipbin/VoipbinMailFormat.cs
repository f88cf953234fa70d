using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery.Mails;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;
using Ringwright.Voipbin.Activeflows;

namespace Ringwright.Voipbin;

/// <summary>Mails of flows: what their action says, and the recordings that it names.</summary>
public sealed class VoipbinMailFormat : IMailFormat
{
    public const string FormatName = "voipbin_mail";

    private const string Subject = "subject", Content = "content", Html = "html", Recordings = "recordings";

    public string Name => FormatName;

    /// <summary>The message that <see cref="Write"/> reads.</summary>
    /// <param name="recordings">Kept by this node's installation.</param>
    internal static string BodyOf(FlowMail said, IEnumerable<RecordingRow> recordings)
    {
        var mail = new JsonObject { [Subject] = said.Subject, [Content] = said.Content };
        if (said.IsHtml) mail[Html] = true;
        var names = new JsonObject();
        foreach (var row in recordings) names[row.Id.ToString()] = RecordFormats.ExtensionOf(row.Plan.Format);
        if (names.Count > 0) mail[Recordings] = names;
        return mail.ToJsonString();
    }

    public MailText Write(OutboxMessage message)
    {
        var mail = (JsonObject)JsonNode.Parse(message.Body)!;      // made as an object
        return new((string)mail[Subject]!, (string)mail[Content]!)
        {
            IsHtml = mail.ContainsKey(Html),
            Files = [.. (mail[Recordings] as JsonObject ?? []).Select(one => FileOf(message.Tenant, one.Key, (string)one.Value!))],
        };
    }

    private static MailFile FileOf(TenantId tenant, string recording, string extension)
    {
        var format = Enum.GetValues<RecordFormat>().Single(one => RecordFormats.ExtensionOf(one) == extension);
        var key = BlobKey.OfRecording(tenant, Guid.Parse(recording), format);
        return new(key, $"{recording}.{extension}", RecordFormats.MediaTypeOf(format));
    }
}
