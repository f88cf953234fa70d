// They wait for sockets, databases and timers more than they compute.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace Ringwright.Edge;

/// <summary>Tests that leave the others no processor, or count what others would add to: they run alone.</summary>
[CollectionDefinition(nameof(Starving), DisableParallelization = true)]
public sealed class Starving;
