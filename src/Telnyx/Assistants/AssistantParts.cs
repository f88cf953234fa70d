using Ringwright.Egress;
using Ringwright.Store;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What the handlers of assistants and of conversations use.</summary>
public sealed record AssistantParts
{
    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
}
