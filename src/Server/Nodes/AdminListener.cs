using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ringwright.Http;
using Ringwright.Net;
using Ringwright.Operator;
using Ringwright.Server.Clock;
using Ringwright.Server.Modules;
using Ringwright.Server.Operating;
using Ringwright.Server.Reading;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>
/// The operator's web server: trunks, routes, metrics on TCP, and all of it with the program's own commands on the data folder's socket.
/// </summary>
internal static class AdminListener
{
    /// <summary>A price list of a hundred thousand lines has a few million.</summary>
    private const long MostBodyBytes = 64 * 1024 * 1024;

    /// <param name="guard">Says who is the operator, to the APIs too.</param>
    /// <param name="apis">Of the operator.</param>
    /// <param name="world">Counts the requests, where time is virtual.</param>
    /// <param name="bound">The place on TCP; null serves the data folder's socket alone.</param>
    /// <param name="more">What else is here, and who may see it.</param>
    public static async Task<WebListener> StartAsync(ServeSettings settings, AdminGuard guard, IReadOnlyList<ServedApi> apis,
        Func<NodeStatus>? status, MetricStore? metrics, Socket? bound, ConnectionBudget budget, ILoggerFactory loggers,
        CancellationToken stop, VirtualWorld? world = null, Action<IEndpointRouteBuilder, IAuthenticator>? more = null)
    {
        string socket = AdminSocket.PathFor(settings.Data);
        AdminSocket.Prepare(socket);
        var listener = await WebListener.StartAsync("--admin", bound is null ? null : settings.Admin, bound, budget, loggers,
            kestrel => kestrel.ListenUnixSocket(socket), app =>
            {
                if (world is not null) app.Use((HttpContext http, RequestDelegate next) => world.CountAsync(http, next));
                app.Use((HttpContext http, RequestDelegate next) => guard.GuardAsync(http, next));
                foreach (var api in apis)
                {
                    app.MapDialect(api.Pipeline);
                    api.MapPages(app);
                }
                var dialects = apis.Select(api => api.Pipeline.Dialect);
                (string, string)[] numbers = metrics is null ? [] : [("/metrics", "for Prometheus")];
                new FrontPage(dialects, [.. apis.SelectMany(api => api.Pages), .. numbers]).Map(app);
                new ApiReader(dialects).Map(app);
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

    public static AdminGuard GuardOf(ServeSettings settings, Database database) =>
        new(database.OperatorKeys, settings.NeedsOperatorKey, TimeProvider.System);

    /// <summary>What the operator's APIs stand on.</summary>
    public static OperatorServices ServicesOf(ServeSettings settings, OperatorParts parts, AdminGuard guard,
        ILoggerFactory loggers) => new()
        {
            Parts = parts,
            Pipeline = new()
            {
                Routing = parts.Store.Routing, Calls = parts.Calls.Control, Time = parts.Store.Time, Snowflakes = parts.Snowflakes,
            },
            Settings = new() { IsStrict = settings.HasCheckedReplies, BodyBytes = MostBodyBytes },
            Limiter = new RequestLimiter(settings.ApiRate, TimeProvider.System),
            Operators = guard,
            Loggers = loggers,
        };

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
