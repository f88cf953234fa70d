using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx.Numbers;

/// <summary>Which of some numbers are the account's.</summary>
internal static class NumberOwnership
{
    public static async ValueTask<Reply> Verify(OperationContext op, NumberParts parts)
    {
        var found = new JsonArray();
        var missing = new JsonArray();
        var asked = op.ReadObject().Texts("phone_numbers").Select(text => TypedNumbers.Read(text) ?? text)
            .Distinct(StringComparer.Ordinal).ToList();
        // One that was ported out is in the account's list, and not in the routing.
        var ids = await parts.Store.Numbers.FindIdsAsync(op.Tenant,
            [.. asked.Where(text => op.Routing.FindOwnNumber(text)?.Tenant == op.Tenant)], op.Stop);
        foreach (string text in asked)
        {
            if (!ids.TryGetValue(text, out string? id)) missing.Add((JsonNode)text);
            else found.Add((JsonNode)new JsonObject { ["id"] = id, ["number_val_e164"] = text });
        }
        return op.Ok(new JsonObject { ["record_type"] = "number_ownership", ["found"] = found, ["not_found"] = missing });
    }
}
