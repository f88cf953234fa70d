using System.Text.Json.Nodes;
using Ringwright.Campaigns.Texts;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>
/// At which hours an account's texts may arrive, by the clocks of whom it writes to, and what a text of STOP means for calls.
/// </summary>
internal static class TextPolicies
{
    private const string RecordType = "text_policy";

    public static async ValueTask<Reply> Get(OperationContext op, TextPolicyTable policies)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        return await policies.FindAsync(tenant.Id, op.Stop) is { } policy ? op.Ok(Show(tenant.Id, policy)) : op.Unknown("account_id");
    }

    /// <summary>In place of what was said before; without windows the usual ones are kept.</summary>
    public static async ValueTask<Reply> Set(OperationContext op, TextPolicyTable policies)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        List<WindowFault> faults = [];
        var body = op.ReadObject();
        var asked = TextHours.Read(body, faults);
        if (faults.Count > 0) return op.Invalid("/" + faults[0].Path, "invalid", faults[0].Sentence);
        var policy = TextHours.Write(body["windows"] is null ? new()
        {
            Windows = [TextHours.Usual], ExcludedDates = asked.ExcludedDates,
        } : asked);
        policy[StopRule.Setting] = (bool?)body[StopRule.Setting] ?? false;
        var shown = Show(tenant.Id, policy);
        await policies.SetAsync(tenant.Id, policy, Note(op, tenant.Id, "updated", shown), op.Stop);
        return op.Ok(shown);
    }

    public static async ValueTask<Reply> Remove(OperationContext op, TextPolicyTable policies)
    {
        if (Accounts.Of(op) is not { } tenant) return op.Unknown("account_id");
        if (await policies.FindAsync(tenant.Id, op.Stop) is not { } policy) return op.Unknown("account_id");
        var shown = Show(tenant.Id, policy);
        return await policies.RemoveAsync(tenant.Id, Note(op, tenant.Id, "deleted", shown), op.Stop) ? op.Ok(shown)
            : op.Unknown("account_id");
    }

    private static AuditNote Note(OperationContext op, TenantId tenant, string change, JsonObject shown) =>
        op.Note(change, RecordType, tenant.ToString(), before: change is "deleted" ? shown : null,
            after: change is "deleted" ? null : shown) with
        {
            Tenant = tenant
        };

    private static JsonObject Show(TenantId tenant, JsonObject policy) => new()
    {
        ["record_type"] = RecordType,
        ["account_id"] = tenant.ToString(),
        ["windows"] = policy["windows"]?.DeepClone() ?? new JsonArray(),
        ["excluded_dates"] = policy["excluded_dates"]?.DeepClone() ?? new JsonArray(),
        [StopRule.Setting] = (bool?)policy[StopRule.Setting] ?? false,
    };
}
