using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Bundles for a price a month, and what was charged.</summary>
internal static class BundleRows
{
    private const string Days = "start_date=2026-01-01&end_date=2026-02-01", Bundles = "operator/v1/bundles";

    public static readonly Area Area = new(
    [
        new("GetUserBillingBundles")
        {
            Thing = "$bundle", Filters = new Dictionary<string, string> { ["country_iso"] = "=DE" }, Unmatched = ["resource"]
        },
        new("CreateUserBundlesBulk", """{"items": [{"billing_bundle_id": "$bundle", "quantity": 1}]}""")
        {
            Full = """{"idempotency_key": "$nobody"}"""
        },
        new("GetUserBundles")
        {
            Thing = "$user_bundle", Filters = new Dictionary<string, string> { ["country_iso"] = "=DE" }, Unmatched = ["resource"]
        },
        new("GetUnusedUserBundles"),
        new("GetUserBundleById") { Path = ["$user_bundle"] },
        new("GetUserBundleResources") { Path = ["$user_bundle"] },
        // What is ended can still be read, and ended again.
        new("DeactivateUserBundle") { Path = ["$user_bundle"] },

        new("get /charges_summary") { Query = Days },
        new("get /charges_breakdown") { Query = Days },
        new("get /invoices"),
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            // The operator offers it to this account alone.
            ["bundle"] = words => words.Node.KeepAsync("bundle", async () =>
            {
                var account = (await words.Node.Owner.GetAsync("/v2/charges_summary?" + Days)).Data!["user_id"]!;
                var made = await words.Node.CommandAsync(Bundles, new()
                {
                    ["name"] = "Walk", ["cost_code"] = "WALK", ["price"] = "1.50", ["accounts"] = new JsonArray(account.DeepClone()),
                    ["limits"] = new JsonArray(
                        new JsonObject { ["service"] = "number", ["metric"] = "count", ["limit"] = 1, ["country_iso"] = "DE" }),
                });
                return (string)made["data"]!["id"]!;
            }),
            ["user_bundle"] = words => words.Node.KeepAsync("user_bundle", async () =>
            {
                var order = new JsonObject
                {
                    ["items"] = new JsonArray(new JsonObject { ["billing_bundle_id"] = await words.FillAsync("$bundle"), ["quantity"] = 1 })
                };
                var taken = await words.Node.Owner.SendAsync("POST", "/v2/bundle_pricing/user_bundles/bulk", Ask.Json(order));
                Assert.Equal(201, taken.Status);
                return (string)taken.Data![0]!["id"]!;
            }),
        },
    };
}
