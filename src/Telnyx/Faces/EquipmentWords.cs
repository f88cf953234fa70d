using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx.Connections;

namespace Ringwright.Telnyx.Faces;

/// <summary>What a connection says of its SIP equipment, in the words of the three kinds.</summary>
internal static class EquipmentWords
{
    private static readonly SipConnection Nothing = new();

    public static void Say(Wording<Connection> wording, JsonObject document, Connection connection)
    {
        wording.SayList("inbound.codecs", c => c.Codecs, codec => ConnectionBody.CodecOf(codec));
        wording.Say("encrypted_media", c => Sip(c).IsSrtpRequired, isRequired => isRequired ? "SRTP" : null);
        // FQDN connections may say it there as well
        if (!Sip(connection).IsSrtpRequired) (document["outbound"] as JsonObject)?.Remove("encrypted_media");
        wording.Say("rtp_auto_adjust", c => Sip(c).IsRtpFixed, isFixed => !isFixed);
        wording.Say("transport_protocol", c => Sip(c).Transport, transport => transport);
        SayDelivery(wording);
        SayOrigination(wording);
        switch (connection.Kind)
        {
            case ConnectionKind.Credential:
                wording.Say("user_name", c => Sip(c).UserName, name => name);
                wording.Say("sip_uri_calling_preference", c => Sip(c).UriCalling, calling => calling switch
                {
                    SipUriCalling.Internal => "internal",
                    SipUriCalling.Unrestricted => "unrestricted",
                    _ => "disabled",
                });
                break;
            case ConnectionKind.Ip:
                SayPreferred(wording, document, SipConnectionRules.PreferredFields("ip"), connection);
                break;
            default:
                wording.Say("outbound.ip_authentication_method", c => Sip(c).Origination.IsDigestRequired,
                    isRequired => isRequired ? "credential-authentication" : null);
                wording.Say("user_name", c => Sip(c).UserName, name => name);
                wording.Say("call_cost_enabled", c => c.TellsCost, tells => tells);
                SayPreferred(wording, document, SipConnectionRules.PreferredFields("fqdn"), connection);
                break;
        }
    }

    private static void SayDelivery(Wording<Connection> wording)
    {
        wording.Say("inbound.dnis_number_format", c => Sip(c).Delivery.CalledFormat, format => format switch
        {
            CalledFormat.PlusE164 => "+e164",
            CalledFormat.National => "national",
            CalledFormat.UserName => "sip_username",
            _ => "e164",
        });
        wording.Say("inbound.timeout_1xx_secs", c => Sip(c).Delivery.ProvisionalTimeout, timeout => (int)timeout.TotalSeconds);
        wording.Say("inbound.timeout_2xx_secs", c => Sip(c).Delivery.AnswerTimeout, timeout => (int)timeout.TotalSeconds);
        wording.Say("inbound.prack_enabled", c => Sip(c).Delivery.IsPrackEnabled, isEnabled => isEnabled);
        wording.Say("inbound.default_routing_method", c => Sip(c).Delivery.IsRoundRobin,
            isRoundRobin => isRoundRobin ? "round-robin" : "sequential");
    }

    private static void SayOrigination(Wording<Connection> wording)
    {
        wording.Say("outbound.ani_override", c => Sip(c).Origination.CallerOverride, number => number ?? "");
        wording.Say("outbound.ani_override_type", c => Sip(c).Origination.CallerOverrideUse, use => use switch
        {
            CallerOverrideUse.Normal => "normal",
            CallerOverrideUse.Emergency => "emergency",
            _ => "always",
        });
        wording.Say("outbound.call_parking_enabled", c => Sip(c).Origination.IsParked, isParked => isParked);
        wording.Say("outbound.localization", c => Sip(c).Origination.Localization, country => country);
        wording.Say("outbound.tech_prefix", c => Sip(c).Origination.TechPrefix, prefix => prefix);
        wording.Say("outbound.ip_authentication_token", c => Sip(c).Origination.Token, token => token);
        wording.Say("outbound.ip_authentication_method", c => Sip(c).Origination.Token is not null, isToken => isToken ? "token" : null);
    }

    /// <param name="fields">As many ids as there are fields can be said.</param>
    private static void SayPreferred(Wording<Connection> wording, JsonObject document, string[] fields, Connection connection)
    {
        if (!wording.Differs(c => Sip(c).Delivery.Preferred)) return;
        var ids = Sip(connection).Delivery.Preferred;
        for (int i = 0; i < fields.Length; i++)
            document.Put($"inbound.{fields[i]}", i < ids.Count ? ids[i].ToString(CultureInfo.InvariantCulture) : null);
    }

    private static SipConnection Sip(Connection connection) => connection.Sip ?? Nothing;
}
