using Ringwright.Admission;
using Ringwright.Admission.Numbering;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Net;
using Ringwright.Net.Dns;
using Ringwright.Operator;
using Ringwright.Server.Modules;
using Ringwright.Server.Settings;
using Ringwright.Store;
using Ringwright.Switch;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;

namespace Ringwright.Server.Nodes;

/// <summary>The database of a data folder behind its socket, without SIP, for the length of one command.</summary>
internal sealed class OfflineNode : IAsyncDisposable
{
    private readonly Database _database;
    private readonly WebListener _socket;

    private OfflineNode(Database database, WebListener socket) => (_database, _socket) = (database, socket);

    /// <param name="output">Where the secrets of a first account are shown; null makes none.</param>
    public static async Task<OfflineNode> StartAsync(ServeSettings settings, ILoggerFactory loggers, TextWriter? output,
        CancellationToken stop)
    {
        var clock = TimeProvider.System;
        var database = await Databases.OpenAsync(settings, clock, loggers, stop);
        try
        {
            if (output is not null) await FirstStart.RunAsync(database, settings, output, stop);
            var parts = new OperatorParts
            {
                Store = database,
                AsksForKey = settings.NeedsOperatorKey,
                Accounts = new()
                {
                    Credentials = NodeModules.Credentials(database), Administrator = NodeModules.Administrator(database),
                },
                Calls = new()
                {
                    Control = NoCalls.Instance, Explainer = Explainer(settings, database, clock), Traces = NodeModules.Traces(database),
                    AreLive = false,
                },
                Trunks = new()
                {
                    Registrations = new TrunkBook(), Hosts = new(),
                    HostCheck = new TrunkHostCheck(HostsOf(settings), new(NetworksOf(settings)), clock),
                },
                Documents = new()
                {
                    Links = settings.PublicUrl is { } root ? new(root) : PublicLinks.Relative, FaultOf = NodeModules.FaultOfDocument
                },
                Snowflakes = new(clock, database.Node.Node),
                Snapshots = NodeModules.Snapshots(database, loaded: static () => { }),
                Logger = loggers.CreateLogger("Ringwright.Http"),
            };
            var guard = AdminListener.GuardOf(settings, database);
            var api = OperatorModule.Serve(AdminListener.ServicesOf(settings, parts, guard, loggers));
            var budget = ListenerBudget.Create("admin", ConnectionLimits.Of(1), _ => false, loggers.CreateLogger("Ringwright.Server"));
            return new(database,
                await AdminListener.StartAsync(settings, guard, [api], status: null, metrics: null, bound: null, budget, loggers, stop));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>No call lives without a node, so that every limit is free.</summary>
    private static RouteExplainer Explainer(ServeSettings settings, Database database, TimeProvider clock)
    {
        var plans = NumberingPlans.Load();
        var gate = new DialGate(database.Routing, plans, EmergencyNumbers.Load(plans),
            new DialGateOptions { IsLoopbackOnly = settings.IsOnLoopbackOnly }, clock);
        var targets = TargetPolicy.For(Ports.Listeners(settings), settings.AllowTargets, Ports.LocalAddresses());
        return new(database.Routing, gate, targets, settings.SipDomains.FirstOrDefault() ?? settings.Sip.Address.ToString(),
            HostsOf(settings), new());
    }

    /// <summary>As a node that serves with these settings has them.</summary>
    private static SipDomains HostsOf(ServeSettings settings) =>
        new(settings.SipDomains, [.. NetworksOf(settings).Select(network => network.Advertised)], settings.IsOnLoopbackOnly)
        {
            Former = NodeModules.SipHosts,
        };

    private static IReadOnlyList<SipNetwork> NetworksOf(ServeSettings settings) =>
    [
        .. settings.Networks.Select(network =>
            new SipNetwork(network.Sip, new(Ports.Advertised(network, network.Sip.Address), network.Sip.Port))),
    ];

    public async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        await _database.DisposeAsync();
    }
}
