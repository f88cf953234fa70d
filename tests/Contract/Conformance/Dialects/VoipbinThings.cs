namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>What a customer of the dialer makes. Deleted resources are shown as deleted for ever.</summary>
internal static class VoipbinThings
{
    private const string Nothing = "00000000-0000-0000-0000-000000000000";

    public static readonly IReadOnlyList<ThingRow> Rows =
    [
        Named("Tag", """{"name": "$unique"}"""),
        Named("Outplan", """{"name": "$unique"}""") with { Acts = [new("UpdateOutplanDialInfo", """{"max_try_count_1": 3}""")] },
        Named("Outdial", """{"name": "$unique"}""") with { Acts = [new("ListTargets"), new("ResetOutdial")] },
        Named("Flow", """{"name": "$unique", "actions": [{"type": "hangup"}]}"""),
        Named("Queue", """{"name": "$unique", "routing_method": "random"}""") with
        {
            Change = """{"name": "$unique2", "routing_method": "random"}""",
            Acts = [new("UpdateQueueTags"), new("UpdateQueueRouting", """{"routing_method": "random"}""")],
        },
        Named("Accesskey", """{"name": "$unique"}"""),
        Named("Agent", """{"username": "$unique@example.com", "password": "correct horse", "name": "$unique", "permission": 16}""") with
        {
            Acts = [new("UpdateAgentStatus", """{"status": "away"}"""), new("UpdateAgentTags")], IsDear = true,
        },
        Named("Target", """{"name": "$unique", "destination_0": {"type": "tel", "target": "+13125550122"}}""") with
        {
            Path = ["$CreateOutdial"],
            Change = """{"name": "$unique2", "destination_0": {"type": "tel", "target": "+13125550122"}}""",
        },
        Named("Campaign", $$"""
            {"name": "$unique", "type": "call", "service_level": 100, "end_handle": "stop", "actions": [{"type": "hangup"}],
             "outplan_id": "$CreateOutplan", "outdial_id": "$CreateOutdial", "queue_id": "{{Nothing}}", "next_campaign_id": "{{Nothing}}"}
            """) with
        {
            Change = """{"name": "$unique2", "type": "call", "service_level": 100, "end_handle": "stop"}""",
            Acts =
            [
                new("UpdateCampaignServiceLevel", """{"service_level": 90}"""), new("ListCampaigncallsOfCampaign"), new("GetCampaignStats"),
            ],
        },
    ];

    private static ThingRow Named(string noun, string body) => new($"Create{noun}", body)
    {
        List = $"List{noun}s", Read = $"Get{noun}", Update = $"Update{noun}", Change = """{"name": "$unique2"}""", Delete = $"Delete{noun}",
        StaysRead = true,
    };
}
