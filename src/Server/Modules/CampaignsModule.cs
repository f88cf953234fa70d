using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Modules;

/// <summary>What campaigns say by themselves. Who dials for them is a part of the node: it must stop before calls do.</summary>
internal sealed class CampaignsModule : Module
{
    public override string Name => "campaigns";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        private readonly Func<Guid, LegFacts, CancellationToken, ValueTask<(bool IsScripted, bool TakesKeys)>> _formOf =
            CampaignTalkDesk.FormsOf(ground);
        private readonly Func<Guid, Target?, LegFacts, CancellationToken, ValueTask<CampaignOpening>> _openingOf =
            CampaignTalkDesk.OpeningsOf(ground);

        public override ICallProgram? CreateProgram(Application application) =>
            application.Kind is ApplicationKind.Campaign
                ? new CampaignMessage(ground.Database, ground.Time, ground.Apis.Llm is not null, _formOf, _openingOf) : null;
    }
}
