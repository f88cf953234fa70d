using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Connections;

/// <summary>Bodies of connections as the call path reads them.</summary>
internal static class ConnectionBody
{
    private static readonly string[] Codecs = ["G711U", "G711A", "G722", "OPUS", "L16"];

    /// <summary>What no kind of equipment has words for stays as others have set it.</summary>
    public static Connection KeepSip(Connection before, Connection read) => read with
    {
        Application = before.Application,
        FirstCommandTimeout = before.FirstCommandTimeout,
        IsDtmfRedacted = before.IsDtmfRedacted,
        TellsCost = read.Kind is ConnectionKind.Fqdn ? read.TellsCost : before.TellsCost,
        Sip = read.Sip! with { MayRefer = before.Sip?.MayRefer },      // of equipment
    };

    /// <summary>What all kinds have in common.</summary>
    /// <param name="name">The field of the connection's name.</param>
    public static Connection Read(ResourceRow row, ConnectionKind kind, string name)
    {
        var body = row.Body;
        var (inbound, outbound) = (body.Child("inbound"), body.Child("outbound"));
        return new()
        {
            Id = new(long.Parse(row.Id, CultureInfo.InvariantCulture)),
            Tenant = row.Tenant,
            Kind = kind,
            Name = body.Text(name) ?? "",
            IsActive = body.Flag("active", fallback: true),
            WebhookUrl = body.Filled("webhook_event_url"),
            WebhookFailoverUrl = body.Filled("webhook_event_failover_url"),
            WebhookTimeout = body.Whole("webhook_timeout_secs") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            WebhookVersion = body.Text("webhook_api_version") ?? "2",
            WebhookRetries =
                body.Text("webhook_retry_schedule") switch { "short" => RetrySchedule.Short, "long" => RetrySchedule.Long, _ => null },
            InboundChannelLimit = inbound?.Whole("channel_limit"),
            OutboundChannelLimit = outbound?.Whole("channel_limit"),
            Digits =
                body.Text("dtmf_type") switch { "Inband" => DigitMethod.Tones, "SIP INFO" => DigitMethod.Info, _ => DigitMethod.Events },
            OutboundProfile = outbound?.Id("outbound_voice_profile_id"),
            RtpTimeoutSeconds = body.Whole("rtp_timeout_secs"),
            HeldRtpTimeoutSeconds = body.Whole("held_rtp_timeout_secs"),
            HoldMusic = body.Filled("hold_media_name"),
            Subdomain = inbound?.Filled("sip_subdomain")?.ToLowerInvariant(),
            IsSubdomainOpen = inbound?.Text("sip_subdomain_receive_settings") is not "only_my_connections",
        };
    }

    /// <summary>A connection of SIP equipment; what only one kind has is laid over it by that kind.</summary>
    public static Connection ReadSip(ResourceRow row, ConnectionKind kind)
    {
        var body = row.Body;
        return Read(row, kind, "connection_name") with
        {
            Codecs = CodecsOf(body),
            Sip = new()
            {
                IsSrtpRequired = body.Text("encrypted_media") is "SRTP",
                IsRtpFixed = !body.Flag("rtp_auto_adjust", fallback: true),
                Transport = body.Text("transport_protocol") ?? "UDP",
                Delivery = Delivery(body.Child("inbound") ?? []),
                Origination = Origination(body.Child("outbound") ?? []),
            },
        };
    }

    /// <summary>The codec's name in SDP; null for one that is known and not built.</summary>
    public static string? SdpName(string codec) => codec switch
    {
        "G711U" => "PCMU",
        "G711A" => "PCMA",
        "G722" => "G722",
        "OPUS" => "opus",
        "L16" => "L16",
        _ => null,
    };

    /// <summary>The contract's name of a codec that SDP calls so; null for one that it cannot name.</summary>
    public static string? CodecOf(string sdpName) =>
        Codecs.FirstOrDefault(codec => string.Equals(SdpName(codec), sdpName, StringComparison.OrdinalIgnoreCase));

    private static List<string> CodecsOf(JsonObject body) =>
        [.. (body.Child("inbound")?.Texts("codecs") ?? []).Select(SdpName).OfType<string>().Distinct(StringComparer.Ordinal)];

    private static SipDelivery Delivery(JsonObject inbound) => new()
    {
        CalledFormat = inbound.Text("dnis_number_format") switch
        {
            "+e164" => CalledFormat.PlusE164,
            "national" => CalledFormat.National,
            "sip_username" => CalledFormat.UserName,
            _ => CalledFormat.E164,
        },
        ProvisionalTimeout = TimeSpan.FromSeconds(inbound.Whole("timeout_1xx_secs") ?? 3),
        AnswerTimeout = TimeSpan.FromSeconds(inbound.Whole("timeout_2xx_secs") ?? 90),
        IsPrackEnabled = inbound.Flag("prack_enabled", fallback: false),
        IsRoundRobin = inbound.Text("default_routing_method") is "round-robin",
    };

    private static SipOrigination Origination(JsonObject outbound) => new()
    {
        CallerOverride = outbound.Filled("ani_override"),
        CallerOverrideUse = outbound.Text("ani_override_type") switch
        {
            "normal" => CallerOverrideUse.Normal,
            "emergency" => CallerOverrideUse.Emergency,
            _ => CallerOverrideUse.Always,
        },
        IsParked = outbound.Flag("call_parking_enabled", fallback: false),
        Localization = outbound.Filled("localization"),
        TechPrefix = outbound.Filled("tech_prefix"),
        Token = outbound.Text("ip_authentication_method") is "token" ? outbound.Filled("ip_authentication_token") : null,
    };
}
