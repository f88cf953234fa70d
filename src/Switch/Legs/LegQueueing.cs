using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Queues;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The leg's part in a queue: it waits in one at a time. The queue says when it is in and when it is out, and the leg tells of it then.
/// </summary>
internal sealed class LegQueueing(ShardContext shard, Leg leg)
{
    private LegCommand.Enqueue? _asked;
    private QueueId? _queue;
    private bool _parks;

    /// <summary>Of the queue that it is in, or asks to get in.</summary>
    private string _name = "";

    /// <summary>Of the command by which it leaves.</summary>
    private long? _leaver;

    /// <summary>It has said that it goes, and the queue has not answered.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Nobody is there to wait: out of the queue again, and nobody hears that it was in.</summary>
    public static Ack Decline(ShardContext shard, LegMessage.Admitted admitted)
    {
        shard.Send(admitted.Queue.Shard, new QueueMessage.Leave(admitted.Queue, admitted.Leg, DequeueReason.Hangup));
        return Refusal.AlreadyEnded;
    }

    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.Enqueue && (_asked is not null || _queue is not null)) return Refusal.AlreadyQueued;
        return command is LegCommand.LeaveQueue && (_queue is null || IsLeaving) ? Refusal.NotQueued : Refusal.None;
    }

    /// <returns>False for a command that no queue has to agree to; else the leg's answer follows its.</returns>
    public bool TryAsk(LegCommand command, long correlation)
    {
        if (command is LegCommand.Enqueue enqueue)
        {
            (_asked, _name) = (enqueue, enqueue.Queue);
            Send(enqueue.Queue, new QueueMessage.Enter(leg.Facts.Tenant, leg.Facts.Id, enqueue, correlation));
        }
        else if (command is LegCommand.LeaveQueue || command is LegCommand.Park && _queue is not null && !IsLeaving)
        {
            leg.Commands.Take(command);
            _leaver = correlation;
            Leave(DequeueReason.Leave);
        }
        else if (command is LegCommand.BridgeQueue bridge)
            Send(bridge.Queue, new QueueMessage.Take(leg.Facts.Tenant, leg.Facts.Id, leg.IsAnswered, bridge, correlation));
        else return false;
        return true;
    }

    public Ack? OnAdmitted(LegMessage.Admitted admitted)
    {
        if (_asked is not { } asked) return Decline(shard, admitted);      // nobody asked: a fault of ours
        (_asked, _queue, _parks) = (null, admitted.Queue, asked.ParksAfterUnbridge);
        leg.Commands.Take(asked);
        leg.Bridging.Leave();
        leg.Conferencing.Depart();
        leg.Supervising.Leave();
        leg.Reports.Enqueued(admitted, _name);
        return Ack.Accepted;
    }

    public Ack? OnNotAdmitted(LegMessage.NotAdmitted refused)
    {
        _asked = null;
        return refused.Why;
    }

    public void OnDequeued(LegMessage.Dequeued dequeued)
    {
        if (dequeued.Queue != _queue) return;
        if (!leg.IsEnded) leg.Reports.Dequeued(dequeued, _name);
        // Whoever takes it is joined to it next.
        if (dequeued.Reason is not (DequeueReason.Bridging or DequeueReason.Bridged)) _parks = false;
        GetOut();
    }

    /// <summary>It talks to somebody, whoever brought that about.</summary>
    /// <returns>Whether it stays up when that one leaves it.</returns>
    public bool OnJoined()
    {
        bool parks = _parks;
        _parks = false;
        Leave(DequeueReason.Bridged);
        return parks;
    }

    /// <summary>The end of the call is told behind what the queue says; that lives in this process, so it is there at once.</summary>
    public void HangUp()
    {
        Leave(DequeueReason.Hangup);
        if (IsLeaving) leg.Timers.Arm(LegTimer.QueueWord, shard.Now + Limits.QueueWordWait);
    }

    /// <summary>The queue is out of order.</summary>
    public void OnSilence() => GetOut();

    private void GetOut()
    {
        if (_leaver is { } asker) shard.Emit(new Effect.Acknowledge(asker, Ack.Accepted));
        (_queue, _leaver, IsLeaving) = (null, null, false);
        leg.Timers.Disarm(LegTimer.QueueWord);
        leg.Settle();
    }

    private void Leave(DequeueReason reason)
    {
        if (_queue is not { } queue || IsLeaving) return;
        IsLeaving = true;
        shard.Send(queue.Shard, new QueueMessage.Leave(queue, leg.Facts.Id, reason));
    }

    private void Send(string queue, QueueMessage message) =>
        shard.Send(NameHome.Of(leg.Facts.Tenant, queue, shard.Settings.Count), message);
}
