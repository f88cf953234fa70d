using System.Text.Json.Nodes;

namespace Ringwright.Server.Nodes;

/// <summary>May new work come here (<c>/readyz</c>), and does the process work at all (<c>/healthz</c>)?</summary>
internal sealed class Readiness
{
    // Load balancers like to ask without a body.
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private readonly List<(string Name, Func<bool> IsWell, bool IsVital)> _checks = [];

    /// <summary>From the last step of the start until a stop is asked for.</summary>
    public bool IsServing { get; set; }

    /// <param name="isVital">A vital part that fails never recovers: the process should be restarted.</param>
    public void Add(string name, Func<bool> isWell, bool isVital) => _checks.Add((name, isWell, isVital));

    public bool IsReady => IsServing && _checks.TrueForAll(c => c.IsWell());

    public void Map(WebApplication app)
    {
        app.MapMethods("/healthz", Methods, http => WriteAsync(http, "ok", [.. _checks.Where(c => c.IsVital && !c.IsWell()).Select(c => c.Name)]));
        app.MapMethods("/readyz", Methods, http => WriteAsync(http, "ready",
            IsServing ? [.. _checks.Where(c => !c.IsWell()).Select(c => c.Name)] : ["starting or stopping"]));
    }

    private static Task WriteAsync(HttpContext http, string word, string[] failing)
    {
        http.Response.StatusCode = failing.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        var body = new JsonObject { ["status"] = failing.Length == 0 ? word : "unavailable" };
        if (failing.Length > 0) body["failing"] = new JsonArray([.. failing.Select(f => (JsonNode)f)]);
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
