using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>
/// What an inbound leg does while it rings: what its caller is told, what he hears, and how long he waits. Nothing in any other state,
/// but that an answer which nobody acknowledges may end it.
/// </summary>
internal sealed class LegRinging(ShardContext shard, Leg leg)
{
    /// <summary>The caller gets his description before the answer, so that he hears what is sent to him.</summary>
    public void BeginEarlyMedia()
    {
        if (leg.State is not LegState.Ringing || leg.Dialog.Answering is not { } answering) return;
        // Instead of sound that is withheld his own phone rings for him.
        if (answering is { WithholdsMedia: true, IsReliable: false })
        {
            Tell();
            return;
        }
        if (!answering.BeginEarlyMedia()) return;
        leg.Timers.Arm(LegTimer.RingingRefresh, shard.Now + Limits.RingingRefresh);
        leg.Connect();
    }

    /// <summary>The caller is told that somebody is being called; once, and not when he hears as much already.</summary>
    public void Tell()
    {
        if (leg.State is not LegState.Ringing || leg.Timers.IsArmed(LegTimer.RingingRefresh) || leg.Dialog.Answering is not { } answering)
            return;
        answering.Ring();
        leg.Timers.Arm(LegTimer.RingingRefresh, shard.Now + Limits.RingingRefresh);
    }

    /// <summary>It rings for its application, which has so long to do something about it.</summary>
    public void AwaitAnswer() => Await(shard.Settings.InboundRinging);

    /// <summary>Its caller is being connected: how long that takes is the other party's business.</summary>
    public void AwaitConnection() => Await(Limits.ConnectedRinging);

    /// <summary>
    /// Its caller's address has shown nothing, and has more calls than its share: it does not wait as long as others, neither for the
    /// answer nor then for the ACK.
    /// </summary>
    public void Shorten() => leg.Timers.Arm(LegTimer.WayBack, shard.Now + Limits.UnprovenRinging);

    /// <summary>The answer is out.</summary>
    public void AwaitAck()
    {
        if (leg.Timers.IsArmed(LegTimer.WayBack)) Shorten();
    }

    /// <summary>That time is over.</summary>
    public void OnUnproven()
    {
        if (leg.Dialog.Answering is not { IsWayBackProven: false }) return;
        bool isAnswered = leg.IsAnswered || leg.State is LegState.Offering;
        leg.End(isAnswered ? Ending.ByUnprovenAnswer : Ending.ByUnprovenWayBack, LegInput.HangUp);
    }

    private void Await(TimeSpan atMost)
    {
        if (leg.State is LegState.Ringing) leg.Timers.Arm(LegTimer.Ring, shard.Now + atMost);
    }
}
