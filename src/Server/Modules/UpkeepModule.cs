using Ringwright.Store;

namespace Ringwright.Server.Modules;

/// <summary>What every node does by itself for what it keeps, whoever its customers are.</summary>
internal sealed class UpkeepModule : Module
{
    public override string Name => "upkeep";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        /// <summary>
        /// Signs of life come first and end last: what runs long at the end of the others must not make the node look dead.
        /// </summary>
        public override IReadOnlyList<NamedSweep> Sweeps(Ledger ledger)
        {
            var (store, time, logger) = (ground.Database, ground.Time, ground.Loggers.CreateLogger("Ringwright.Store"));
            return
            [
                // of the process, whatever the time is for its calls
                new("the signs of life", Sweep.OfLife(ledger, TimeProvider.System, logger)),
                new("the housekeeping", Sweep.OfAge(new(store, ground.Retention, ground.DataFolder, logger), time,
                    logger)),
                .. store.Outbox.Lease.IsShared
                    ? [new NamedSweep("the look after dead nodes", Sweep.OfDeadNodes(new(store, ledger, logger), time, logger))]
                    : (NamedSweep[])[],
                new("the sweep of bundles", Sweep.OfBundles(store.UserBundles, time, logger)),
                new("the sweep of numbers", Sweep.OfNumbers(store.NumberMonths, time, logger)),
                new("the sweep of media", Sweep.OfMedia(store.Media, time, logger)),
            ];
        }
    }
}
