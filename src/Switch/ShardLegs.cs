using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch;

/// <summary>The legs of one shard: their turns, when the next of them is due, and the commands of those that are gone. A turn that throws ends its leg and no other.</summary>
internal sealed class ShardLegs(ShardContext context)
{
    /// <summary>So many deadlines that no longer count may stand in the queue, beside one for each leg.</summary>
    private const int SpentDeadlines = 64;

    private readonly Dictionary<LegId, Leg> _legs = [];
    private readonly EndedCommands _ended = new();
    private readonly PriorityQueue<Leg, long> _due = new();

    public IReadOnlyCollection<Leg> All => _legs.Values;

    /// <summary>Legs whose LegEnded is still to come.</summary>
    public int Live { get; private set; }

    /// <summary>Deadlines in the queue, with those that no longer count.</summary>
    public int Waiting => _due.Count;

    public Instant NextDue
    {
        get
        {
            while (_due.TryPeek(out var leg, out long at))
            {
                if (leg.QueuedDue.Nanos == at && leg.NextDue.Nanos == at) return new(at);
                _due.Dequeue();
                if (leg.QueuedDue.Nanos == at) leg.QueuedDue = Instant.Never;
                Queue(leg);
            }
            return Instant.Never;
        }
    }

    public Leg? Find(LegId id) => _legs.GetValueOrDefault(id);

    /// <summary>By the tag that is ours.</summary>
    public Leg? Find(SipRequest request) => context.OwnerOf(request.To.Tag.AsText());

    /// <summary>The leg is gone, and this command was taken while it was there.</summary>
    public bool HasTaken(Letter.Command command) => _ended.Knows(command.Leg, command.What.CommandId, context.Now);

    public void Add(Leg leg)
    {
        _legs.Add(leg.Facts.Id, leg);
        Live++;
    }

    /// <summary>The leg whose <see cref="NextDue"/> has come.</summary>
    public bool TryTakeDue(out Leg leg)
    {
        if (!_due.TryDequeue(out leg!, out _)) return false;        // only read when true is returned
        leg.QueuedDue = Instant.Never;
        return true;
    }

    /// <summary>One turn of one leg. What the transactions then have to say is still to be passed on.</summary>
    public void Turn(Leg leg, Action act)
    {
        bool wasLive = !leg.IsEnded;
        try
        {
            act();
        }
        catch (Exception e)
        {
            context.Emit(new Effect.Failed(leg.Facts, e));
            Abort(leg);
        }
        if (wasLive && leg.IsEnded) Live--;
        if (leg.IsGone) Remove(leg);
        else Queue(leg);
    }

    private void Abort(Leg leg)
    {
        try
        {
            leg.End(Ending.ByNode(HangupCause.Internal), LegInput.HangUp);
        }
        catch (Exception e)
        {
            // Even the ending throws: what must never be left behind is freed by hand.
            context.Emit(new Effect.Failed(leg.Facts, e));
            leg.Abandon();
        }
    }

    private void Remove(Leg leg)
    {
        if (_legs.Remove(leg.Facts.Id)) _ended.Keep(leg.Facts.Id, leg.Commands.Memory, context.Now);
        leg.Dialog.Release();
    }

    private void Queue(Leg leg)
    {
        var due = leg.NextDue;
        if (leg.IsGone || due == Instant.Never || due >= leg.QueuedDue) return;
        leg.QueuedDue = due;
        _due.Enqueue(leg, due.Nanos);
        if (_due.Count > 2 * _legs.Count + SpentDeadlines) Tidy();
    }

    /// <summary>A call that ends early leaves its time limit, hours ahead, in the queue: without this the leg would stay in memory as long.</summary>
    private void Tidy()
    {
        _due.Clear();
        foreach (var leg in _legs.Values)
        {
            leg.QueuedDue = leg.NextDue;
            if (leg.QueuedDue != Instant.Never) _due.Enqueue(leg, leg.QueuedDue.Nanos);
        }
    }
}
