using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Connections;

/// <summary>The rules of SIP connections beyond those of all connections.</summary>
internal static class SipConnectionRules
{
    private const int PrefixDigits = 4, LongestAnswerSeconds = 600, ShortestToken = 8, LongestToken = 128;

    private static readonly string[] OtherCodecs = ["G729", "H.264", "VP8", "AMR-WB"];

    public static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before, ConnectionParts parts)
    {
        if (IsTakenAway(op, "webhook_event_url")) body["webhook_event_url"] = "";
        if (IsTakenAway(op, "outbound/ani_override") && body.Child("outbound") is { } outbound) outbound["ani_override"] = "";
        return CheckName(body, "connection_name")
            ?? await CheckUrlsAsync(op, body, parts.Egress, needsUrl: false)
            ?? await CheckHoldMusicAsync(op, body, parts.Store)
            ?? CheckChannels(body)
            ?? CheckProfile(op, body)
            ?? CheckSubdomain(op, body, before)
            ?? CheckInbound(body.Child("inbound") ?? [])
            ?? CheckOutbound(body.Child("outbound") ?? [])
            ?? CheckToken(body, before)
            ?? AddressClaims.CheckBare(op, body, before, parts.TrunkHosts);
    }

    /// <summary>
    /// Ids of the addresses or host names that come first: they must be the connection's own. On a new connection there are none yet.
    /// </summary>
    public static Problem? CheckPreferred(JsonObject body, string noun, IEnumerable<long> own)
    {
        foreach (string field in PreferredFields(noun))
            if (body.Child("inbound")?.Filled(field) is { } text && !own.Any(id => id.ToString() == text))
                return At($"/inbound/{field}", VoiceErrors.BadRequest, $"{field} names none of this connection's own.");
        return null;
    }

    public static IReadOnlyList<long> Preferred(JsonObject body, string noun) =>
        [.. PreferredFields(noun).Select(field => body.Child("inbound")?.Id(field)).OfType<long>()];

    /// <summary>Ids whose resource was deleted are not shown.</summary>
    public static void HidePreferred(JsonObject shown, string noun, IEnumerable<long> own)
    {
        if (shown.Child("inbound") is not { } inbound) return;
        foreach (string field in PreferredFields(noun))
            if (inbound.Text(field) is { } text && !own.Any(id => id.ToString() == text)) inbound.Remove(field);
    }

    public static string[] PreferredFields(string noun) =>
        [$"default_primary_{noun}_id", $"default_secondary_{noun}_id", $"default_tertiary_{noun}_id"];

    private static Problem? CheckInbound(JsonObject inbound)
    {
        if (inbound["codecs"] is JsonArray)
        {
            var codecs = inbound.Texts("codecs");
            for (int i = 0; i < codecs.Count; i++)
                if (ConnectionBody.SdpName(codecs[i]) is null && !OtherCodecs.Contains(codecs[i]))
                    return At($"/inbound/codecs/{i}", "10032",
                        $"'{codecs[i]}' is no codec that can be named here: G722, G711U, G711A, G729, OPUS, L16, AMR-WB, H.264 and VP8 "
                        + "are.");
            if (codecs.All(c => ConnectionBody.SdpName(c) is null))
                return At("/inbound/codecs", VoiceErrors.BadRequest, "At least one of G722, G711U, G711A, OPUS and L16 must be named.");
        }
        return inbound["timeout_2xx_secs"] is not null && inbound.Whole("timeout_2xx_secs") is not (>= 1 and <= LongestAnswerSeconds)
            ? At("/inbound/timeout_2xx_secs", VoiceErrors.BadRange, $"timeout_2xx_secs must be from 1 to {LongestAnswerSeconds}.") : null;
    }

    /// <summary>Whoever shares the address may try tokens: a short one is found. One that was there before the rule stays.</summary>
    private static Problem? CheckToken(JsonObject body, ResourceRow? before) =>
        body.Child("outbound") is { } outbound && outbound.Text("ip_authentication_method") is "token"
        && outbound.Filled("ip_authentication_token") is { Length: < ShortestToken } token
        && token != before?.Body.Child("outbound")?.Filled("ip_authentication_token")
            ? At("/outbound/ip_authentication_token", VoiceErrors.BadLength,
                $"ip_authentication_token must have at least {ShortestToken} characters.") : null;

    private static Problem? CheckOutbound(JsonObject outbound)
    {
        if (outbound.Filled("ani_override") is { } caller && !E164.TryParse(caller.StartsWith('+') ? caller : "+" + caller, out _))
            return At("/outbound/ani_override", VoiceErrors.NotE164, "ani_override must be a phone number in E.164 format.");
        if (outbound.Filled("localization") is { } country && country is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'])
            return At("/outbound/localization", VoiceErrors.BadRequest,
                "localization must be an ISO 3166 alpha-2 country code in capitals.");
        if (outbound.Filled("tech_prefix") is { } prefix && (prefix.Length != PrefixDigits || !prefix.All(char.IsAsciiDigit)))
            return At("/outbound/tech_prefix", VoiceErrors.BadRequest, $"tech_prefix must be {PrefixDigits} digits.");
        if (outbound.Text("ip_authentication_token") is { Length: > LongestToken })
            return At("/outbound/ip_authentication_token", VoiceErrors.BadLength,
                $"ip_authentication_token may have at most {LongestToken} characters.");
        return outbound.Text("ip_authentication_method") is "token" && outbound.Filled("ip_authentication_token") is null
            ? At("/outbound/ip_authentication_token", VoiceErrors.MissingParameter,
                "ip_authentication_method token needs ip_authentication_token.") : null;
    }
}
