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
        foreach (string text in op.ReadObject().Texts("phone_numbers").Distinct(StringComparer.Ordinal))
        {
            // One that was ported out is in the account's list, and not in the routing.
            string? id = op.Routing.FindOwnNumber(text)?.Tenant == op.Tenant
                ? await parts.Store.Numbers.FindIdAsync(op.Tenant, text, op.Stop) : null;
            if (id is null) missing.Add((JsonNode)text);
            else found.Add((JsonNode)new JsonObject { ["id"] = id, ["number_val_e164"] = text });
        }
        return op.Ok(new JsonObject { ["record_type"] = "number_ownership", ["found"] = found, ["not_found"] = missing });
    }
}
