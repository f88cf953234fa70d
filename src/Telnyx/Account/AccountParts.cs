using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Delivery.Streams;
using Ringwright.Egress;
using Ringwright.Store;

namespace Ringwright.Telnyx.Account;

/// <summary>What the handlers of accounts, keys, events and deliveries use.</summary>
public sealed record AccountParts
{
    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    public required ISelfTest SelfTest { get; init; }
    /// <summary>For those who listen to an account's events.</summary>
    public required EventStream Events { get; init; }
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
}
