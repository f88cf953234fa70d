using Ringwright.Http;
using Ringwright.Server.Modules;
using Ringwright.Store;

namespace Ringwright.Edge.Server;

/// <summary>The smallest module with a loop and a page: how many accounts the node has, counted again and again.</summary>
internal sealed class SmallModule : Module
{
    public override string Name => "counting";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Counting(ground));

    private sealed class Counting(ModuleGround ground) : JoinedModule
    {
        private volatile int _accounts;

        public override IReadOnlyList<Sweep> Sweeps(Ledger ledger) =>
            [new("the count of accounts", TimeSpan.FromMilliseconds(50), CountAsync)];

        public override void MapPages(PagePlace pages) => pages.MapPage("", visit => visit.ShowAsync($"{_accounts} accounts"));

        private async Task CountAsync(CancellationToken stop) => _accounts = (await ground.Database.Tenants.ListAsync(stop)).Count;
    }
}
