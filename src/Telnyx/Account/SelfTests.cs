using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account;

/// <summary>What this installation tried on itself within the last hour.</summary>
internal static class SelfTests
{
    public static async ValueTask<Reply> List(OperationContext op, ISelfTest tests)
    {
        string? wanted = op.List.Filter("product");
        var sets = (await tests.ListAsync(op.Stop)).Where(r => wanted is null || r.Product == wanted)
            .GroupBy(r => r.Product, StringComparer.Ordinal);
        return op.Ok(new JsonArray([.. sets.Select(s => (JsonNode)Show(s.Key, s))]));
    }

    private static JsonObject Show(string product, IEnumerable<SelfTestResult> results) => new()
    {
        ["record_type"] = "black_box_test_result",
        ["product"] = product,
        ["black_box_tests"] = new JsonArray([.. results.Select(r =>
            (JsonNode)new JsonObject { ["record_type"] = "black_box_test", ["id"] = r.Name, ["result"] = Math.Round(r.Average, 3) })]),
    };
}
