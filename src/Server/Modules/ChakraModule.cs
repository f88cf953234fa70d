using Ringwright.Chakra;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Store.Areas;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Modules;

/// <summary>The call log of a CRM.</summary>
internal sealed class ChakraModule : Module
{
    /// <summary>One for the process, for it never changes.</summary>
    private static readonly Lazy<Contract> Facts = new(ChakraContract.Read);

    public override string Name => "chakra";

    public override IReadOnlyList<StoreArea> Areas => [ChakraArea.Area];

    public override void Prepare() => _ = Facts.Value;

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

    private sealed class Joined(ModuleGround ground) : JoinedModule
    {
        private Pipeline? _api;

        public override IReadOnlyList<ServedApi> Serve(ModuleServices services)
        {
            _api = new(ChakraDialect.Create(Facts.Value, new() { Store = ground.Database }), services.Http.Keys, services.Http.Limiter,
                services.Http.Pipeline, services.Http.Settings, ground.Loggers.CreateLogger<Pipeline>());
            return [new ServedApi(_api)];
        }

        public override ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(LegRow leg, CancellationToken stop) =>
            AskAsync(_api, "GetCall", leg, stop, ("id", leg.Uuid.ToString()));
    }
}
