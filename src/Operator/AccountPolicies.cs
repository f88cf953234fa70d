using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Who decides on what an account asks for: nobody, or the operator at his desk; <see cref="OrderPolicy"/> has the words.
/// </summary>
internal static class AccountPolicies
{
    private const string RecordType = "policies", Orders = "number_order";

    private static readonly DocumentKind Kind = new(StockLimits.AtDesk);

    public static async ValueTask<Reply> Get(OperationContext op, DocumentTable documents)
    {
        if (Accounts.Of(op) is not { } account) return op.Unknown("account_id");
        return op.Ok(Show(account.Id, PolicyOf(await documents.Rows(Kind).FindAsync(account.Id, account.Id.ToString(), op.Stop))));
    }

    /// <summary>For orders from now on: what waits goes on waiting.</summary>
    public static async ValueTask<Reply> Set(OperationContext op, DocumentTable documents)
    {
        if (Accounts.Of(op) is not { } account) return op.Unknown("account_id");
        var rows = documents.Rows(Kind);
        string id = account.Id.ToString();
        var policy = OrderPolicy.Of((string)op.ReadObject()[Orders]!)!;       // required, and one of those that there are
        var (before, now) = (await rows.FindAsync(account.Id, id, op.Stop), op.Now);
        var was = PolicyOf(before);
        if (policy == was) return op.Ok(Show(account.Id, policy));
        var note = op.Note("updated", RecordType, id, Show(account.Id, was), Show(account.Id, policy)) with { Tenant = account.Id };
        var outcome = policy.IsNobody ? await rows.DeleteAsync(account.Id, id, note, op.Stop)
            : before is null ? await rows.InsertAsync(
                new() { Id = id, Tenant = account.Id, Body = policy.Write(), CreatedAt = now, UpdatedAt = now }, note, op.Stop)
            : await rows.UpdateAsync(before with { Body = policy.Write(), UpdatedAt = now }, note, op.Stop);
        return outcome is WriteOutcome.Done ? op.Ok(Show(account.Id, policy)) : op.Fail(Fault.Conflict);
    }

    private static OrderPolicy PolicyOf(ResourceRow? row) => row is null ? OrderPolicy.Nobody : OrderPolicy.Read(row.Body);

    private static JsonObject Show(TenantId account, OrderPolicy policy) => new()
    {
        ["record_type"] = RecordType,
        ["account_id"] = account.ToString(),
        [Orders] = policy.ToString(),
    };
}
