using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>The calls that are up, whosever they are: a row for each leg.</summary>
internal static class OngoingCalls
{
    /// <summary>The newest first; of one account, when that is asked for.</summary>
    public static async ValueTask<Reply> List(OperationContext op, LiveCallTable calls)
    {
        if (LiveCalls.Read(op) is not { } query) return LiveCalls.UnknownAccount(op);
        var (rows, total) = await calls.ListAsync(query.Tenant, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row))], total);
    }

    private static JsonObject Show(OperationContext op, LiveCall call)
    {
        var shown = new JsonObject
        {
            ["record_type"] = "live_call",
            ["session_id"] = call.Session.ToString(),
            ["account"] = op.Routing.FindTenant(call.Tenant)?.Name ?? "",
            ["account_id"] = call.Tenant.ToString(),
        };
        LiveCalls.Add(shown, call.Leg);
        shown["state"] = call.State;
        shown["started_at"] = OperatorTime.Write(call.StartedAt);
        shown["answered_at"] = call.AnsweredAt is { } at ? OperatorTime.Write(at) : null;
        shown["seconds"] = Math.Max(0, (long)(op.Now - (call.AnsweredAt ?? call.StartedAt)).TotalSeconds);
        return shown;
    }
}
