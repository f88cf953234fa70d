namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>What an agency makes. Who may do what, and the walls within one agency, are walked in <c>tests/Edge/Agency/Walks</c>.</summary>
internal static class AgencyThings
{
    public static readonly IReadOnlyList<ThingRow> Rows =
    [
        new("CreateClient", """{"name": "$unique"}""")
        {
            List = "ListClients", Read = "GetClient", Update = "UpdateClient", Change = """{"name": "$unique2"}""",
        },
        new("CreateTool", """{"name": "$unique", "definition": {"url": "https://example.com/tool"}}""")
        {
            List = "ListTools", Update = "UpdateTool", Change = """{"description": "$unique2"}""", Delete = "DeleteTool",
        },
        new("CreateAgent", """{"name": "$unique", "system_prompt": "Be kind.", "client_id": "$CreateClient"}""")
        {
            List = "ListAgents", Read = "GetAgent", Update = "UpdateAgent", Change = """{"name": "$unique2"}""",
        },
        new("CreateCampaign", """{"client_id": "$CreateClient", "name": "$unique", "type": "sdr"}""")
        {
            List = "ListCampaigns", Read = "GetCampaign", Update = "UpdateCampaign", Change = """{"name": "$unique2"}""",
        },
        new("CreateApiKey", """{"name": "$unique", "role": "client_viewer", "client_id": "$CreateClient"}""")
        {
            List = "ListApiKeys", Delete = "DeleteApiKey", StaysRead = true,
        },
        new("AddDncEntry", """{"phone_number": "+13125550120"}""") { List = "ListDncEntries", Delete = "DeleteDncEntry" },
        new("AddConsent", """
            {"client_id": "$CreateClient", "phone_number": "+13125550121", "kind": "express", "source": "call"}
            """) { List = "ListConsent" },
    ];
}
