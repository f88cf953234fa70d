using Ringwright.Core;

namespace Ringwright.Switch.Legs;

internal enum LegTimer
{
    /// <summary>Outbound: the dial's ring timeout. Inbound: our bound on ringing.</summary>
    Ring,
    /// <summary>Inbound: 180 or 183 is repeated.</summary>
    RingingRefresh,
    /// <summary>Inbound: no command came.</summary>
    FirstCommand,
    /// <summary>Counted from the answer.</summary>
    TimeLimit,
    /// <summary>Outbound: what the node had to say is over.</summary>
    Announced,
    /// <summary>Outbound: this target has not answered at all.</summary>
    TargetSilence,
    /// <summary>The final response to a cancelled INVITE.</summary>
    CancelWait,
    /// <summary>Outbound: the row of the answer, which the ACK waits for.</summary>
    AnswerRow,
    /// <summary>Answered: is the far end still there, where nothing else would tell?</summary>
    Probe,
    /// <summary>The port's statistics.</summary>
    MediaClose,
}

/// <summary>Timers are data: one instant each, one deadline for all.</summary>
internal sealed class LegTimers
{
    private const int Kinds = (int)LegTimer.MediaClose + 1;

    private readonly Instant[] _due = new Instant[Kinds];

    public LegTimers() => _due.AsSpan().Fill(Instant.Never);

    public Instant NextDue { get; private set; } = Instant.Never;

    public Instant this[LegTimer timer] => _due[(int)timer];

    public bool IsArmed(LegTimer timer) => _due[(int)timer] != Instant.Never;

    public void Arm(LegTimer timer, Instant due)
    {
        _due[(int)timer] = due;
        Recount();
    }

    public void Disarm(LegTimer timer) => Arm(timer, Instant.Never);

    public void DisarmAll()
    {
        Array.Fill(_due, Instant.Never);
        NextDue = Instant.Never;
    }

    /// <summary>Takes the earliest timer that is due, disarmed; false when none is.</summary>
    public bool TryTake(Instant now, out LegTimer timer)
    {
        timer = default;
        if (NextDue > now) return false;
        int first = 0;
        for (int i = 1; i < _due.Length; i++)
            if (_due[i] < _due[first]) first = i;
        timer = (LegTimer)first;
        Disarm(timer);
        return true;
    }

    private void Recount()
    {
        var next = Instant.Never;
        foreach (var due in _due) next = Instant.Min(next, due);
        NextDue = next;
    }
}
