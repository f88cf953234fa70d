using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Telnyx.Faces;

/// <summary>What a connection says of its documents, in the words of TeXML applications.</summary>
internal static class DocumentWords
{
    public static void Say(Wording<Connection> wording)
    {
        wording.Say("active", c => c.IsActive, isActive => isActive);
        wording.Say("friendly_name", c => c.Name, text => text);
        wording.Say("voice_url", c => c.WebhookUrl, url => url ?? "");
        wording.Say("voice_fallback_url", c => c.WebhookFailoverUrl, url => url);
        wording.Say("voice_method", c => c.WebhookMethod, method => method.ToLowerInvariant());
        wording.Say("status_callback", c => c.StatusUrl, url => url);
        wording.Say("status_callback_method", c => c.StatusMethod, method => method.ToLowerInvariant());
        wording.Say("first_command_timeout", c => c.FirstCommandTimeout is not null, isSet => isSet);
        wording.Say("first_command_timeout_secs", c => c.FirstCommandTimeout,
            timeout => timeout is { } time ? (int)time.TotalSeconds : null);
        wording.Say("inbound.channel_limit", c => c.InboundChannelLimit, limit => limit);
        wording.Say("outbound.channel_limit", c => c.OutboundChannelLimit, limit => limit);
        wording.Say("outbound.outbound_voice_profile_id", c => c.OutboundProfile,
            profile => profile?.ToString(CultureInfo.InvariantCulture));
        wording.Say("dtmf_type", c => c.Digits,
            method => method switch { DigitMethod.Tones => "Inband", DigitMethod.Info => "SIP INFO", _ => "RFC 2833" });
        wording.Say("inbound.sip_subdomain", c => c.Subdomain, label => label);
        wording.Say("inbound.sip_subdomain_receive_settings", c => c.IsSubdomainOpen,
            isOpen => isOpen ? "from_anyone" : "only_my_connections");
    }

    public static JsonObject New() => new()
    {
        ["active"] = true,
        ["dtmf_type"] = "RFC 2833",
        ["first_command_timeout"] = false,
        ["first_command_timeout_secs"] = 30,
        ["friendly_name"] = "",
        ["inbound"] = new JsonObject(),
        ["outbound"] = new JsonObject(),
        ["status_callback_method"] = "post",
        ["tags"] = new JsonArray(),
        ["voice_method"] = "post",
        ["voice_url"] = "",
    };
}
