namespace Ringwright.Switch;

/// <summary>What lives on a shard. Each kind has letters of its own, and an <see cref="IActorFactory"/> that the shard registers.</summary>
public enum ActorKind
{
    Leg,
    Bridge,
}

/// <summary>Where a letter goes on its shard.</summary>
/// <param name="Id">The value of the kind's own id; 0 for an actor that is still to be made and gets its id then.</param>
public readonly record struct ActorAddress(ActorKind Kind, UInt128 Id);
