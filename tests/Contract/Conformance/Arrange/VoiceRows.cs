namespace Ringwright.Contract.Conformance;

/// <summary>Applications and outbound voice profiles.</summary>
internal static class VoiceRows
{
    public static readonly Area Area = new(
    [
        new("CreateCallControlApplication", """{"application_name": "$unique", "webhook_event_url": "$hook"}""")
        {
            Full = """
                {"webhook_event_failover_url": "$hook", "hold_media_name": "$CreateMediaStorage", "inbound": {"sip_subdomain": "$unique", "channel_limit": 7},
                 "outbound": {"outbound_voice_profile_id": "$CreateVoiceProfile", "channel_limit": 5}}
                """,
            // The contract lists the filters of call events here too.
            Unmatched = ["application_session_id", "connection_id", "failed", "from", "leg_id", "name", "occurred_at", "product",
                "status", "to", "type"],
        },
        new("CreateTexmlApplication", """{"friendly_name": "$unique", "voice_url": "$hook"}""")
        {
            Filters = new Dictionary<string, string> { ["outbound_voice_profile_id"] = "outbound.outbound_voice_profile_id" },
            Full = """
                {"voice_fallback_url": "$hook", "voice_method": "get", "status_callback": "$hook", "status_callback_method": "get",
                 "first_command_timeout": true, "first_command_timeout_secs": 20, "tags": ["$unique"],
                 "inbound": {"sip_subdomain": "$unique", "channel_limit": 7},
                 "outbound": {"outbound_voice_profile_id": "$CreateVoiceProfile", "channel_limit": 5}}
                """,
        },
        new("CreateVoiceProfile", """{"name": "$unique"}""")
        {
            Full = """
                {"billing_group_id": "$CreateBillingGroup", "call_recording": {"call_recording_caller_phone_numbers": ["$stranger"]}, "daily_spend_limit": "12.50",
                 "whitelisted_destinations": ["US", "DE"], "concurrent_call_limit": 10}
                """,
        },
    ]);
}
