using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch;

/// <summary>
/// What one shard asks of the dial gate. An answer that is there at once is used in the same turn; for a later one whoever asked waits
/// here, until <see cref="ShardMessage.GateAnswered"/> comes. That comes in any case: a gate that does not answer has refused.
/// </summary>
internal sealed class GateQuestions(ShardContext shard)
{
    private readonly Dictionary<int, Open> _open = [];

    /// <summary>Questions without an answer.</summary>
    public int Count => _open.Count;

    /// <summary>May the leg be created? What is let in is counted until it leaves.</summary>
    /// <param name="asker">The leg in whose turn a later answer is heard, over or not; null for none.</param>
    /// <param name="later">Hears an answer that is not there at once.</param>
    /// <returns>Null when the answer comes later.</returns>
    public GateAnswer? Enter(CallAttempt call, LegId? asker, Action<GateAnswer> later) =>
        Hear(shard.Gate.EnterAsync(call), new(asker, call.Leg, later));

    /// <summary>May an unanswered leg go to another destination?</summary>
    /// <inheritdoc cref="Enter"/>
    public GateAnswer? Move(CallAttempt call, LegId asker, Action<GateAnswer> later) =>
        Hear(shard.Gate.MoveAsync(call), new(asker, null, later));

    /// <returns>Null when nobody waits for this answer any longer.</returns>
    public Open? Take(int correlation) => _open.Remove(correlation, out var question) ? question : null;

    /// <summary>All that are open; nobody waits for any of them from now on.</summary>
    public IReadOnlyList<Open> TakeAll()
    {
        Open[] all = [.. _open.Values];
        _open.Clear();
        return all;
    }

    private GateAnswer? Hear(in ValueTask<GateAnswer> asked, Open question)
    {
        if (GateAnswer.Now(asked) is { } answer) return answer;
        if (_open.Count >= Limits.OpenGateQuestions)
        {
            if (question.Entering is { } leg) shard.Gate.Leave(leg);
            return GateAnswer.Silent;
        }
        int correlation = shard.NextCorrelation();
        _open.Add(correlation, question);
        shard.Emit(new Effect.AwaitGate(correlation, asked.AsTask()));
        return null;
    }

    /// <summary>Somebody waits for an answer.</summary>
    /// <param name="Entering">The leg that the gate counts when it lets it in.</param>
    internal sealed record Open(LegId? Asker, LegId? Entering, Action<GateAnswer> Later)
    {
        /// <summary>
        /// Nothing is left at the gate of what is refused: it may have been refused for the gate, which still thinks about it.
        /// </summary>
        public void Hear(GateAnswer answer, IDialGate gate)
        {
            if (!answer.IsOpen && Entering is { } leg) gate.Leave(leg);
            Later(answer);
        }
    }
}
