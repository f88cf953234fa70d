using Ringwright.Egress;
using Ringwright.Store;

namespace Ringwright.Telnyx.Storage;

/// <summary>What the handlers of the media storage use.</summary>
public sealed record StorageParts
{
    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
}
