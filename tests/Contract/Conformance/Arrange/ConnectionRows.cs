namespace Ringwright.Contract.Conformance;

/// <summary>SIP connections and what belongs to them.</summary>
internal static class ConnectionRows
{
    private const string Known = "known.example.com";

    public static readonly Area Area = new(
    [
        new("ListConnections") { Thing = "$hosted_connection", Filters = new Dictionary<string, string> { ["fqdn"] = "=" + Known } },
        new("CreateCredentialConnection", """{"connection_name": "$unique", "user_name": "$unique2", "password": "correct-horse"}""")
        {
            Full = """
                {"android_push_credential_id": null, "ios_push_credential_id": null, "hold_media_name": "$CreateMediaStorage", "webhook_event_url": "$hook", "webhook_event_failover_url": "$hook",
                 "inbound": {"codecs": ["G722", "G711U"]}, "outbound": {"outbound_voice_profile_id": "$CreateVoiceProfile", "ani_override": "$number", "localization": "US"}}
                """,
            Unmatched = ["fqdn"],
            Filters = new Dictionary<string, string> { ["outbound_voice_profile_id"] = "outbound.outbound_voice_profile_id" },
        },
        new("CheckRegistrationStatus") { Path = ["$CreateCredentialConnection"] },
        new("CreateIpConnection", """{"connection_name": "$unique"}""")
        {
            Full = """
                {"android_push_credential_id": null, "ios_push_credential_id": null, "hold_media_name": "$CreateMediaStorage", "webhook_event_url": "$hook", "webhook_event_failover_url": "$hook",
                 "inbound": {"codecs": ["G722", "G711U"], "sip_subdomain": "$unique"},
                 "outbound": {"outbound_voice_profile_id": "$CreateVoiceProfile", "ani_override": "$number", "localization": "US", "tech_prefix": "1234", "ip_authentication_token": "a-token-of-length"}}
                """,
            FullUpdate =
                """{"inbound": {"default_primary_ip_id": null, "default_secondary_ip_id": null, "default_tertiary_ip_id": null}}""",
            Unmatched = ["fqdn"],
            Filters = new Dictionary<string, string> { ["outbound_voice_profile_id"] = "outbound.outbound_voice_profile_id" },
        },
        new("CreateFqdnConnection", """{"connection_name": "$unique"}""")
        {
            Full = """
                {"user_name": "$unique2", "password": "correct-horse",
                 "android_push_credential_id": null, "ios_push_credential_id": null, "hold_media_name": "$CreateMediaStorage", "webhook_event_url": "$hook", "webhook_event_failover_url": "$hook",
                 "inbound": {"codecs": ["G722", "G711U"], "sip_subdomain": "$unique", "default_primary_fqdn_id": null, "default_secondary_fqdn_id": null, "default_tertiary_fqdn_id": null},
                 "outbound": {"outbound_voice_profile_id": "$CreateVoiceProfile", "ani_override": "$number", "localization": "US", "tech_prefix": "1234", "ip_authentication_token": "a-token-of-length"}}
                """,
            Unmatched = ["fqdn"],
            Filters = new Dictionary<string, string> { ["outbound_voice_profile_id"] = "outbound.outbound_voice_profile_id" },
        },
        new("CreateIp", """{"ip_address": "$ip", "connection_id": "$CreateIpConnection"}""") { Full = """{"port": 5070}""" },
        new("CreateFqdn", """{"fqdn": "$unique.example.com", "dns_record_type": "a", "connection_id": "$CreateFqdnConnection"}""")
        {
            Full = """{"port": 5070}"""
        },
        // Known by its name, which an update may change: so each has one of its own.
        new("createSiprecConnector", """{"name": "$unique", "host": "127.0.0.9", "port": 5060}""")
        {
            IsAlone = true, Id = "name", Full = """{"host": "$unique2.example.com"}""",
        },
        new("getSiprecConnector") { Path = ["$createSiprecConnector"] },
        new("updateSiprecConnector", """{"name": "$unique", "host": "127.0.0.10", "port": 5070}""")
        {
            Path = ["$createSiprecConnector"],
        },
        new("deleteSiprecConnector") { Path = ["$createSiprecConnector"] },
        new("CreateTelephonyCredential", """{"connection_id": "$CreateCredentialConnection"}""")
        {
            Full = """{"expires_at": "$later", "name": "$unique", "tag": "$unique2"}""",
            Filters = new Dictionary<string, string> { ["status"] = "=active" },
            Unmatched = ["tag"],
        },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            // An FQDN connection with a host and a profile, as the list of all connections shows it.
            ["hosted_connection"] = words => words.Node.KeepAsync("hosted_connection", async () =>
            {
                string id = await words.MakeAsync("CreateFqdnConnection",
                    """{"outbound": {"outbound_voice_profile_id": "$CreateVoiceProfile"}}""");
                await words.MakeAsync("CreateFqdn", $$"""{"fqdn": "{{Known}}", "connection_id": "{{id}}"}""");
                return id;
            }),
        },
    };
}
