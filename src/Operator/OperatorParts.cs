using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Operator;

/// <summary>What the operator's handlers use beside the pipeline's services.</summary>
public sealed record OperatorParts
{
    public required Database Store { get; init; }
    public required IRouteExplainer Explainer { get; init; }
    public required CallTraces Traces { get; init; }
    public required ITrunkRegistrations Registrations { get; init; }
    public required TrunkHosts TrunkHosts { get; init; }
    public required ITrunkHostCheck HostCheck { get; init; }
    /// <summary>Called when keys have ended, so that they stop on this node at once.</summary>
    public Action KeysChanged { get; init; } = static () => { };
    /// <summary>What live calls hold of balances; null where no call lives.</summary>
    public IHolds? Holds { get; init; }
}
