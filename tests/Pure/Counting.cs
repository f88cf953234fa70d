namespace Ringwright.Pure;

/// <summary>
/// Tests of what optimised code does: they run alone, for the runtime optimises nothing while others have it make new code all the time.
/// </summary>
[CollectionDefinition(nameof(Counting), DisableParallelization = true)]
public sealed class Counting;
