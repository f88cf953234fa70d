using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Legs;

/// <summary>What a leg says about its own life; activities speak for themselves.</summary>
internal sealed class LegReports(ShardContext shard, Leg leg)
{
    public void Ringing(int status) => Emit(new CallEvent.LegRinging(status) { Leg = leg.Facts, At = shard.Now });

    public void Answered()
    {
        var answered = new CallEvent.LegAnswered
        {
            Leg = leg.Facts, At = shard.Now, Codec = leg.Media.Codec, SampleRate = leg.Media.SampleRate, Answer = leg.Outbound?.Answer,
        };
        if (leg.Outbound is not { } outbound)
        {
            Emit(answered);
            return;
        }
        shard.Emit(new Effect.Append(answered, IsAwaited: true, leg.RecoveryBye.Confirm(outbound.Open)));
        leg.Timers.Arm(LegTimer.AnswerRow, shard.Now + Limits.AnswerRow);
    }

    public void Held(bool isHeld) => Emit(new CallEvent.LegHeld(isHeld) { Leg = leg.Facts, At = shard.Now });

    public void Bridged(LegId peer) => Emit(new CallEvent.LegBridged(peer) { Leg = leg.Facts, At = shard.Now });

    public void Unbridged(LegId peer) => Emit(new CallEvent.LegUnbridged(peer) { Leg = leg.Facts, At = shard.Now });

    public void Noted(LegCommand.Note note)
    {
        string text = note.Text.Length > LegCommand.Note.MostText ? note.Text[..LegCommand.Note.MostText] : note.Text;
        Emit(new CallEvent.Noted(note.Kind, text) { Leg = leg.Facts, At = shard.Now, Url = note.Url, Line = note.Line });
    }

    public void Enqueued(LegMessage.Admitted admitted, string queue) =>
        Emit(new CallEvent.LegEnqueued(admitted.Queue, queue, admitted.Entry)
        {
            Leg = leg.Facts, At = shard.Now, Position = admitted.Position, AverageWait = admitted.AverageWait,
        });

    public void Dequeued(LegMessage.Dequeued dequeued, string queue) =>
        Emit(new CallEvent.LegDequeued(dequeued.Queue, queue, dequeued.Reason)
        {
            Leg = leg.Facts, At = shard.Now, Position = dequeued.Position, Waited = dequeued.Waited,
        });

    public void Informed(string contentType, string body) =>
        Emit(new CallEvent.InfoReceived(contentType, body) { Leg = leg.Facts, At = shard.Now });

    public void ReferAsked(string target) => Emit(new CallEvent.ReferAsked(target) { Leg = leg.Facts, At = shard.Now });

    public void ReferStarted() => Emit(new CallEvent.ReferStarted { Leg = leg.Facts, At = shard.Now });

    public void ReferEnded(int status, string evidence) =>
        Emit(new CallEvent.ReferEnded(status, evidence) { Leg = leg.Facts, At = shard.Now });

    public void HandedOver() => Emit(new CallEvent.LegHandedOver { Leg = leg.Facts, At = shard.Now });

    public void LabelsChanged() => Emit(new CallEvent.LabelsChanged { Leg = leg.Facts, At = shard.Now });

    /// <summary>The last event of the leg.</summary>
    public void Ended(Ending ending) => Emit(new CallEvent.LegEnded
    {
        Leg = leg.Facts,
        At = shard.Now,
        Cause = ending.Cause,
        By = ending.By,
        SipStatus = ending.SipStatus,
        Quality = leg.Facts.AnsweredAt is null ? null : leg.Media.Quality,
        Evidence = ending.Evidence,
        Reason = ending.Reason,
        Timer = ending.Timer,
        CommandId = ending.CommandId,
        Answer = leg.Outbound?.Answer,
        SipCallId = leg.Outbound?.SipCallId,
    });

    private void Emit(CallEvent happened) => shard.Emit(new Effect.Append(happened, IsAwaited: false));
}
