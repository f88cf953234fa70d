namespace Ringwright.Telnyx.Connections;

/// <summary>Filters and sorts that the lists of connections share.</summary>
internal static class SipConnectionPaths
{
    public static readonly IReadOnlyDictionary<string, string> All = new Dictionary<string, string>
    {
        ["outbound_voice_profile_id"] = "outbound.outbound_voice_profile_id",
    };

    /// <summary>For the connection table's views.</summary>
    public static readonly IReadOnlyDictionary<string, string> Columns = new Dictionary<string, string>
    {
        ["connection_name"] = "name",
        ["active"] = "is_active",
        ["outbound.outbound_voice_profile_id"] = "outbound_profile_id",
        ["fqdn"] = "hosts",
    };
}
