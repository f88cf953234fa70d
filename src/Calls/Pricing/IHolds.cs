using Ringwright.Core;

namespace Ringwright.Calls.Pricing;

/// <summary>What live calls hold of balances. Implemented in Campaigns.</summary>
public interface IHolds
{
    /// <summary>Of the tenant's own calls, in millionths of the currency's unit.</summary>
    long HeldMicros(TenantId tenant, string currency);
}
