using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Delivery;
using Ringwright.Delivery.Mails;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Tables;
using Ringwright.Voipbin;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Server.Modules;

/// <summary>The API of the campaign dialer, and the flows that command its calls.</summary>
internal sealed class VoipbinModule : Module
{
    /// <summary>One for the process, for it never changes.</summary>
    private static readonly Lazy<Contract> Facts = new(VoipbinContract.Read);

    public override string Name => "voipbin";

    public override IReadOnlyList<IWebhookFormat> WebhookFormats => [new VoipbinWebhookFormat()];

    public override IReadOnlyList<IMailFormat> MailFormats(Database database) => [new VoipbinMailFormat()];

    public override CampaignApi Campaigns => new(Name, VoipbinDialect.Root.TrimStart('/') + "/", "voipbin.", new VoipbinWebhookFormat());

    public override void Prepare() => _ = Facts.Value;

    public override IReadOnlyList<StoreArea> Areas => [VoipbinArea.Area];

    public override async ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop)
    {
        var node = new VoipbinNode(Facts.Value, new()
        {
            Store = ground.Database, Egress = ground.Egress, SipHome = ground.Apis.SipHome, HasMail = ground.HasMail,
            Links = ground.Downloads,
            Notation = new()
            {
                HasIsoTimes = ground.Apis.HasIsoDialerTimes, HasUpdateTimes = ground.Apis.Compat.HasUpdateTimes,
                SaysNoAnswer = ground.Apis.Compat.SaysNoAnswer, HasFlowReferences = ground.Apis.Compat.HasFlowReferences,
            },
            Log = ground.Loggers.CreateLogger("Ringwright.Voipbin"),
        });
        await node.ReadAsync(stop);
        return new Joined(ground, node);
    }

    internal sealed class Joined(ModuleGround ground, VoipbinNode node) : JoinedModule
    {
        private Pipeline? _api;

        public CallWork Work => node.Work;

        private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

        public override IReadOnlyList<IProjector> Projectors => [node.Work.Projector];

        public override ICallProgram? CreateProgram(Application application) => node.Work.CreateProgram(application);

        public override IQueueAgents? QueueAgents => node.Work.QueueAgents;

        public override ILoneAttempts? LoneAttempts => node.LoneAttempts;

        public override ITargetAddresses? TargetAddresses => node.TargetAddresses;

        public override string? RetriesAnswered => ground.Apis.Compat.RetriesAnswered ? VoipbinDialect.Name : null;

        public override IReadOnlyList<Sweep> Sweeps(Ledger ledger) =>
            [new("the look after calls and agents", Look, node.Work.SweepAsync) { Tell = node.Parts.Log.CallsNotSwept }];

        public override IReadOnlyList<ServedApi> Serve(ModuleServices services)
        {
            node.Use(NodeModules.AssistantsOfFlows(ground, services));
            node.Use(services.RecordingFiles);
            node.Begin(services.Http.Pipeline.Calls, services.Dialling.Changed, services.Dialling.AgentsFreed, services.Dialling.Gate,
                services.Holds);
            node.Use(NodeModules.TextWaits(ground));
            _api = new(VoipbinDialect.Create(Facts.Value, node.Parts), new VoipbinKeys(node.Parts, services.Http.Keys),
                services.Http.Limiter, services.Http.Pipeline, services.Http.Settings, ground.Loggers.CreateLogger<Pipeline>());
            return [new ServedApi(_api)];
        }

        public override ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(LegRow leg, CancellationToken stop) =>
            AskAsync(_api, "GetCall", leg, stop, ("id", leg.Uuid.ToString()));

        public override ValueTask DisposeAsync() => node.DisposeAsync();
    }
}
