using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>What an account's documents, webhooks and commands asked for and did not get.</summary>
internal static class AccountWarnings
{
    /// <summary>The newest first.</summary>
    public static async ValueTask<Reply> List(OperationContext op, Database store)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        var (rows, total) = await store.Warnings.ListAsync(tenant.Id, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    private static JsonObject Show(AccountWarning warning) => new()
    {
        ["id"] = $"{warning.Seq}",
        ["record_type"] = "warning",
        ["at"] = OperatorTime.Write(warning.At),
        ["source"] = SnakeName.Of(warning.Source),
        ["leg_id"] = warning.Leg?.ToString(),
        ["session_id"] = warning.Session?.ToString(),
        ["url"] = warning.Url,
        ["line"] = warning.Line,
        ["cause"] = warning.Cause,
    };
}
