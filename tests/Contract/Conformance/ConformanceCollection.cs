namespace Ringwright.Contract.Conformance;

/// <summary>The walk and what else asks the same node take turns.</summary>
[CollectionDefinition(nameof(ConformanceNode))]
public sealed class ConformanceCollection : ICollectionFixture<ConformanceNode>;
