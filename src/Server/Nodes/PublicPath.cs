namespace Ringwright.Server.Nodes;

/// <summary>
/// A path in <c>--public-url</c>: a proxy has the node below it, say at <c>/pbx</c>. Whether it cuts that off before it hands a request
/// on or not, the request is answered, and what pages and redirects name begins with it.
/// </summary>
internal static class PublicPath
{
    private const string WellKnown = "/.well-known/";

    /// <param name="path">As links begin: "/pbx", escaped; with an empty one nothing is done.</param>
    public static void Take(WebApplication app, string path)
    {
        if (path.Length == 0) return;
        var below = new PathString(Uri.UnescapeDataString(path));
        // What is there as it was asked for comes first: a path of ours may begin as the proxy's does.
        app.UseRouting();
        app.Use((HttpContext http, RequestDelegate next) =>
        {
            http.Request.PathBase = below;
            if (http.GetEndpoint() is null && Without(http.Request.Path, below) is { } rest) http.Request.Path = rest;
            return next(http);
        });
        app.UseRouting();
    }

    /// <returns>Null where the path does not have it.</returns>
    internal static PathString? Without(PathString path, PathString below)
    {
        if (path.StartsWithSegments(below, StringComparison.Ordinal, out var rest)) return rest.HasValue ? rest : new PathString("/");
        // RFC 8414 section 3.1: what is known of /pbx is asked for at the root, with the path behind it.
        return path.Value is { } whole && whole.StartsWith(WellKnown, StringComparison.Ordinal)
            && whole.EndsWith(below.Value!, StringComparison.Ordinal)       // it is not empty
            ? (PathString?)new PathString(whole[..^below.Value!.Length]) : null;    // a bare null would be an empty path
    }
}
