namespace Ringwright.Contract.Conformance;

/// <summary>What the account has, and how it pays. There is one of each.</summary>
internal static class BillingRows
{
    public static readonly Area Area = new(
    [
        new("GetUserBalance"),
        new("GetAutoRechargePrefs"),
        new("UpdateAutoRechargePrefs") { Full = """{"recharge_amount": "100.00", "threshold_amount": "10.50"}""" },
    ]);
}
