using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Ringwright.Edge.Dialects;
using Ringwright.Http;
using Ringwright.Server.Modules;

namespace Ringwright.Edge.Server;

/// <summary>A module that is none of the node's own has an API on the operator's listener.</summary>
public sealed class OperatorApiModuleTests
{
    private const string OperatorKey = "operator-key-of-the-tests", Tickets = Tiny.Root + "/tickets";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_api_of_a_module_is_the_operators_beside_his_own()
    {
        await using var node = await RunningNode.StartAsync(s => s with { OperatorKey = OperatorKey }, modules: [new TinyForOperators()]);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node.Admin, Tickets, key: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(node.Admin, Tickets, RunningNode.Key));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(node.Admin, Tickets, OperatorKey));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(node.Admin, "/operator/v1/accounts", OperatorKey));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(node.Api, Tickets, RunningNode.Key));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient listener, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await listener.SendAsync(request, Stop);
        return answer.StatusCode;
    }

    private sealed class TinyForOperators : Module
    {
        public override string Name => "tiny";

        public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(new Joined(ground));

        private sealed class Joined(ModuleGround ground) : JoinedModule
        {
            public override IReadOnlyList<ServedApi> ServeOperator(OperatorServices services) =>
                [new(new Pipeline(Tiny.Create(ground.Database), services.Operators, services.Limiter, services.Pipeline, services.Settings,
                    services.Loggers.CreateLogger<Pipeline>()))];
        }
    }
}
