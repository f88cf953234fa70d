using Ringwright.Calls;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>
/// Who has answered: exactly one verdict, and behind it at most one end of a greeting; behind a person's, or where it was not sure,
/// only a beep ends one. Where kinds are asked for, a beep before the verdict is told in its place. Media listens; here is what it means
/// for the call.
/// </summary>
/// <param name="ended">Ends what is being said to a person who is none; called behind the event that says so.</param>
internal sealed class DetectMachine(IActivityHost host, Action ended)
{
    private MachineVerdict? _verdict;
    private bool _isClassified, _hasGreetingEnded;

    public void Start(MachineDetection terms)
    {
        _isClassified = terms.Mode is MachineMode.Classify;
        host.Post(new MediaCommand.DetectMachine(host.Port, terms));
    }

    public void OnJudged(MachineVerdict verdict, IReadOnlyList<string> evidence)
    {
        if (_verdict is not null) return;
        _verdict = verdict;
        host.Emit(new CallEvent.MachineDetected(verdict)
        {
            Leg = host.Facts, At = host.Now, Evidence = evidence, IsClassified = _isClassified,
        });
        if (verdict is MachineVerdict.Machine or MachineVerdict.Fax) ended();
    }

    public void OnGreetingEnded(GreetingEnd end, string evidence)
    {
        bool isBeep = end is GreetingEnd.BeepDetected, isVerdict = _verdict is null && _isClassified && isBeep;
        if (_hasGreetingEnded || _verdict is null && !isVerdict || _verdict is not MachineVerdict.Machine && !isBeep) return;
        _hasGreetingEnded = true;
        host.Emit(new CallEvent.MachineGreetingEnded(end, evidence) { Leg = host.Facts, At = host.Now, IsClassified = _isClassified });
        if (!isVerdict) return;
        _verdict = MachineVerdict.Machine;
        ended();
    }

    /// <summary>The call is over before it was clear who had answered.</summary>
    public void HangUp() => OnJudged(MachineVerdict.NotSure, ["the call ended before it was clear"]);
}
