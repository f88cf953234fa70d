using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>What belongs to the account itself.</summary>
internal static class AccountRows
{
    public static readonly Area Area = new(
    [
        new("GetWebhookDeliveries")
        {
            Thing = "$delivery",
            Filters = new Dictionary<string, string> { ["attempts"] = "attempts.0.http.request.url", ["event_type"] = "webhook.event_type", ["webhook"] = "webhook.id" },
        },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["delivery"] = words => words.Node.KeepAsync("delivery", async () =>
            {
                await words.FillAsync("$call");
                var log = await Eventually.SomeAsync(async () => (await words.Node.Owner.GetAsync("/v2/webhook_deliveries")).Data is JsonArray { Count: > 0 } all ? all : null, "a webhook is in the log");
                return (string)log[0]!["id"]!;
            }),
        },
    };
}
