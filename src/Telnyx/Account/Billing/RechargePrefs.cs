using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Http;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Account.Billing;

/// <summary>
/// When the account wants its balance to be filled up, and by how much. A balance below the threshold asks the operator for the payment.
/// </summary>
internal static class RechargePrefs
{
    public const string RecordType = "auto_recharge_pref";

    /// <summary>Code of a number that is out of its range.</summary>
    private const string BadRange = "10033";

    public static async ValueTask<Reply> Get(OperationContext op, BillingParts parts) =>
        op.Ok(Show(await parts.Store.MoneyAccounts.FindRechargeAsync(op.Tenant, op.Stop)));

    public static async ValueTask<Reply> Update(OperationContext op, BillingParts parts)
    {
        var body = op.ReadObject();
        if (Amount(body, "threshold_amount", out long? threshold) is { } bad) return op.Fail(bad);
        if (Amount(body, "recharge_amount", out long? amount) is { } wrong) return op.Fail(wrong);
        var known = await parts.Store.MoneyAccounts.FindRechargeAsync(op.Tenant, op.Stop);
        if (Change(known, body, threshold, amount) is { IsEnabled: true, AmountMicros: <= 0 })
            return op.Invalid("/recharge_amount", BadRange, "recharge_amount must be more than 0 for recharging to be enabled.");
        var changed = await parts.Store.MoneyAccounts.RechargeAsync(op.Tenant, prefs => Change(prefs, body, threshold, amount),
            (before, after) => op.Note("updated", RecordType, after.Id, Show(before), Show(after)), op.Stop);
        return op.Ok(Show(changed));
    }

    private static RechargePreferences Change(RechargePreferences prefs, JsonObject body, long? threshold, long? amount) => prefs with
    {
        IsEnabled = body.Flag("enabled", prefs.IsEnabled),
        IsInvoiced = body.Flag("invoice_enabled", prefs.IsInvoiced),
        Preference = body.Text("preference") ?? prefs.Preference,
        ThresholdMicros = threshold ?? prefs.ThresholdMicros,
        AmountMicros = amount ?? prefs.AmountMicros,
    };

    private static Problem? Amount(JsonObject body, string name, out long? micros)
    {
        micros = null;
        if (body.Text(name) is not { } text) return null;
        bool isAmount = Money.TryParse(text, out long read) && read >= 0;
        micros = isAmount ? read : null;
        return isAmount ? null : new(BadRange,
            $"{name} must be an amount such as 25.00: not negative, at most {Money.Format(Money.MostMicros)}, and with at most six digits "
            + "behind the point.")
        {
            Pointer = "/" + name
        };
    }

    private static JsonObject Show(RechargePreferences prefs) => new()
    {
        ["enabled"] = prefs.IsEnabled,
        ["id"] = prefs.Id,
        ["invoice_enabled"] = prefs.IsInvoiced,
        ["preference"] = prefs.Preference,
        ["recharge_amount"] = Money.Format(prefs.AmountMicros),
        ["record_type"] = RecordType,
        ["threshold_amount"] = Money.Format(prefs.ThresholdMicros),
    };
}
