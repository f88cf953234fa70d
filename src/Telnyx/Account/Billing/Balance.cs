using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Http;

namespace Ringwright.Telnyx.Account.Billing;

/// <summary>What the account has: its balance, what its live calls hold of it, and what it may owe. Accounts below that roll up to it are part of it.</summary>
internal static class Balance
{
    public static async ValueTask<Reply> Get(OperationContext op, TelnyxParts parts)
    {
        var rates = op.Routing.Rates;
        var account = rates.AccountOf(op.Tenant);
        long balance = 0, held = 0;
        foreach (var tenant in rates.BelowOf(op.Tenant).Prepend(op.Tenant))
        {
            balance += (await parts.Store.Money.BalancesAsync(tenant, op.Stop)).FirstOrDefault(b => b.Currency == account.Currency).Micros;
            held += parts.Holds?.HeldMicros(tenant, account.Currency) ?? 0;
        }
        long credit = account.CreditLimitMicros ?? 0;
        return op.Ok(new JsonObject
        {
            ["available_credit"] = Money.Format(balance - held + credit),
            ["balance"] = Money.Format(balance),
            ["credit_limit"] = Money.Format(credit),
            ["currency"] = account.Currency,
            ["pending"] = Money.Format(held),
            ["record_type"] = "balance",
        });
    }
}
