using Ringwright.Admission.Numbering;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telefonie;
using Ringwright.Telefonie.Calling;
using Ringwright.Telefonie.Conferring;
using Ringwright.Telefonie.Numbers;

namespace Ringwright.Server.Modules;

/// <summary>Telefonie's calls: placed, read, ended, and told of; its conferences, recordings, numbers and messages.</summary>
internal sealed class TelefonieModule : Module
{
    /// <summary>One for the process, for it never changes.</summary>
    private static readonly Lazy<Contract> Facts = new(TelefonieContract.Read);

    public override string Name => "telefonie";

    public override IReadOnlyList<DialectFaces> Faces => [TelefonieDialect.Faces];

    public override IReadOnlyList<IWebhookFormat> WebhookFormats => [new TelefonieWebhookFormat()];

    public override CallApi Calls => new(Name, TelefonieDialect.Root.TrimStart('/') + "/", "X-API-Key", new TelefonieWebhookFormat());

    public override void Prepare() => _ = Facts.Value;

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        private static readonly TimeSpan LookAtDocuments = TimeSpan.FromMinutes(1);

        private readonly TelefonieProjector _projector = new(ground.Downloads.Public, ground.Apis.Compat.ShowsCalledUrls);
        private readonly CalledParticipants _called = new(ground.Loggers.CreateLogger("Ringwright.Telefonie"));

        private Pipeline? _api;

        public override IReadOnlyList<IProjector> Projectors => [_projector, _called];

        public override IReadOnlyList<Sweep> Sweeps(Ledger ledger) =>
        [
            new("the sweep of documents that answer no number any more", LookAtDocuments,
                stop => TelefonieNumberDocuments.SweepAsync(ground.Database, ground.Time, stop)),
        ];

        public override IReadOnlyList<ServedApi> Serve(ModuleServices services)
        {
            _called.Calls = services.Http.Pipeline.Calls;
            var parts = new TelefonieParts
            {
                Store = ground.Database, Egress = ground.Egress, Links = ground.Downloads,
                Classify = number => Classify(services.Plans, number), Gate = services.Dialling.Gate, Holds = services.Holds,
                WaitOf = NodeModules.TextWaits(ground),
                ShowsCalledUrls = ground.Apis.Compat.ShowsCalledUrls,
            };
            _api = new(TelefonieDialect.Create(Facts.Value, parts), services.Http.Keys, services.Http.Limiter, services.Http.Pipeline,
                services.Http.Settings, ground.Loggers.CreateLogger<Pipeline>());
            return [new ServedApi(_api)];
        }

        public override ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(LegRow leg, CancellationToken stop) =>
            AskAsync(_api, "getCall", leg, stop, ("call_id", leg.Uuid.ToString()));

        private static NumberClass Classify(NumberingPlans plans, string text)
        {
            if (!E164.TryParse(text, out var number)) return new("local", null);
            var facts = plans.Classify(number);
            return new(facts.Type switch
            {
                NumberType.TollFree => "toll-free",
                NumberType.Mobile => "mobile",
                NumberType.FixedLine or NumberType.Unknown => "local",
                _ => "national",
            }, facts.Country);
        }
    }
}
