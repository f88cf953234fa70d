using Ringwright.Calls.Pricing;
using Ringwright.Store;

namespace Ringwright.Telnyx.Account.Billing;

/// <summary>What the handlers of balances use.</summary>
public sealed record BillingParts
{
    public required Database Store { get; init; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
}
