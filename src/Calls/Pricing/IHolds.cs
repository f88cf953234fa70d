using Ringwright.Core;

namespace Ringwright.Calls.Pricing;

/// <summary>What live calls hold of balances; it may have to ask elsewhere. Implemented in Campaigns.</summary>
public interface IHolds
{
    /// <summary>Of the tenant's own calls, in millionths of the currency's unit.</summary>
    ValueTask<long> HeldMicrosAsync(TenantId tenant, string currency, CancellationToken stop);
}
