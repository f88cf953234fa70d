using Ringwright.Interop;

// One node for all classes of this suite. They wait more than they compute, so four run at a time; with eight, on two cores,
// most of the time went into starting nodes beside each other.
[assembly: AssemblyFixture(typeof(RunningNode))]
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
