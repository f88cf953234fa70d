using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Server.Nodes;

/// <summary>May new work come here (<c>/readyz</c>), and does the process work at all (<c>/healthz</c>)?</summary>
internal sealed class Readiness
{
    /// <summary>For the listing of what is there.</summary>
    public static readonly IReadOnlyList<(string Path, string Says)> Pages =
        [("/healthz", "whether the process works at all"), ("/readyz", "whether new work may come here, and why not")];

    private readonly List<(string Name, Func<string?> Trouble, bool IsVital)> _checks = [];

    /// <summary>From the last step of the start until a stop is asked for.</summary>
    public bool IsServing { get; set; }

    /// <param name="trouble">A sentence that anybody may read; null when all is well.</param>
    /// <param name="isVital">A vital part that fails never recovers: the process should be restarted.</param>
    public void Add(string name, Func<string?> trouble, bool isVital) => _checks.Add((name, trouble, isVital));

    public bool IsReady => IsServing && _checks.TrueForAll(c => c.Trouble() is null);

    /// <summary>What keeps new work away, in sentences.</summary>
    public IReadOnlyList<string> Troubles => [.. Failing(isVitalOnly: false).Select(f => f.Trouble)];

    private IEnumerable<(string Name, string Trouble)> Failing(bool isVitalOnly) =>
        from check in _checks
        where check.IsVital || !isVitalOnly
        let trouble = check.Trouble()
        where trouble is not null
        select (check.Name, trouble);

    public void Map(WebApplication app)
    {
        app.MapMethods("/healthz", ReadingMethods.All, http => WriteAsync(http, "ok", [.. Failing(isVitalOnly: true)]));
        app.MapMethods("/readyz", ReadingMethods.All, http => WriteAsync(http, "ready",
            IsServing ? [.. Failing(isVitalOnly: false)] : [("starting or stopping", "The node is starting or stopping.")]));
    }

    private static Task WriteAsync(HttpContext http, string word, (string Name, string Trouble)[] failing)
    {
        http.Response.StatusCode = failing.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        var body = new JsonObject { ["status"] = failing.Length == 0 ? word : "unavailable" };
        if (failing.Length > 0)
        {
            body["failing"] = new JsonArray([.. failing.Select(f => (JsonNode)f.Name)]);
            body["why"] = new JsonArray([.. failing.Select(f => (JsonNode)f.Trouble)]);
        }
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask
            : http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
