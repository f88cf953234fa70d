using Ringwright.Interop;

// One node for all classes of this suite. They wait far more than they compute, so more of them run than there are cores.
[assembly: AssemblyFixture(typeof(RunningNode))]
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
