using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Faces;

/// <summary>
/// A connection as a call control or TeXML application, or as a credential, IP or FQDN connection; passwords are not in documents.
/// </summary>
internal static class ConnectionFace
{
    public static JsonObject? Write(Connection connection, JsonObject? document, DateTimeOffset createdAt)
    {
        var (view, fresh) = connection.Kind switch
        {
            ConnectionKind.CallControl => (CallControlApplications.View, NewApplication()),
            ConnectionKind.Document => (TexmlApplications.View, DocumentWords.New()),
            ConnectionKind.Credential => (CredentialConnections.View, NewEquipment()),
            ConnectionKind.Ip => (IpConnections.View, NewEquipment()),
            ConnectionKind.Fqdn => (FqdnConnections.View, NewEquipment()),
            _ => (null, []),
        };
        if (view is null) return null;
        document ??= fresh;
        var wording = new Wording<Connection>(document, view.Read(document.AsRow(connection.Id.ToString(), connection.Tenant)), connection);
        if (connection.Kind is ConnectionKind.Document)
        {
            DocumentWords.Say(wording);
            return document;
        }
        SayCommon(wording, connection.IsEquipment ? "connection_name" : "application_name");
        if (connection.IsEquipment) EquipmentWords.Say(wording, document, connection);
        else SayApplication(wording);
        return document;
    }

    private static void SayCommon(Wording<Connection> wording, string name)
    {
        wording.Say("active", c => c.IsActive, isActive => isActive);
        wording.Say(name, c => c.Name, text => text);
        wording.Say("webhook_event_url", c => c.WebhookUrl, url => url ?? "");
        wording.Say("webhook_event_failover_url", c => c.WebhookFailoverUrl, url => url ?? "");
        wording.Say("webhook_timeout_secs", c => c.WebhookTimeout, timeout => timeout is { } time ? (int)time.TotalSeconds : null);
        wording.Say("webhook_api_version", c => c.WebhookVersion, version => version);
        wording.Say("webhook_retry_schedule", c => c.WebhookRetries,
            schedule => schedule switch { RetrySchedule.Short => "short", RetrySchedule.Long => "long", _ => null });
        wording.Say("inbound.channel_limit", c => c.InboundChannelLimit, limit => limit);
        wording.Say("outbound.channel_limit", c => c.OutboundChannelLimit, limit => limit);
        wording.Say("outbound.outbound_voice_profile_id", c => c.OutboundProfile,
            profile => profile?.ToString(CultureInfo.InvariantCulture));
        wording.Say("dtmf_type", c => c.Digits,
            method => method switch { DigitMethod.Tones => "Inband", DigitMethod.Info => "SIP INFO", _ => "RFC 2833" });
        wording.Say("rtp_timeout_secs", c => c.RtpTimeoutSeconds, seconds => seconds);
        wording.Say("held_rtp_timeout_secs", c => c.HeldRtpTimeoutSeconds, seconds => seconds);
        wording.Say("hold_media_name", c => c.HoldMusic, file => file ?? "");
        wording.Say("inbound.sip_subdomain", c => c.Subdomain, label => label);
        wording.Say("inbound.sip_subdomain_receive_settings", c => c.IsSubdomainOpen,
            isOpen => isOpen ? "from_anyone" : "only_my_connections");
    }

    private static void SayApplication(Wording<Connection> wording)
    {
        wording.Say("first_command_timeout", c => c.FirstCommandTimeout is not null, isSet => isSet);
        wording.Say("first_command_timeout_secs", c => c.FirstCommandTimeout,
            timeout => timeout is { } time ? (int)time.TotalSeconds : null);
        wording.Say("redact_dtmf_debug_logging", c => c.IsDtmfRedacted, isRedacted => isRedacted);
        wording.Say("call_cost_in_webhooks", c => c.TellsCost, tells => tells);
    }

    private static JsonObject NewApplication() => new()
    {
        ["active"] = true,
        ["application_name"] = "",
        ["dtmf_type"] = "RFC 2833",
        ["first_command_timeout"] = false,
        ["first_command_timeout_secs"] = 30,
        ["outbound"] = new JsonObject(),
        ["redact_dtmf_debug_logging"] = false,
        ["tags"] = new JsonArray(),
        ["webhook_api_version"] = "2",
        ["webhook_event_failover_url"] = "",
        ["webhook_event_url"] = "",
    };

    private static JsonObject NewEquipment() => new()
    {
        ["active"] = true,
        ["connection_name"] = "",
        ["inbound"] = new JsonObject(),
        ["outbound"] = new JsonObject(),
        ["tags"] = new JsonArray(),
        ["webhook_api_version"] = "2",
        ["webhook_event_failover_url"] = "",
        ["webhook_event_url"] = "",
    };
}
