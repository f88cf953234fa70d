using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Store;

namespace Ringwright.Telnyx.Connections;

/// <summary>What the handlers of SIP connections, their addresses and users use.</summary>
public sealed record ConnectionParts
{
    public required Database Store { get; init; }
    public required EgressClient Egress { get; init; }
    public required IRegistrations Registrations { get; init; }
    /// <summary>What the host names of the operator's trunks lead to; nothing where no node runs.</summary>
    public TrunkHosts TrunkHosts { get; init; } = new();
}
