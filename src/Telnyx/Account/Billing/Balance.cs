using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telnyx.Account.Billing;

/// <summary>
/// What the account has: its balance, what its live calls hold of it, and what it may owe.
/// Accounts below that roll up to it are part of it.
/// </summary>
internal static class Balance
{
    public static async ValueTask<Reply> Get(OperationContext op, BillingParts parts) =>
        op.Ok(await OfAsync(op, op.Tenant, parts.Store, parts.Holds));

    /// <summary>Of the caller's account, or of one below it.</summary>
    public static async ValueTask<JsonObject> OfAsync(OperationContext op, TenantId whose, Database store, IHolds? holds)
    {
        var rates = op.Routing.Rates;
        var account = rates.AccountOf(whose);
        long balance = 0, held = 0;
        foreach (var tenant in rates.BelowOf(whose).Prepend(whose))
        {
            balance += (await store.Money.BalancesAsync(tenant, op.Stop)).FirstOrDefault(b => b.Currency == account.Currency).Micros;
            if (holds is not null) held += await holds.HeldMicrosAsync(tenant, account.Currency, op.Stop);
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
