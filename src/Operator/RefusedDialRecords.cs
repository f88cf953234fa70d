using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>Calls out that were refused, of which no account has a record: whoever asked was told, and nobody else.</summary>
internal static class RefusedDialRecords
{
    /// <summary>The newest first; of one account, or for one reason, when that is asked for.</summary>
    public static Reply List(OperationContext op, IRefusedDials? refused)
    {
        if (LiveCalls.Read(op) is not { } query) return LiveCalls.UnknownAccount(op);
        var dials = (refused?.List() ?? [])
            .Where(dial => query.Tenant is not { } account || dial.Tenant == account)
            .Where(dial => op.Query["reason"] is not { } reason || dial.Reason == reason).ToList();
        return op.Page([.. dials.Skip(op.List.Offset).Take(op.List.Size).Select(dial => (JsonNode)Show(op, dial))], dials.Count);
    }

    private static JsonObject Show(OperationContext op, RefusedDial dial) => new()
    {
        ["record_type"] = "refused_dial",
        ["at"] = OperatorTime.Write(dial.At),
        ["account"] = op.Routing.FindTenant(dial.Tenant)?.Name ?? "",
        ["account_id"] = dial.Tenant.ToString(),
        ["asked_by"] = dial.AskedBy,
        ["from"] = dial.From,
        ["to"] = dial.To,
        ["reason"] = dial.Reason,
        ["detail"] = dial.Detail,
        ["times"] = dial.Times,
    };
}
