using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Who decides on what an account asks for: nobody, or the operator at his desk.</summary>
internal static class AccountPolicies
{
    private const string RecordType = "policies", Orders = "number_order", AtDesk = "desk", Nobody = "auto:0";

    private static readonly DocumentKind Kind = new(StockLimits.AtDesk);

    public static async ValueTask<Reply> Get(OperationContext op, DocumentTable documents)
    {
        if (Accounts.Of(op) is not { } account) return op.Unknown("account_id");
        bool isAtDesk = await documents.Rows(Kind).FindAsync(account.Id, account.Id.ToString(), op.Stop) is not null;
        return op.Ok(Show(account.Id, isAtDesk));
    }

    /// <summary>For orders from now on: what waits goes on waiting.</summary>
    public static async ValueTask<Reply> Set(OperationContext op, DocumentTable documents)
    {
        if (Accounts.Of(op) is not { } account) return op.Unknown("account_id");
        var rows = documents.Rows(Kind);
        string id = account.Id.ToString();
        bool isAtDesk = (string?)op.ReadObject()[Orders] is AtDesk;
        bool was = await rows.FindAsync(account.Id, id, op.Stop) is not null;
        if (isAtDesk == was) return op.Ok(Show(account.Id, isAtDesk));
        var note = op.Note("updated", RecordType, id, Show(account.Id, was), Show(account.Id, isAtDesk)) with { Tenant = account.Id };
        var row = new ResourceRow { Id = id, Tenant = account.Id, Body = [], CreatedAt = op.Now, UpdatedAt = op.Now };
        // Whoever was faster has said the same.
        if (isAtDesk) await rows.InsertAsync(row, note, op.Stop);
        else await rows.DeleteAsync(account.Id, id, note, op.Stop);
        return op.Ok(Show(account.Id, isAtDesk));
    }

    private static JsonObject Show(TenantId account, bool isAtDesk) => new()
    {
        ["record_type"] = RecordType,
        ["account_id"] = account.ToString(),
        [Orders] = isAtDesk ? AtDesk : Nobody,
    };
}
