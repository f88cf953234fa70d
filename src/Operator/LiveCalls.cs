using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>What lists of what goes on have in common.</summary>
internal static class LiveCalls
{
    public const string NoNode = "Calls, conferences, queues and phones live in a running node, and none runs here.";

    /// <summary>Which are asked for; null when <c>account_id</c> names no account.</summary>
    public static LiveQuery? Read(OperationContext op)
    {
        var query = new LiveQuery { Name = op.Query["name"] };
        return op.Query["account_id"] is not { } id ? query
            : Accounts.Find(op, id) is { } account ? query with { Tenant = account.Id } : null;
    }

    public static Reply UnknownAccount(OperationContext op) =>
        Accounts.Invalid(op, $"account_id names no account: {op.Query["account_id"]}");

    public static void Add(JsonObject shown, CallParties call)
    {
        shown["leg_id"] = call.LegUuid.ToString();
        shown["direction"] = call.Direction.ToString().ToLowerInvariant();
        shown["from"] = call.From;
        shown["to"] = call.To;
    }
}
