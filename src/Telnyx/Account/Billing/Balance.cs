using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account.Billing;

/// <summary>What the account has: its balance, what its live calls hold of it, and what it may owe. Accounts below that roll up to it are part of it.</summary>
internal static class Balance
{
    public static async ValueTask<Reply> Get(OperationContext op, TelnyxParts parts) => op.Ok(await OfAsync(op, op.Tenant, parts));

    /// <summary>Of the caller's account, or of one below it.</summary>
    public static async ValueTask<JsonObject> OfAsync(OperationContext op, TenantId whose, TelnyxParts parts)
    {
        var rates = op.Routing.Rates;
        var account = rates.AccountOf(whose);
        long balance = 0, held = 0;
        foreach (var tenant in rates.BelowOf(whose).Prepend(whose))
        {
            balance += (await parts.Store.Money.BalancesAsync(tenant, op.Stop)).FirstOrDefault(b => b.Currency == account.Currency).Micros;
            held += parts.Holds?.HeldMicros(tenant, account.Currency) ?? 0;
        }
        long credit = account.CreditLimitMicros ?? 0;
        return new()
        {
            ["available_credit"] = Money.Format(balance - held + credit),
            ["balance"] = Money.Format(balance),
            ["credit_limit"] = Money.Format(credit),
            ["currency"] = account.Currency,
            ["pending"] = Money.Format(held),
            ["record_type"] = "balance",
        };
    }
}
