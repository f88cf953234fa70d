namespace Ringwright.Contract.Conformance;

/// <summary>The walk and what else asks the same node take turns.</summary>
[CollectionDefinition(nameof(ConformanceNode))]
public sealed class ConformanceCollection : ICollectionFixture<ConformanceNode>;

/// <summary>What nobody would send by mistake, and the other dialects: on another such node, beside the walk.</summary>
[CollectionDefinition(nameof(HostileBodies))]
public sealed class HostileCollection : ICollectionFixture<ConformanceNode>;
