namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>What a customer of the dialer makes. Deleted resources are shown as deleted for ever.</summary>
internal static class VoipbinThings
{
    private const string Nothing = "00000000-0000-0000-0000-000000000000";

    public static readonly IReadOnlyList<ThingRow> Rows =
    [
        Named("Tag", """{"name": "$unique"}"""),
        Named("Outplan", """{"name": "$unique"}"""),
        Named("Outdial", """{"name": "$unique"}"""),
        Named("Flow", """{"name": "$unique", "actions": [{"type": "hangup"}]}"""),
        Named("Queue", """{"name": "$unique", "routing_method": "random"}""") with
        {
            Change = """{"name": "$unique2", "routing_method": "random"}""",
        },
        Named("Accesskey", """{"name": "$unique"}"""),
        Named("Agent", """{"username": "$unique@example.com", "password": "correct horse", "name": "$unique", "permission": 16}"""),
        Named("Target", """{"name": "$unique", "destination_0": {"type": "tel", "target": "+13125550122"}}""") with
        {
            Path = ["$CreateOutdial"],
            Change = """{"name": "$unique2", "destination_0": {"type": "tel", "target": "+13125550122"}}""",
        },
        Named("Campaign", $$"""
            {"name": "$unique", "type": "call", "service_level": 100, "end_handle": "stop", "actions": [{"type": "hangup"}],
             "outplan_id": "$CreateOutplan", "outdial_id": "$CreateOutdial", "queue_id": "{{Nothing}}", "next_campaign_id": "{{Nothing}}"}
            """),
    ];

    private static ThingRow Named(string noun, string body) => new($"Create{noun}", body)
    {
        List = $"List{noun}s", Read = $"Get{noun}", Update = $"Update{noun}", Change = """{"name": "$unique2"}""", Delete = $"Delete{noun}",
        StaysRead = true,
    };
}
