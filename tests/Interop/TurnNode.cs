namespace Ringwright.Interop;

/// <summary>
/// A node for classes that look at all rooms of an account, or listen so closely that others beside them would be heard. What they need is
/// that no other test is on it at the same time, and for that one node serves them all.
/// </summary>
public sealed class TurnNode : RunningNode;

/// <summary>The classes that take turns on it.</summary>
[CollectionDefinition(nameof(TurnNode))]
public sealed class TurnNodeDefinition : ICollectionFixture<TurnNode>;
