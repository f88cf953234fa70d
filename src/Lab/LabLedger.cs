using System.Threading.Channels;
using Ringwright.Calls;

namespace Ringwright.Lab;

/// <summary>The lab's ledger keeps nothing: what happened is "committed" at once and handed to the personas in order.</summary>
internal sealed class LabLedger : ILedger
{
    private readonly Channel<CallEvent> _events = Channel.CreateUnbounded<CallEvent>(new() { SingleReader = true });

    public ChannelReader<CallEvent> Events => _events.Reader;

    public bool IsReady => true;

    public void Append(CallEvent happened, Action<CallEvent, bool> told, string? goodbye = null) => told(happened, _events.Writer.TryWrite(happened));
    public void Keep(LegFacts leg, string goodbye, Action<bool> told) => told(true);
    public void Forget(LegFacts leg) { }

    public void Complete() => _events.Writer.TryComplete();
}

/// <summary>The lab dials whatever it is asked to.</summary>
internal sealed class LabGate : IDialGate
{
    public GateAnswer Enter(GateQuestion question) => GateAnswer.Open;
    public GateAnswer Ask(GateQuestion question) => GateAnswer.Open;
    public GateAnswer Move(GateQuestion question) => GateAnswer.Open;
    public void Answered(Core.LegId leg) { }
    public void Leave(Core.LegId leg) { }
}
