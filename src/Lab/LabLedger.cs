using Ringwright.Calls;
using Ringwright.Programs;

namespace Ringwright.Lab;

/// <summary>The lab's ledger keeps nothing: what happened is "committed" at once.</summary>
internal sealed class LabLedger(EventFeed feed, LabLog log) : ILedger
{
    public bool IsReady => true;

    public void Append(SubjectEvent happened, Action<SubjectEvent, bool> told, string? recoveryBye = null)
    {
        if (happened is CallEvent call) log.Note(call);
        told(happened, true);
        feed.Publish(happened);
    }

    public void Keep(LegFacts leg, string recoveryBye, Action<bool> told) => told(true);
    public void Forget(LegFacts leg) { }
}

/// <summary>The lab dials whatever it is asked to.</summary>
internal sealed class LabGate : IDialGate
{
    public ValueTask<GateAnswer> EnterAsync(CallAttempt call) => new(GateAnswer.Open);
    public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) => new(GateAnswer.Open);
    public ValueTask<GateAnswer> MoveAsync(CallAttempt call) => new(GateAnswer.Open);
    public void Answered(Core.LegId leg) { }
    public void Leave(Core.LegId leg) { }
}
