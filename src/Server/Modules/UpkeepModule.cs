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
        public override IReadOnlyList<Sweep> Sweeps(Ledger ledger)
        {
            var (store, logger) = (ground.Database, ground.Loggers.CreateLogger("Ringwright.Store"));
            return
            [
                Sweep.OfLife(ledger, logger),
                Sweep.OfAge(new(store, ground.Retention, ground.DataFolder, logger), logger),
                .. store.Outbox.Lease.IsShared ? [Sweep.OfDeadNodes(new(store, ledger, logger), logger)] : (Sweep[])[],
                Sweep.OfBundles(store.UserBundles, logger),
                Sweep.OfNumbers(store.NumberMonths, logger),
                Sweep.OfMedia(store.Media, logger),
            ];
        }
    }
}
