using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// Numbers that accounts may show without having them on this node: proved by a call, or by the operator's word, who has seen a contract.
/// </summary>
internal static class OperatorVerifiedNumbers
{
    private const string RecordType = "verified_number";

    public static async ValueTask<Reply> List(OperationContext op, VerifiedNumberTable numbers)
    {
        var all = await numbers.ListAllAsync(op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(n => (JsonNode)Show(op, n))], all.Count);
    }

    public static async ValueTask<Reply> Add(OperationContext op, VerifiedNumberTable numbers)
    {
        var body = op.ReadObject();
        if (!E164.TryParse((string?)body["phone_number"], out var number))
            return op.Invalid("/phone_number", "invalid", "phone_number must be a number in +E.164 form, such as +498912345678.");
        string name = (string)body["account"]!; // required
        if (op.Routing.Tenants.FirstOrDefault(t => t.Name == name) is not { } tenant)
            return op.Invalid("/account", "unknown_reference", $"There is no account '{name}'.");
        return await numbers.AddAsync(tenant.Id, number.Text, added => Note(op, added, isAdded: true), op.Stop) is { } added
            ? op.Created(Show(op, added))
            : op.Fail(new Problem("in_use", "An account has this number on this node; it is that account's alone.")
            {
                Pointer = "/phone_number"
            });
    }

    public static async ValueTask<Reply> Remove(OperationContext op, VerifiedNumberTable numbers)
    {
        if (!Guid.TryParse(op.Path("account_id"), out var id)) return op.Unknown("account_id");
        return await numbers.RemoveAsync(new(id), op.Path("phone_number"), removed => Note(op, removed, isAdded: false), op.Stop)
            is { } gone ? op.Ok(Show(op, gone)) : op.Unknown("phone_number");
    }

    /// <summary>In the trail of the account.</summary>
    private static AuditNote Note(OperationContext op, ProvedNumber number, bool isAdded)
    {
        var shown = Show(op, number);
        return op.Note(isAdded ? "created" : "deleted", RecordType, number.Text, before: isAdded ? null : shown,
            after: isAdded ? shown : null) with
        {
            Tenant = number.Tenant
        };
    }

    private static JsonObject Show(OperationContext op, ProvedNumber number) => new()
    {
        ["record_type"] = RecordType,
        ["account"] = op.Routing.FindTenant(number.Tenant)?.Name ?? "",
        ["account_id"] = number.Tenant.ToString(),
        ["phone_number"] = number.Text,
        ["verified_by"] = number.By is ProvedBy.Call ? "call" : "operator",
        ["verified_at"] = OperatorTime.Write(number.At),
    };
}
