using System.Collections.Frozen;

namespace Ringwright.Calls;

/// <summary>
/// The words, with their code, by which the vendor whose API is spoken refuses a call (its public list of SIP response codes):
/// programs and operators of equipment look for them, in an error's detail as in the reason phrase of a SIP response.
/// </summary>
public static class RefusalTexts
{
    public const string NoProfile = "Connection has no Outbound Profile assigned D38";
    public const string UnverifiedCaller = "Unverified origination number D51";

    /// <summary>By the rule of the gate.</summary>
    private static readonly FrozenDictionary<string, string> ByRule = new Dictionary<string, string>
    {
        ["no_outbound_profile"] = NoProfile,
        ["profile_disabled"] = "Outbound Profile is disabled D15",
        ["whitelisted_destinations"] = "Dialed number is not included in whitelisted countries D13",
        ["max_destination_rate"] = "Maximum destination rate limit exceeded D24",
        ["connection_inactive"] = "Connection is disabled D16",
        ["account_disabled"] = "Account is disabled D17",
        ["tenant_channel_limit"] = "User channel limit exceeded D1",
        ["parent_channel_limit"] = "User channel limit exceeded D1",
        ["profile_channel_limit"] = "OB profile channel limit exceeded D2",
        ["connection_channel_limit"] = "Connection channel limit exceeded D3",
        ["emergency_number"] = "Emergency calls not authorized with call control D37",
        ["caller_id_not_owned"] = UnverifiedCaller,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null where the vendor has no words for the rule.</summary>
    public static string? Of(string? rule) => rule is null ? null : ByRule.GetValueOrDefault(rule);
}
