using Ringwright.Http;
using Ringwright.Operator;

namespace Ringwright.Server.Modules;

/// <summary>The operator's own API.</summary>
internal sealed class OperatorModule : Module
{
    public override string Name => "operator";

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined());

    /// <summary>For a data folder without a node, too.</summary>
    public static ServedApi Serve(OperatorServices services) => new(new Pipeline(OperatorDialect.Create(services.Parts),
        services.Operators, services.Limiter, services.Pipeline, services.Settings, services.Loggers.CreateLogger<Pipeline>()));

    private sealed class Joined : JoinedModule
    {
        public override IReadOnlyList<ServedApi> ServeOperator(OperatorServices services) => [OperatorModule.Serve(services)];
    }
}
