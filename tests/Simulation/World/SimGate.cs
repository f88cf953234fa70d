using Ringwright.Admission;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Simulation;

/// <summary>The product's dial gate, behind something that may take its time to say yes, or never does.</summary>
internal sealed class SimGate(SimWorld world, DialGate gate, Rng rng) : IDialGate
{
    private readonly HashSet<LegId> _thinking = [];

    /// <summary>Zero answers at once.</summary>
    public TimeSpan Slowest { get; set; }
    /// <summary>Share of the questions that are never answered.</summary>
    public double Silence { get; set; }

    public DialGate Inner => gate;

    /// <summary>Nothing is counted, and nothing is asked that somebody may still wait for.</summary>
    public bool IsEmpty => gate.IsEmpty && _thinking.Count == 0;

    public ValueTask<GateAnswer> EnterAsync(CallAttempt call) =>
        Slowest == default ? new(gate.Enter(call)) : Think(call.Leg, () => gate.Enter(call));
    public ValueTask<GateAnswer> MoveAsync(CallAttempt call) =>
        Slowest == default ? new(gate.Move(call)) : Think(call.Leg, () => gate.Move(call));
    public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) => new(gate.Ask(attempt));
    public void Answered(LegId leg) => gate.Answered(leg);

    public void Leave(LegId leg)
    {
        gate.Leave(leg);
        _thinking.Remove(leg);
    }

    private ValueTask<GateAnswer> Think(LegId leg, Func<GateAnswer> answer)
    {
        var asked = new TaskCompletionSource<GateAnswer>();
        _thinking.Add(leg);
        if (!rng.Chance(Silence)) world.After(Slowest * rng.NextDouble(), Answer);
        return new(asked.Task);

        void Answer() => asked.SetResult(_thinking.Remove(leg) ? answer() : new(Refusal.AlreadyEnded, "already_ended", null));
    }
}
