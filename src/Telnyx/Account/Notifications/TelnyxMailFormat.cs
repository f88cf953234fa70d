using System.Text;
using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Delivery.Mails;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>A notification as mail: its sentence, then its facts, one a line.</summary>
public sealed class TelnyxMailFormat : IMailFormat
{
    private const int MostSubjectCharacters = 120;

    public string Name => TelnyxWebhookFormat.FormatName;

    public MailText Write(OutboxMessage message)
    {
        using var json = JsonDocument.Parse(message.Body);
        var payload = json.RootElement.GetProperty("payload");
        string summary = payload.TryGetProperty("summary", out var said) ? said.GetString() ?? message.EventType : message.EventType;
        var text = new StringBuilder(summary).Append("\n\n").Append(message.EventType).Append(" at ")
            .Append(TelnyxTime.Millis(message.OccurredAt)).Append('\n');
        foreach (var field in payload.EnumerateObject())
            if (field.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number && field.Name is not "summary")
                text.Append(field.Name).Append(": ").Append(field.Value.ToString()).Append('\n');
        text.Append("\nThe same thing is told once an hour. Delete the notification setting above to be told no more.\n");
        return new(summary.Length <= MostSubjectCharacters ? summary : summary[..(MostSubjectCharacters - 1)] + "…", text.ToString());
    }
}
