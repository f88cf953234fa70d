using Ringwright.Store;

namespace Ringwright.Telnyx.Account.Bundles;

/// <summary>What the handlers of bundles use.</summary>
public sealed record BundleParts
{
    public required Database Store { get; init; }
}
