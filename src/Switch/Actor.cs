using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch;

/// <summary>
/// Something that lives on one shard, hears messages and may have timers: a leg, a bridge. Its fields are touched only in turns of its
/// shard, which <see cref="ShardActors"/> makes. Other actors do not hold it, they know its address.
/// </summary>
internal abstract class Actor
{
    public abstract Subject Address { get; }

    /// <summary>For everybody outside it is over; it counts as live no longer.</summary>
    public abstract bool IsEnded { get; }

    /// <summary>Nothing will ever come of it again: the shard forgets it after this turn.</summary>
    public abstract bool IsGone { get; }

    /// <summary>When <see cref="OnDue"/> wants to be called.</summary>
    public virtual Instant NextDue => Instant.Never;

    /// <summary>The shard's note: the deadline under which this actor stands in its queue.</summary>
    public Instant QueuedDue { get; set; } = Instant.Never;

    /// <summary>Whose call a fault in its turns concerns, for the log; null when it is no single leg's.</summary>
    public virtual LegFacts? Concerned => null;

    /// <summary>A turn for one message of its kind; the one that it was made for is the first.</summary>
    /// <returns>What whoever waits for this message is told; null when another will answer.</returns>
    public abstract Ack? Handle(ShardMessage.ToActor message);

    /// <summary>A turn for its timers.</summary>
    public virtual void OnDue() { }

    /// <summary>After each turn, whatever happened in it; must not throw.</summary>
    public virtual void AfterTurn() { }

    /// <summary>A turn threw: it ends by its own rules.</summary>
    public abstract void Fail();

    /// <summary>Even that threw: without a word more, whatever must never be left behind is freed, and it has ended.</summary>
    public abstract void Abandon();

    /// <summary>The shard has forgotten it: nothing may lead to it any more.</summary>
    public virtual void Release() { }
}

/// <summary>Makes the actors of one kind on one shard, and answers for those that are not there.</summary>
internal interface IActorFactory
{
    /// <param name="message">Of the kind's own messages; there is no actor at its address.</param>
    /// <returns>
    /// The actor that the message asks for. Null for a message that makes none: its actor is gone, which is normal,
    /// and what has to be said then is said.
    /// </returns>
    Actor? Make(ShardMessage.ToActor message);

    /// <summary>Whom a message is for; kinds whose actors have names of their own find them by those.</summary>
    Subject AddressOf(ShardMessage.ToActor message) => message.To;
}
