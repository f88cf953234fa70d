using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Who decides on what accounts ask for: nobody, or the operator at his desk; <see cref="OrderPolicy"/> has the words. The node has a
/// policy, and an account that has none of its own follows it.
/// </summary>
internal static class AccountPolicies
{
    private const string RecordType = "policies", OfNode = "node_policies", Orders = "number_order", Follows = "follows_node";

    private static readonly DocumentKind Kind = new(StockLimits.AtDesk);

    public static async ValueTask<Reply> GetOfNode(OperationContext op, Database store) =>
        op.Ok(ShowOfNode(await store.NodePolicies.FindAsync(op.Stop)));

    /// <summary>For orders from now on. No account's trail has it, for it is nobody's own: the node's log says who changed it.</summary>
    public static async ValueTask<Reply> SetOfNode(OperationContext op, Database store, ILogger log)
    {
        var policy = OrderPolicy.Of((string)op.ReadObject()[Orders]!)!;       // required, and one of those that there are
        var before = await store.NodePolicies.FindAsync(op.Stop);
        await store.NodePolicies.SetAsync(policy, op.Stop);
        if (policy != before) log.NodePolicyChanged(policy, before, op.Caller.KeyId);
        return op.Ok(ShowOfNode(policy));
    }

    public static async ValueTask<Reply> Get(OperationContext op, Database store)
    {
        if (Accounts.Of(op) is not { } account) return op.Unknown("account_id");
        var row = await store.Documents.Rows(Kind).FindAsync(account.Id, account.Id.ToString(), op.Stop);
        return op.Ok(await ShowAsync(op, store, account.Id, row));
    }

    /// <summary>For orders from now on: what waits goes on waiting.</summary>
    public static async ValueTask<Reply> Set(OperationContext op, Database store)
    {
        if (Accounts.Of(op) is not { } account) return op.Unknown("account_id");
        var rows = store.Documents.Rows(Kind);
        string id = account.Id.ToString(), asked = (string)op.ReadObject()[Orders]!;       // required
        var policy = OrderPolicy.Of(asked);     // null follows the node's
        var (before, now) = (await rows.FindAsync(account.Id, id, op.Stop), op.Now);
        var shown = await ShowAsync(op, store, account.Id, before);
        if (policy is null ? before is null : before is not null && OrderPolicy.Read(before.Body) == policy) return op.Ok(shown);
        var after = policy is null ? null : before is null
            ? new ResourceRow { Id = id, Tenant = account.Id, Body = policy.Write(), CreatedAt = now, UpdatedAt = now }
            : before with { Body = policy.Write(), UpdatedAt = now };
        var then = await ShowAsync(op, store, account.Id, after);
        var note = op.Note("updated", RecordType, id, shown, then.DeepClone().AsObject()) with { Tenant = account.Id };
        var outcome = after is null ? await rows.DeleteAsync(account.Id, id, note, op.Stop)
            : before is null ? await rows.InsertAsync(after, note, op.Stop) : await rows.UpdateAsync(after, note, op.Stop);
        return outcome is WriteOutcome.Done ? op.Ok(then) : op.Fail(Fault.Conflict);
    }

    /// <param name="row">The account's own; null where it follows the node.</param>
    private static async ValueTask<JsonObject> ShowAsync(OperationContext op, Database store, TenantId account, ResourceRow? row)
    {
        var policy = row is null ? await store.NodePolicies.FindAsync(op.Stop) : OrderPolicy.Read(row.Body);
        return new()
        {
            ["record_type"] = RecordType,
            ["account_id"] = account.ToString(),
            [Orders] = policy.ToString(),
            [Follows] = row is null,
        };
    }

    private static JsonObject ShowOfNode(OrderPolicy policy) => new() { ["record_type"] = OfNode, [Orders] = policy.ToString() };
}
