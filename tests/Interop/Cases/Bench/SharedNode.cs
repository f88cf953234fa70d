using Ringwright.Interop;
using Ringwright.Testing;

// One node for all classes of this suite. They wait more than they compute, so four run at a time; with eight, on two cores,
// most of the time went into starting nodes beside each other.
[assembly: AssemblyFixture(typeof(RunningNode))]
// Behind it, for what awaits the node goes on in the pool.
[assembly: AssemblyFixture(typeof(InOrder))]
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
