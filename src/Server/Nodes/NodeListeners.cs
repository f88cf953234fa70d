using System.Net;
using Ringwright.Http;
using Ringwright.Net;
using Ringwright.Operator;
using Ringwright.Server.Modules;
using Ringwright.Server.Reading;
using Ringwright.Server.Roles;
using Ringwright.Server.Telemetry;
using Ringwright.Server.Trying;

namespace Ringwright.Server.Nodes;

/// <summary>A node's listeners: the operator's, the one for files where there is one, and the public one.</summary>
internal sealed class NodeListeners(NodeFrame frame, NodeRunning running, IReadOnlyList<ServedApi> apis)
{
    private const string Name = "a listener";

    public async Task StartAdminAsync(OperatorParts parts, Func<NodeStatus> status, MetricStore? metrics, CancellationToken stop)
    {
        var guard = AdminListener.GuardOf(frame.Settings, running.Database);
        var services = AdminListener.ServicesOf(frame.Settings, parts, guard, frame.Loggers);
        IReadOnlyList<ServedApi> own = [.. running.Modules.SelectMany(one => one.Module.ServeOperator(services))];
        frame.Parts.Add(StopStep.Listeners, Name, await AdminListener.StartAsync(frame.Settings, guard, own, status, metrics,
            frame.Held.Take(frame.Settings.Admin), Budget("admin", frame.Descriptors.Admin), frame.Loggers, stop, frame.World,
            (app, operators) => ModulePages.MapOperator(app, running.Modules, operators)));
    }

    public async Task StartStorageAsync(CancellationToken stop)
    {
        if (frame.Settings.Storage is not { } storage) return;
        frame.Parts.Add(StopStep.Listeners, Name, await WebListener.StartAsync("--storage", storage, frame.Held.Take(storage),
            Budget("storage", frame.Descriptors.Storage), frame.Loggers, null, app =>
            {
                Receive(app);
                foreach (var api in apis.Where(api => api.HasStorage)) app.MapStorage(api.Pipeline);
            }, stop));
    }

    /// <param name="tries">Null where nobody in a browser is one of the lab's people.</param>
    public async Task StartPublicAsync(Readiness readiness, KeyAuthenticator keys, TryLinkBook? tries, CancellationToken stop)
    {
        var (settings, downloads) = (frame.Settings, running.Ground.Downloads);
        CheckHosts();
        frame.Parts.Add(StopStep.Listeners, Name, await WebListener.StartAsync("--http", settings.Http, frame.Held.Take(settings.Http),
            Budget("http", frame.Descriptors.Http), frame.Loggers, null, app =>
            {
                Receive(app);
                string below = downloads.Public.Path;
                PublicPath.Take(app, below);
                if (settings.PageOrigins.Count > 0)
                {
                    var pages = new CrossOrigin(settings.PageOrigins);
                    app.Use((HttpContext http, RequestDelegate next) => pages.ShareAsync(http, next));
                }
                app.Use((HttpContext http, RequestDelegate next) => WebListener.SayWhereAsync(http, next));
                var dialects = apis.Select(api => api.Pipeline.Dialect);
                new FrontPage(dialects, [.. apis.SelectMany(api => api.Pages), .. Readiness.Pages], below).Map(app);
                new ApiReader(dialects, below).Map(app);
                readiness.Map(app);
                foreach (var api in apis)
                {
                    app.MapDialect(api.Pipeline);
                    string[] hosts = [.. settings.ApiHosts.Where(one => one.Api == api.Pipeline.Dialect.Name).Select(one => one.Host)];
                    if (hosts.Length > 0) app.MapDialect(api.Pipeline, hosts);
                    api.MapPages(app);
                }
                ModulePages.Map(app, running.Modules, running.Database, keys, downloads.Public);
                app.MapDownloads(running.Database, downloads, frame.Clock,
                    NodeModules.RecordingsElsewhere([.. running.Modules.Select(one => one.Module)]));
                app.MapHostedDocuments(running.Database.HostedDocuments,
                    settings.Documents is { } folder ? new(folder, TimeProvider.System) : null);
                if (tries is not null)
                    new TryPages(tries, downloads.Public.Origin, new(LabRole.SocketFor(settings.Data), TimeProvider.System)).Map(app);
            }, stop));
    }

    /// <summary>A name that says nothing of any API is a mistake that nobody would notice.</summary>
    private void CheckHosts()
    {
        string[] names = [.. apis.Select(api => api.Pipeline.Dialect).Where(api => api.RootAtHost is not null).Select(api => api.Name)];
        foreach (var (api, host) in frame.Settings.ApiHosts)
            if (!names.Contains(api))
                throw new StartRefused($"--api-hosts {api}={host}: host names may be given to {string.Join(" and ", names)}");
    }

    private void Receive(WebApplication app)
    {
        TrustedProxies.Trust(app, frame.Settings.TrustedProxies);
        if (frame.World is { } world) app.Use((HttpContext http, RequestDelegate next) => world.CountAsync(http, next));
    }

    /// <summary>A proxy that the operator names brings everybody's connections; and on a laptop all are his own.</summary>
    private ConnectionBudget Budget(string listener, ConnectionLimits limits) => ListenerBudget.Create(listener, limits,
        source => frame.Settings.IsOnLoopbackOnly && IPAddress.IsLoopback(source)
            || frame.Settings.TrustedProxies.Any(proxy => proxy.Contains(source)), frame.Log("Server"));
}
