using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Account.Billing;

/// <summary>What the account has and how it pays.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(BillingParts parts) =>
    [
        Handle("GetUserBalance", op => Balance.Get(op, parts)),
        Handle("GetAutoRechargePrefs", op => RechargePrefs.Get(op, parts)),
        Handle("UpdateAutoRechargePrefs", op => RechargePrefs.Update(op, parts)),
    ];
}
