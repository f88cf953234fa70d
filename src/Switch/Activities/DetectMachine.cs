using Ringwright.Calls;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// Who has answered: exactly one verdict, and behind it at most one end of a greeting; behind a person's, or where it was not sure,
/// only a beep ends one. Media listens; here is what it means for the call.
/// </summary>
/// <param name="ended">Ends what is being said to a person who is none; called behind the verdict.</param>
internal sealed class DetectMachine(IActivityHost host, Action ended)
{
    private MachineVerdict? _verdict;
    private bool _hasGreetingEnded;

    public void Start(MachineDetection terms) => host.Post(new MediaCommand.DetectMachine(host.Port, terms));

    public void OnJudged(MachineVerdict verdict, IReadOnlyList<string> evidence)
    {
        if (_verdict is not null) return;
        _verdict = verdict;
        host.Emit(new CallEvent.MachineDetected(verdict) { Leg = host.Facts, At = host.Now, Evidence = evidence });
        if (verdict is MachineVerdict.Machine) ended();
    }

    public void OnGreetingEnded(GreetingEnd end, string evidence)
    {
        if (_verdict is null || _hasGreetingEnded || _verdict is not MachineVerdict.Machine && end is not GreetingEnd.BeepDetected) return;
        _hasGreetingEnded = true;
        host.Emit(new CallEvent.MachineGreetingEnded(end, evidence) { Leg = host.Facts, At = host.Now });
    }

    /// <summary>The call is over before it was clear who had answered.</summary>
    public void HangUp() => OnJudged(MachineVerdict.NotSure, ["the call ended before it was clear"]);
}
