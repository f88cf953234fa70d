using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Trunks;

/// <summary>The dial gate of a node with trunks: whoever leaves it leaves his trunk too, and the share of his address.</summary>
public sealed class TrunkGate(IDialGate gate, TrunkBoard trunks, WayBackBook waysBack) : IDialGate
{
    public ValueTask<GateAnswer> EnterAsync(CallAttempt call) => gate.EnterAsync(call);

    public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) => gate.AskAsync(attempt);

    public ValueTask<GateAnswer> MoveAsync(CallAttempt call) => gate.MoveAsync(call);

    public void Answered(LegId leg) => gate.Answered(leg);

    public void Leave(LegId leg)
    {
        trunks.Leave(leg);
        waysBack.Leave(leg);
        gate.Leave(leg);
    }
}
