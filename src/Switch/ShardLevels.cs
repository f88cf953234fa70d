namespace Ringwright.Switch;

/// <summary>How much one shard holds; see <see cref="ShardSnapshot"/> for what each of them is.</summary>
/// <param name="Dialogs">Dialogs that a leg is known by, those that have ended included until nothing more of them is expected.</param>
/// <param name="Subscriptions">What phones are told of; on the registrar's shard only.</param>
/// <param name="Bindings">Where phones are registered; on the registrar's shard only.</param>
public readonly record struct ShardLevels(int LiveLegs, int Actors, int Bridges, int Transactions, int Dialogs, int QueuedTimers,
    int Bindings, int RecoveryByeSenders, int Subscriptions);
