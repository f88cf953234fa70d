using Ringwright.Http;

namespace Ringwright.Server.Nodes;

/// <summary>Behind a proxy all requests come from the proxy: one that the operator names says whose they were.</summary>
internal static class TrustedProxies
{
    public static void Trust(WebApplication app, IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        if (proxies.Count == 0) return;
        app.Use((HttpContext http, RequestDelegate next) =>
        {
            RequestOrigin.Believe(http, proxies);
            return next(http);
        });
    }
}
