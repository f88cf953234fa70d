namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>What a team keeps in its call log.</summary>
internal static class ChakraThings
{
    public static readonly IReadOnlyList<ThingRow> Rows =
    [
        new("LogCall", """{"to": "+13125550113", "from": "+13125550114", "type": "OUTBOUND"}""")
        {
            List = "ListCalls", Read = "GetCall", Update = "UpdateCall", Change = """{"forTask": "$unique"}""", Delete = "DeleteCall",
            StaysRead = true, IsDeletedAgain = true,
        },
        new("CreateWebhook", """{"url": "https://example.com/hooks", "events": ["call.created"]}""")
        {
            List = "ListWebhooks", Delete = "DeleteWebhook",
        },
    ];
}
