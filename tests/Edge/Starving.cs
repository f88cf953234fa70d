namespace Ringwright.Edge;

/// <summary>Tests that leave the others no processor: they run alone.</summary>
[CollectionDefinition(nameof(Starving), DisableParallelization = true)]
public sealed class Starving;
