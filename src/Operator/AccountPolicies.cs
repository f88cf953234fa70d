using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Who decides on what an account asks for: nobody, at once or after some seconds, or the operator at his desk.</summary>
internal static class AccountPolicies
{
    private const string RecordType = "policies", Orders = "number_order", AtDesk = "desk", After = "auto:", Nobody = After + "0";

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
        string policy = (string)op.ReadObject()[Orders]!;       // required, and one of those that there are
        var (before, now) = (await rows.FindAsync(account.Id, id, op.Stop), op.Now);
        string was = PolicyOf(before);
        if (policy == was) return op.Ok(Show(account.Id, policy));
        var note = op.Note("updated", RecordType, id, Show(account.Id, was), Show(account.Id, policy)) with { Tenant = account.Id };
        var body = new JsonObject();
        if (policy is not AtDesk) body[StockLimits.Granted] = int.Parse(policy.AsSpan(After.Length), CultureInfo.InvariantCulture);
        var outcome = policy is Nobody ? await rows.DeleteAsync(account.Id, id, note, op.Stop)
            : before is null ? await rows.InsertAsync(
                new() { Id = id, Tenant = account.Id, Body = body, CreatedAt = now, UpdatedAt = now }, note, op.Stop)
            : await rows.UpdateAsync(before with { Body = body, UpdatedAt = now }, note, op.Stop);
        return outcome is WriteOutcome.Done ? op.Ok(Show(account.Id, policy)) : op.Fail(Fault.Conflict);
    }

    private static string PolicyOf(ResourceRow? row) => row is null ? Nobody
        : row.Body[StockLimits.Granted] is JsonValue said && said.TryGetValue(out int seconds)
            ? string.Create(CultureInfo.InvariantCulture, $"{After}{seconds}") : AtDesk;

    private static JsonObject Show(TenantId account, string policy) => new()
    {
        ["record_type"] = RecordType,
        ["account_id"] = account.ToString(),
        [Orders] = policy,
    };
}
