using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>What the account has, and how it pays. There is one of each.</summary>
internal static class BillingRows
{
    public static readonly Area Area = new(
    [
        new("GetUserBalance"),
        new("GetAutoRechargePrefs"),
        new("UpdateAutoRechargePrefs") { Full = """{"recharge_amount": "100.00", "threshold_amount": "10.50"}""" },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>> { ["payment_request"] = AskForMoneyAsync },
    };

    /// <summary>Of an account of its own, which has less than it wants to have: nobody else's balance is to change.</summary>
    private static async Task<string> AskForMoneyAsync(Words words)
    {
        var stop = TestContext.Current.CancellationToken;
        var made = await words.Node.Commands.DataAsync(HttpMethod.Post, "operator/v1/accounts",
            new JsonObject { ["name"] = $"pays {CommonWords.Unique()}" }, stop);
        using var account = new Account(words.Node.Root, (string)made["telnyx_key"]!);
        var asked = await account.SendAsync("PATCH", "/v2/payment/auto_recharge_prefs",
            Ask.Json(new JsonObject { ["enabled"] = true, ["threshold_amount"] = "10.00", ["recharge_amount"] = "20.00" }));
        Assert.True(asked.Status == 200, asked.ToString());
        var requests = await words.Node.Commands.ListAsync("operator/v1/payment_requests", stop);
        return (string)requests.Single(request => (string?)request!["account_id"] == (string?)made["id"])!["id"]!;
    }
}
