using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ringwright.Http;
using Ringwright.Net;
using Ringwright.Operator;
using Ringwright.Server.Clock;
using Ringwright.Server.Operating;
using Ringwright.Server.Reading;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Nodes;

/// <summary>
/// The operator's web server: trunks, routes, metrics on TCP, and all of it with the program's own commands on the data folder's socket.
/// </summary>
internal static class AdminListener
{
    /// <summary>A price list of a hundred thousand lines has a few million.</summary>
    private const long MostBodyBytes = 64 * 1024 * 1024;

    /// <param name="parts">What the operator's API stands on.</param>
    /// <param name="world">Counts the requests, where time is virtual.</param>
    /// <param name="bound">The place on TCP; null serves the data folder's socket alone.</param>
    /// <param name="more">What else is here, and who may see it.</param>
    public static async Task<WebListener> StartAsync(ServeSettings settings, OperatorParts parts, Func<NodeStatus>? status,
        MetricStore? metrics, Socket? bound, ConnectionBudget budget, ILoggerFactory loggers, CancellationToken stop,
        VirtualWorld? world = null, Action<IEndpointRouteBuilder, IAuthenticator>? more = null)
    {
        var database = parts.Store;
        string socket = AdminSocket.PathFor(settings.Data);
        AdminSocket.Prepare(socket);
        var clock = TimeProvider.System;
        var guard = new AdminGuard(database.OperatorKeys, settings.NeedsOperatorKey, clock);
        var services = new PipelineServices
        {
            Routing = database.Routing,
            Calls = parts.Calls.Control,
            Time = database.Time,
            Snowflakes = parts.Snowflakes,
        };
        var pipeline = new Pipeline(
            OperatorDialect.Create(parts), guard, new RequestLimiter(settings.ApiRate, clock), services,
            new() { IsStrict = settings.HasCheckedReplies, BodyBytes = MostBodyBytes }, loggers.CreateLogger<Pipeline>());

        var listener = await WebListener.StartAsync("--admin", bound is null ? null : settings.Admin, bound, budget, loggers,
            kestrel => kestrel.ListenUnixSocket(socket), app =>
            {
                if (world is not null) app.Use((HttpContext http, RequestDelegate next) => world.CountAsync(http, next));
                app.Use((HttpContext http, RequestDelegate next) => guard.GuardAsync(http, next));
                app.MapDialect(pipeline);
                new FrontPage([pipeline.Dialect], metrics is null ? [] : [("/metrics", "for Prometheus")]).Map(app);
                new ApiReader([pipeline.Dialect]).Map(app);
                if (metrics is not null) app.MapMethods("/metrics", ReadingMethods.All, http => MetricsAsync(http, guard, metrics));
                // On TCP these paths do not exist. By the route that was found: a path is matched in whatever case it is written.
                app.UseWhen(http => http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route }
                    && route.StartsWith("/node/", StringComparison.Ordinal) && !AdminGuard.IsSocket(http),
                    branch => branch.Run(http => { http.Response.StatusCode = StatusCodes.Status404NotFound; return Task.CompletedTask; }));
                if (status is not null)
                    app.MapGet("/node/status", http => http.Response.WriteAsJsonAsync(status(), NodeStatusJson.Default.NodeStatus,
                        cancellationToken: http.RequestAborted));
                NodeAliases.Map(app, settings.Data);
                more?.Invoke(app, guard);
            }, stop);
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return listener;
    }

    /// <summary>Of a node whose signalling runs.</summary>
    internal static OperatorTrunkParts TrunksOf(SipEngine engine) => new()
    {
        Registrations = engine.TrunkRegistrations,
        Targets = engine.TrunkTargets,
        Hosts = engine.TrunkHosts,
        HostCheck = engine.HostCheck,
        Test = async (trunk, gone) => [.. (await engine.PingAsync(trunk, gone)).Select(Show)],
    };

    private static TrunkTest Show(TrunkAttempt attempt) =>
        new(attempt.Transport?.ToString().ToLowerInvariant(), attempt.Remote?.ToString(), attempt.Answer.Status, attempt.Answer.Trouble);

    private static async Task MetricsAsync(HttpContext http, AdminGuard guard, MetricStore metrics)
    {
        if (!await guard.MayAsync(http))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Bearer";
            return;
        }
        http.Response.ContentType = PrometheusText.ContentType;
        await http.Response.WriteAsync(PrometheusText.Write(metrics.Collect()), http.RequestAborted);
    }
}
