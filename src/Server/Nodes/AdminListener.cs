using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Net;
using Ringwright.Operator;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Store;
using Ringwright.Telnyx;

namespace Ringwright.Server.Nodes;

/// <summary>The operator's web server: trunks, routes, metrics on TCP, and all of it with the program's own commands on the data folder's socket.</summary>
internal static class AdminListener
{
    /// <summary>A price list of a hundred thousand lines has a few million.</summary>
    private const long MostBodyBytes = 64 * 1024 * 1024;

    /// <param name="cycles">What the operator decides on; null where no node runs.</param>
    /// <param name="bound">The place on TCP; null serves the data folder's socket alone.</param>
    public static async Task<Listener> StartAsync(ServeSettings settings, Database database, NodeRoutes commands, IRouteExplainer routes, ITrunkRegistrations registrations, TrunkHosts trunkHosts, ITrunkHostCheck hostCheck, IReadOnlyList<LifeCycle>? cycles, Func<NodeStatus>? status, MetricStore? metrics, Socket? bound, ConnectionBudget budget,
        ILoggerFactory loggers, CancellationToken stop)
    {
        string socket = AdminSocket.PathFor(settings.Data);
        AdminSocket.Prepare(socket);
        var clock = TimeProvider.System;
        var door = new OperatorDoor(database.OperatorKeys, settings.NeedsOperatorKey, clock);
        var services = new PipelineServices
        {
            Routing = database.Routing,
            Calls = NoCalls.Instance,
            Time = clock,
            Snowflakes = new(clock, database.Node.Node),
        };
        var dialect = OperatorDialect.Create(database, routes, Traces(database), registrations, trunkHosts, hostCheck, cycles,
            loggers.CreateLogger("Ringwright.Http"));
        var pipeline = new Pipeline(
            dialect, door, new RequestLimiter(settings.ApiRate, clock), services, new() { IsStrict = settings.HasCheckedReplies, BodyBytes = MostBodyBytes },
            loggers.CreateLogger<Pipeline>());

        var listener = await Listener.StartAsync("--admin", bound is null ? null : settings.Admin, bound, budget, loggers, kestrel => kestrel.ListenUnixSocket(socket), app =>
        {
            app.Use((HttpContext http, RequestDelegate next) => door.GuardAsync(http, next));
            app.MapDialect(pipeline);
            if (metrics is not null) app.MapGet("/metrics", http => MetricsAsync(http, door, metrics));
            // On TCP these paths do not exist.
            app.UseWhen(http => http.Request.Path.StartsWithSegments("/node", StringComparison.Ordinal) && !OperatorDoor.IsSocket(http),
                branch => branch.Run(http => { http.Response.StatusCode = StatusCodes.Status404NotFound; return Task.CompletedTask; }));
            if (status is not null) app.MapGet("/node/status", http => http.Response.WriteAsJsonAsync(status(), NodeJson.Default.NodeStatus, cancellationToken: http.RequestAborted));
            commands.Map(app);
        }, stop);
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return listener;
    }

    /// <summary>The operator may name a call as its customer does.</summary>
    private static CallTraces Traces(Database database)
    {
        var ids = new Ids(database.Node);
        return new(database, (tenant, text) => ids.TryReadCallControl(text, tenant, out var leg) ? leg : null);
    }

    private static async Task MetricsAsync(HttpContext http, OperatorDoor door, MetricStore metrics)
    {
        if (!await door.MayAsync(http))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return;
        }
        http.Response.ContentType = PrometheusText.ContentType;
        await http.Response.WriteAsync(PrometheusText.Write(metrics.Collect()), http.RequestAborted);
    }
}
