using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>What numbers need before messages are sent from them.</summary>
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
        // Only what the operator has rejected goes.
        new("DeleteVerificationRequest") { Path = ["$rejected_verification"] },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
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
