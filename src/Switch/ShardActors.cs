using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch;

/// <summary>
/// The actors of one shard, of all kinds: how messages find them, their turns, when the next of them is due, and how many there are.
/// A turn that throws ends its actor and no other.
/// </summary>
internal sealed class ShardActors(ShardContext context)
{
    /// <summary>So many deadlines that no longer count may stand in the queue, beside one for each actor.</summary>
    private const int SpentDeadlines = 64;

    private readonly PriorityQueue<Actor, long> _due = new();
    private Kind?[] _kinds = [];

    /// <summary>Actors in memory, of all kinds.</summary>
    public int Total { get; private set; }

    /// <summary>Deadlines in the queue, with those that no longer count.</summary>
    public int Waiting => _due.Count;

    public Instant NextDue
    {
        get
        {
            while (_due.TryPeek(out var actor, out long at))
            {
                if (actor.QueuedDue.Nanos == at && actor.NextDue.Nanos == at) return new(at);
                _due.Dequeue();
                if (actor.QueuedDue.Nanos == at) actor.QueuedDue = Instant.Never;
                Queue(actor);
            }
            return Instant.Never;
        }
    }

    /// <summary>Before the first letter.</summary>
    public void Register(SubjectKind kind, IActorFactory factory)
    {
        if (_kinds.Length <= (int)kind) Array.Resize(ref _kinds, (int)kind + 1);
        _kinds[(int)kind] = new(factory);
    }

    public IReadOnlyCollection<Actor> All(SubjectKind kind) => Of(kind).Actors.Values;

    public int Count(SubjectKind kind) => Of(kind).Actors.Count;

    /// <summary>Those that have not ended.</summary>
    public int Live(SubjectKind kind) => Of(kind).Live;

    public Actor? Find(Subject address) => Of(address.Kind).Actors.GetValueOrDefault(address.Value);

    public void Add(Actor actor)
    {
        var kind = KindOf(actor);
        kind.Actors.Add(actor.Address.Value, actor);
        kind.Live++;
        Total++;
    }

    /// <summary>The turn of the actor that the message is for, or of the one that it makes.</summary>
    /// <returns>What whoever waits for the message is to be told, whatever happened in the turn;
    /// null when that is said elsewhere.</returns>
    public Ack? Deliver(ShardMessage.ToActor message)
    {
        var kind = Of(message.To.Kind);
        var to = kind.Factory.AddressOf(message);
        Ack? ack = Refusal.AlreadyEnded;
        if (!kind.Actors.TryGetValue(to.Value, out var actor))
        {
            if (!TryMake(kind, message, out actor)) return ack;
            if (actor is null) return null;
            Add(actor);
        }
        bool wasEnded = actor.IsEnded;
        try
        {
            ack = actor.Handle(message);
        }
        catch (Exception e)
        {
            End(actor, e);
        }
        Settle(actor, wasEnded);
        return ack;
    }

    /// <summary>The actor whose <see cref="NextDue"/> has come.</summary>
    public bool TryTakeDue(out Actor actor)
    {
        if (!_due.TryDequeue(out actor!, out _)) return false;        // only read when true is returned
        actor.QueuedDue = Instant.Never;
        return true;
    }

    /// <summary>One turn of one actor. What the transactions then have to say is still to be passed on.</summary>
    public void Turn(Actor actor, Action act) => Turn(actor, act, static act => act());

    /// <inheritdoc cref="Turn(Actor, Action)"/>
    /// <param name="what">What <paramref name="act"/> needs, so that a message of a call needs no closure.</param>
    public void Turn<T>(Actor actor, T what, Action<T> act)
    {
        bool wasEnded = actor.IsEnded;
        try
        {
            act(what);
        }
        catch (Exception e)
        {
            End(actor, e);
        }
        Settle(actor, wasEnded);
    }

    /// <returns>False when that threw: an actor that cannot be made must not cost the others their shard.</returns>
    private bool TryMake(Kind kind, ShardMessage.ToActor message, out Actor? actor)
    {
        actor = null;
        try
        {
            actor = kind.Factory.Make(message);
            return true;
        }
        catch (Exception e)
        {
            context.Emit(new Effect.Failed(null, e));
            return false;
        }
    }

    private void End(Actor actor, Exception fault)
    {
        context.Emit(new Effect.Failed(actor.Concerned, fault));
        try
        {
            actor.Fail();
        }
        catch (Exception e)
        {
            context.Emit(new Effect.Failed(actor.Concerned, e));
            actor.Abandon();
        }
    }

    private void Settle(Actor actor, bool wasEnded)
    {
        actor.AfterTurn();
        if (!wasEnded && actor.IsEnded) KindOf(actor).Live--;
        if (actor.IsGone) Remove(actor);
        else Queue(actor);
    }

    private void Remove(Actor actor)
    {
        if (!KindOf(actor).Actors.Remove(actor.Address.Value)) return;
        Total--;
        actor.Release();
    }

    private void Queue(Actor actor)
    {
        var due = actor.NextDue;
        if (actor.IsGone || due == Instant.Never || due >= actor.QueuedDue) return;
        actor.QueuedDue = due;
        _due.Enqueue(actor, due.Nanos);
        if (_due.Count > 2 * Total + SpentDeadlines) Tidy();
    }

    /// <summary>
    /// A call that ends early leaves its time limit, hours ahead, in the queue: without this the leg would stay in memory as long.
    /// </summary>
    private void Tidy()
    {
        _due.Clear();
        foreach (var kind in _kinds)
        {
            foreach (var actor in kind?.Actors.Values ?? Enumerable.Empty<Actor>())
            {
                actor.QueuedDue = actor.NextDue;
                if (actor.QueuedDue != Instant.Never) _due.Enqueue(actor, actor.QueuedDue.Nanos);
            }
        }
    }

    private Kind KindOf(Actor actor) => Of(actor.Address.Kind);

    private Kind Of(SubjectKind kind) => ((int)kind < _kinds.Length ? _kinds[(int)kind] : null)
        ?? throw new InvalidOperationException($"No actors of the kind {kind} are registered.");

    private sealed class Kind(IActorFactory factory)
    {
        public IActorFactory Factory { get; } = factory;
        public Dictionary<UInt128, Actor> Actors { get; } = [];
        public int Live { get; set; }
    }
}
