using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>The calls that are up, or have ended lately, whosever they are: a row for each leg.</summary>
internal static class OngoingCalls
{
    /// <summary>Of those that have ended.</summary>
    private const int MostEnded = 250;

    /// <summary>The newest first; of one account, when that is asked for.</summary>
    /// <param name="isWaiting">Whether a call waits for room; the ledger does not know.</param>
    public static async ValueTask<Reply> List(OperationContext op, LiveCallTable calls, Func<TenantId, LegId, bool> isWaiting)
    {
        if (LiveCalls.Read(op) is not { } query) return LiveCalls.UnknownAccount(op);
        var (rows, total) = await calls.ListAsync(query.Tenant, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(op, row, isWaiting(row.Tenant, row.Id)))], total);
    }

    /// <summary>The last that have ended, the newest first; of one account, when that is asked for.</summary>
    public static async ValueTask<Reply> ListEnded(OperationContext op, LiveCallTable calls)
    {
        if (LiveCalls.Read(op) is not { } query) return LiveCalls.UnknownAccount(op);
        TenantId[] accounts = query.Tenant is { } one ? [one] : [.. op.Routing.Tenants.Select(tenant => tenant.Id)];
        var rows = await calls.ListEndedAsync(accounts, MostEnded, op.Stop);
        return op.Page([.. rows.Skip(op.List.Offset).Take(op.List.Size).Select(row => (JsonNode)Show(op, row))], rows.Count);
    }

    private static JsonObject Show(OperationContext op, EndedLeg call)
    {
        var shown = new JsonObject
        {
            ["record_type"] = "ended_call",
            ["session_id"] = call.Session.ToString(),
            ["account"] = op.Routing.FindTenant(call.Tenant)?.Name ?? "",
            ["account_id"] = call.Tenant.ToString(),
        };
        LiveCalls.Add(shown, call.Leg);
        shown["started_at"] = OperatorTime.Write(call.StartedAt);
        shown["answered_at"] = call.AnsweredAt is { } at ? OperatorTime.Write(at) : null;
        shown["ended_at"] = OperatorTime.Write(call.EndedAt);
        shown["seconds"] = call.AnsweredAt is { } began ? Math.Max(0, (long)(call.EndedAt - began).TotalSeconds) : 0;
        shown["cause"] = call.Cause;
        shown["ended_by"] = call.EndedBy;
        shown["sip_status"] = call.SipStatus;
        shown["says"] = $"{call.Cause.Replace('_', ' ')}{(call.SipStatus is { } status ? $" (SIP {status})" : "")}"
            + $"{(call.Evidence is { } evidence ? $"; {evidence}" : "")}";
        return shown;
    }

    private static JsonObject Show(OperationContext op, LiveCall call, bool isWaiting)
    {
        var shown = new JsonObject
        {
            ["record_type"] = "live_call",
            ["session_id"] = call.Session.ToString(),
            ["account"] = op.Routing.FindTenant(call.Tenant)?.Name ?? "",
            ["account_id"] = call.Tenant.ToString(),
        };
        LiveCalls.Add(shown, call.Leg);
        shown["state"] = isWaiting ? "waiting" : call.State;
        shown["started_at"] = OperatorTime.Write(call.StartedAt);
        shown["answered_at"] = call.AnsweredAt is { } at ? OperatorTime.Write(at) : null;
        shown["seconds"] = Math.Max(0, (long)(op.Now - (call.AnsweredAt ?? call.StartedAt)).TotalSeconds);
        return shown;
    }
}
