using System.Diagnostics;
using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>What a leg waits for; <see cref="LegTimers.Act"/> says for each what becomes of the leg then.</summary>
internal enum LegTimer
{
    /// <summary>Outbound: the dial's ring timeout. Inbound: our bound on ringing.</summary>
    Ring,
    /// <summary>Inbound: 180 or 183 is repeated.</summary>
    RingingRefresh,
    /// <summary>Inbound: no command came.</summary>
    FirstCommand,
    /// <summary>Inbound: nothing has shown that the caller's address gets our answers, and it has more calls than its share.</summary>
    WayBack,
    /// <summary>Counted from the answer.</summary>
    TimeLimit,
    /// <summary>Outbound: what the node had to say is over.</summary>
    Announced,
    /// <summary>Outbound: whether the account may have one more call by now.</summary>
    Room,
    /// <summary>Outbound: the socket of a media stream, which is to be open before anybody is called.</summary>
    EarlyStream,
    /// <summary>Outbound: this target has not answered at all.</summary>
    TargetSilence,
    /// <summary>Outbound: the row of an INVITE, which that waits for.</summary>
    InviteRow,
    /// <summary>The final response to a cancelled INVITE.</summary>
    CancelWait,
    /// <summary>Outbound: the row of the answer, which the ACK waits for.</summary>
    AnswerRow,
    /// <summary>Answered: news of our REFER, or its whole time.</summary>
    Refer,
    /// <summary>Answered: the far end has reached whom it was referred to, and is to end the call.</summary>
    Referred,
    /// <summary>Answered: what becomes of whom the far end has referred.</summary>
    PeerReferral,
    /// <summary>Answered: its party has gone to whom the far end referred it to, and the far end is to end the call.</summary>
    Released,
    /// <summary>Answered: its party refers it to somebody else, who is not even called yet.</summary>
    Carried,
    /// <summary>Answered: is the far end still there, where nothing else would tell?</summary>
    Probe,
    /// <summary>Ended: the queue's word that it is out.</summary>
    QueueWord,
    /// <summary>Ended: the conference's word that it is out.</summary>
    ConferenceWord,
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

    /// <summary>Only what is named here is done: a timer without a word of its own must not end a call.</summary>
    public static void Act(ShardContext shard, Leg leg, LegTimer timer)
    {
        switch (timer)
        {
            case LegTimer.Ring:
                if (leg.TryFallBack()) break;
                leg.End(Ending.ByRing(leg.Facts.Direction, leg.Outbound is { HasResponse: true }), LegInput.HangUp);
                break;
            case LegTimer.RingingRefresh:
                leg.Dialog.Answering?.Refresh();
                leg.Timers.Arm(LegTimer.RingingRefresh, shard.Now + Limits.RingingRefresh);
                break;
            case LegTimer.FirstCommand:
                if (!leg.TryFallBack()) leg.End(Ending.ByFirstCommand, LegInput.HangUp);
                break;
            case LegTimer.WayBack:
                leg.Ringing.OnUnproven();
                break;
            case LegTimer.TimeLimit:
                leg.End(Ending.ByTimeLimit, LegInput.HangUp);
                break;
            case LegTimer.Announced:
                leg.End(Ending.ByAnnouncement, LegInput.HangUp);
                break;
            case LegTimer.Room:
                leg.Outbound?.LookForRoom();
                break;
            case LegTimer.EarlyStream:
                leg.Outbound?.Call();
                break;
            case LegTimer.TargetSilence:
                leg.Outbound?.OnSilence();
                break;
            case LegTimer.InviteRow:
                leg.Outbound?.OnRowLate();
                break;
            case LegTimer.CancelWait:
                leg.Settle();
                break;
            case LegTimer.AnswerRow:
                leg.Outbound?.Acknowledge();
                leg.Dialog.Refer();
                break;
            case LegTimer.Refer:
                leg.Dialog.OwnReferral.OnSilence();
                break;
            case LegTimer.Referred:
                leg.End(Ending.ByReferral(leg.Dialog.OwnReferral.CommandId), LegInput.HangUp);
                break;
            case LegTimer.PeerReferral:
                leg.Dialog.PeerReferral.OnSilence();
                break;
            case LegTimer.Released:
                leg.End(Ending.ByOwnReferral, LegInput.HangUp);
                break;
            case LegTimer.Carried:
                leg.Transferee?.OnSilence();
                break;
            case LegTimer.Probe:
                leg.Dialog.Probe.OnDue();
                break;
            case LegTimer.QueueWord:
                leg.Queueing.OnSilence();
                break;
            case LegTimer.ConferenceWord:
                leg.Conferencing.OnSilence();
                break;
            case LegTimer.MediaClose:
                leg.Media.OnClosed(null);
                leg.Settle();
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Recount()
    {
        var next = Instant.Never;
        foreach (var due in _due) next = Instant.Min(next, due);
        NextDue = next;
    }
}
