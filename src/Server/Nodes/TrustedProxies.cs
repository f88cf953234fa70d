using Microsoft.AspNetCore.HttpOverrides;

namespace Ringwright.Server.Nodes;

/// <summary>Behind a proxy all requests come from the proxy: one that the operator names says whose they were.</summary>
internal static class TrustedProxies
{
    /// <summary>From here on a request's remote address is that of whoever asked the outermost trusted proxy.</summary>
    public static void Heed(WebApplication app, IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        if (proxies.Count == 0) return;
        // The lists come with loopback in them, which is trusted here only when it is named.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies) options.KnownIPNetworks.Add(proxy);
        app.UseForwardedHeaders(options);
    }
}
