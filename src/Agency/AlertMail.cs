using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Agency;

/// <summary>What somebody is mailed of an agency's alert. Pure.</summary>
public static class AlertMail
{
    /// <summary>By which it is known among the mails of this API.</summary>
    public const string EventType = "agency.alert";

    private const string Scheme = "mailto:";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static (string Subject, string Text) Write(OutboxMessage message)
    {
        using var json = JsonDocument.Parse(message.Body);
        var payload = json.RootElement.GetProperty("payload");
        string kind = TextOf("kind"), subject = TextOf("subject");
        return ("Alert: " + kind, $"""
            {TextOf("agency")}

            {TextOf("detail")}

            {(subject.Length == 0 ? kind : $"{kind}, of {subject}")}

            """);

        string TextOf(string name) => payload.GetProperty(name).GetString() ?? "";
    }

    /// <param name="name">The agency's.</param>
    internal static OutboxMessage Of(TenantId agency, string name, AlertRow alert, string email)
    {
        var id = Guid.CreateVersion7(alert.CreatedAt);
        return new()
        {
            Id = id, Tenant = agency, OrderKey = $"agency_alert:{alert.Id}", Format = PasswordMail.Format, EventType = EventType,
            Url = Scheme + email, OccurredAt = alert.CreatedAt, Timeout = Patience,
            Body = new JsonObject
            {
                ["event_type"] = EventType, ["id"] = id.ToString(), ["occurred_at"] = AgencyText.Time(alert.CreatedAt),
                ["record_type"] = "event",
                ["payload"] = new JsonObject
                {
                    ["agency"] = name, ["kind"] = alert.Kind, ["subject"] = alert.Subject, ["detail"] = alert.Detail,
                },
            }.ToJsonString(),
        };
    }
}
