using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Text messages, and what numbers need before they are sent from them.</summary>
internal static class MessagingRows
{
    private const string Verification = """
        {"phoneNumbers": [{"phoneNumber": "$toll_free"}], "businessContactEmail": "$unique@example.com", "businessContactPhone": "$stranger",
         "corporateWebsite": "https://example.com", "optInWorkflowImageURLs": [{"url": "https://example.com/consent.png"}]}
        """;
    private static int _tollFree;

    public static readonly Area Area = new(
    [
        new("SubmitVerificationRequest", Verification) { Full = """{"webhookUrl": "$hook"}""", IsAlone = true },
        new("ListVerificationRequests")
        {
            Thing = "$SubmitVerificationRequest", Query = "page=1&page_size=250", Update = Verification,
            FullUpdate = """{"webhookUrl": "$hook"}""",
        },
        new("CreateMessagingProfile", """{"name": "$unique", "whitelisted_destinations": ["US"]}""")
        {
            Full = """
                {"webhook_api_version": "2", "webhook_url": "$hook", "webhook_failover_url": "$hook",
                 "number_pool_settings": {"toll_free_weight": 1, "long_code_weight": 2, "skip_unhealthy": true}}
                """,
        },
        new("ListProfilePhoneNumbers") { Path = ["$CreateMessagingProfile"], Thing = "$texting_number" },
        new("ListProfileShortCodes") { Path = ["$CreateMessagingProfile"], IsAlone = true },
        new("ListPhoneNumbersWithMessagingSettings") { Thing = "$texting_number" },
        new("GetPhoneNumberMessagingSettings") { Path = ["$texting_number"] },
        new("UpdatePhoneNumberMessagingSettings", """{"messaging_profile_id": "$CreateMessagingProfile"}""")
        {
            Path = ["$texting_number"], Full = """{"messaging_product": "A2P"}""",
        },
        new("BulkUpdateMessagingSettingsOnPhoneNumbers", """{"messaging_profile_id": "$CreateMessagingProfile", "numbers": ["$number"]}""")
        {
            Id = "order_id", Unlike = ["pending", "success", "failed"],
        },
        // Only what the operator has rejected goes.
        new("DeleteVerificationRequest") { Path = ["$rejected_verification"] },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            // The id of an own number that is on a messaging profile.
            ["texting_number"] = async words =>
            {
                string number = words.Node.NextNumber(), profile = await words.FillAsync("$CreateMessagingProfile");
                var changed = await words.Node.Owner.SendAsync("PATCH", $"/v2/phone_numbers/{Uri.EscapeDataString(number)}/messaging",
                    Ask.Json(new JsonObject { ["messaging_profile_id"] = profile }));
                Assert.True(changed.Status == 200, changed.ToString());
                return (string)changed.Data!["id"]!;
            },
            // A toll-free number of the account that nothing else uses.
            ["toll_free"] = async words =>
            {
                string number = string.Create(CultureInfo.InvariantCulture, $"+1833555{Interlocked.Increment(ref _tollFree):D4}");
                await words.Node.CommandAsync("node/numbers",
                    new() { ["numbers"] = new JsonArray(new JsonObject { ["number"] = number }) });
                return number;
            },
            ["rejected_verification"] = async words =>
            {
                string id = await words.FillAsync("$SubmitVerificationRequest");
                var desk = await words.Node.Commands.SendAsync(HttpMethod.Get, "operator/v1/decisions?page[size]=250", null,
                    TestContext.Current.CancellationToken);
                var waits = desk["data"]!.AsArray().First(d => (string?)d!["id"] == id)!;
                await words.Node.Commands.SendAsync(HttpMethod.Post,
                    $"operator/v1/accounts/{waits["account_id"]}/decisions/toll_free_verification/{id}",
                    new JsonObject
                    {
                        ["move"] = "rejected", ["revision"] = (long)waits["revision"]!, ["reason"] = "The consent page is empty."
                    }, TestContext.Current.CancellationToken);
                return id;
            },
        },
    };
}
