using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Queues;

/// <summary>
/// Calls that wait, first come first served. It begins with its first call, which gets in when the queue's first event is committed or the
/// database has not taken it for a moment, and ends with its last. Knows legs by messages only; each leg tells of its own coming and going.
/// </summary>
/// <param name="release">Told when the shard has forgotten it.</param>
internal sealed class CallQueue(ShardContext shard, QueueFacts facts, Action<CallQueue> release) : Actor
{
    private readonly List<Entry> _entries = [];
    /// <summary>Came before the queue's first event was committed.</summary>
    private readonly List<QueueMessage.Enter> _early = [];
    private bool _isOpen, _isTaken, _isOver;
    private long _entered, _left;
    private TimeSpan _waited;
    private Instant _nextDue = Instant.Never;

    public override Subject Address => Subject.Of(facts.Id);
    public override bool IsEnded => _isOver;
    public override bool IsGone => _isOver;

    public override Instant NextDue => _nextDue;

    public QueueFacts Facts => facts;

    public override Ack? Handle(ShardMessage.ToActor message)
    {
        switch ((QueueMessage)message)
        {
            case QueueMessage.Enter enter when _isOpen:
                Admit(enter);
                break;
            case QueueMessage.Enter enter:
                _early.Add(enter);
                if (_early.Count == 1) Begin();
                break;
            case QueueMessage.Committed committed:
                Hear(committed.IsCommitted);
                break;
            case QueueMessage.Take take:
                Take(take);
                break;
            case QueueMessage.Leave leave:
                if (_entries.FindIndex(entry => entry.Leg == leave.Leg) is >= 0 and var at) Remove(at, leave.Reason);
                break;
            default:
                throw new UnreachableException();
        }
        return null;
    }

    public override void OnDue()
    {
        if (!_isOpen)
        {
            Open();
            return;
        }
        for (int at = 0; at < _entries.Count;)
        {
            if (_entries[at].Until <= shard.Now) Remove(at, DequeueReason.Timeout);
            else at++;
        }
    }

    /// <summary>All who wait are let go; their calls stay up.</summary>
    public override void Fail()
    {
        foreach (var enter in _early) Refuse(shard, enter, Refusal.Overloaded);
        _early.Clear();
        while (_entries.Count > 0 && !_isOver) Remove(_entries.Count - 1, DequeueReason.Leave, QueueEnd.Internal);
        if (!_isOver) End(QueueEnd.Internal);
    }

    public override void Abandon() => _isOver = true;

    public override void Release() => release(this);

    public static void Refuse(ShardContext shard, QueueMessage.Enter enter, Refusal why) =>
        shard.Send(enter.Leg.Shard, new LegMessage.NotAdmitted(enter.Leg, why, enter.Correlation));

    private void Begin()
    {
        shard.Emit(new Effect.Append(new QueueEvent.QueueBegan { Queue = facts, At = shard.Now }, IsAwaited: true));
        // These calls are up: they go on while the database is away, and so does what they do.
        if (shard.Ledger.IsReady) _nextDue = shard.Now + Limits.FirstRowWait;
        else Open();
    }

    private void Hear(bool isCommitted)
    {
        _isTaken |= isCommitted;
        if (isCommitted)
        {
            if (!_isOpen) Open();
            return;
        }
        // It never was: nothing of it may follow.
        if (!_isOpen)
        {
            foreach (var enter in _early) Refuse(shard, enter, Refusal.LedgerUnavailable);
            _early.Clear();
            _isOver = true;
        }
        else if (!_isTaken) Fail();
    }

    private void Open()
    {
        _isOpen = true;
        _nextDue = Instant.Never;
        foreach (var enter in _early) Admit(enter);
        _early.Clear();
    }

    private void Admit(QueueMessage.Enter enter)
    {
        if (enter.What.MaxSize is { } size && size != facts.MaxSize) Refuse(shard, enter, Refusal.QueueSizeFixed);
        else if (_entries.Count >= facts.MaxSize || _entries.Count >= enter.What.MostWaiting) Refuse(shard, enter, Refusal.QueueFull);
        else
        {
            var average = Average();
            _entries.Add(new(enter.Leg, shard.Now, enter.What.MaxWait is { } wait ? shard.Now + wait : Instant.Never));
            Recount();
            shard.Send(enter.Leg.Shard, new LegMessage.Admitted(enter.Leg, facts.Id, enter.Correlation)
            {
                Entry = ++_entered, Position = _entries.Count, AverageWait = average,
            });
        }
    }

    /// <summary>Whoever takes a call does not take himself.</summary>
    private void Take(QueueMessage.Take take)
    {
        int at = _entries.FindIndex(entry => entry.Leg != take.Leg);
        LegId? first = at < 0 ? null : _entries[at].Leg;
        if (first is not null) Remove(at, take.IsAnswered ? DequeueReason.Bridged : DequeueReason.Bridging);
        shard.Send(take.Leg.Shard, new LegMessage.FirstTaken(take.Leg, first, take.What, take.Correlation));
    }

    private void Remove(int at, DequeueReason reason, QueueEnd end = QueueEnd.Empty)
    {
        var entry = _entries[at];
        var waited = shard.Now - entry.Since;
        _entries.RemoveAt(at);
        _left++;
        _waited += waited;
        Recount();
        if (_entries.Count == 0) End(end);
        shard.Send(entry.Leg.Shard, new LegMessage.Dequeued(entry.Leg, facts.Id, reason) { Position = at + 1, Waited = waited });
    }

    private void End(QueueEnd why)
    {
        _isOver = true;
        shard.Emit(new Effect.Append(new QueueEvent.QueueEnded(why) { Queue = facts, At = shard.Now }, IsAwaited: false));
    }

    private TimeSpan Average()
    {
        if (_left > 0) return _waited / _left;
        if (_entries.Count == 0) return TimeSpan.Zero;
        var sum = TimeSpan.Zero;
        foreach (var entry in _entries) sum += shard.Now - entry.Since;
        return sum / _entries.Count;
    }

    private void Recount()
    {
        _nextDue = Instant.Never;
        foreach (var entry in _entries) _nextDue = Instant.Min(_nextDue, entry.Until);
    }

    private readonly record struct Entry(LegId Leg, Instant Since, Instant Until);
}
