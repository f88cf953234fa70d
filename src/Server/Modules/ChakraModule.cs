using Ringwright.Calls;
using Ringwright.Campaigns.Lists;
using Ringwright.Chakra;
using Ringwright.Chakra.Telling;
using Ringwright.Delivery;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Store;
using Ringwright.Store.Areas;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Modules;

/// <summary>The call log of a CRM.</summary>
internal sealed class ChakraModule : Module
{
    /// <summary>One for the process, for it never changes.</summary>
    private static readonly Lazy<Contract> Facts = new(ChakraContract.Read);

    public override string Name => "chakra";

    public override IReadOnlyList<IWebhookFormat> WebhookFormats => [new ChakraWebhookFormat()];

    public override IReadOnlyList<StoreArea> Areas => [ChakraArea.Area];

    public override void Prepare() => _ = Facts.Value;

    public override async ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop)
    {
        var log = ground.Loggers.CreateLogger("Ringwright.Chakra");
        var telling = new ChakraTelling(ground.Database, log);
        await telling.ReadAsync(stop);
        return new Joined(ground, telling, log);
    }

    private sealed class Joined(ModuleGround ground, ChakraTelling telling, ILogger log) : JoinedModule
    {
        private static readonly TimeSpan Look = TimeSpan.FromSeconds(1), LookAtListeners = TimeSpan.FromSeconds(5);

        private Pipeline? _api;

        public override IReadOnlyList<IProjector> Projectors => [telling.Projector];

        public override IReadOnlyList<Sweep> Sweeps(Ledger ledger) =>
        [
            new("the look after who hears of calls", LookAtListeners, telling.ReadAsync) { Tell = log.ListenersNotRead },
            new("the telling of calls", Look, telling.LookAsync) { Tell = log.CallsNotTold },
        ];

        public override IReadOnlyList<ServedApi> Serve(ModuleServices services)
        {
            telling.Links = services.Http.Pipeline.Links;
            telling.Begin(services.Http.Pipeline.Calls);
            var parts = new ChakraParts
            {
                Store = ground.Database, Telling = telling, UrlFault = ground.WebhookUrlFault,
                ReadNumber = static text => TypedE164.TryRead(text, out var number, out _) ? number.Text : null,
            };
            _api = new(ChakraDialect.Create(Facts.Value, parts), services.Http.Keys, services.Http.Limiter, services.Http.Pipeline,
                services.Http.Settings, ground.Loggers.CreateLogger<Pipeline>());
            return [new ServedApi(_api)];
        }

        public override ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(LegRow leg, CancellationToken stop) =>
            AskAsync(_api, "GetCall", leg, stop, ("id", leg.Uuid.ToString()));
    }
}
