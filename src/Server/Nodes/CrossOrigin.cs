using Microsoft.Net.Http.Headers;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Lets pages of other origins read the answers of the APIs (the CORS protocol of the Fetch standard), where the operator names them.
/// Credentials that a browser sends of its own accord, cookies and remembered passwords, are never let through: a page asks with a key.
/// </summary>
/// <param name="origins">"https://console.example.com"; one <c>*</c> stands for all.</param>
internal sealed class CrossOrigin(IReadOnlyList<string> origins)
{
    public const string Any = "*";

    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE", KeepSeconds = "600";

    private readonly bool _isAny = origins.Contains(Any);

    public Task ShareAsync(HttpContext http, RequestDelegate next)
    {
        string origin = http.Request.Headers.Origin.ToString();
        var headers = http.Response.Headers;
        // A cache must not give to one origin what it kept for another.
        if (!_isAny) headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (origin.Length == 0 || !(_isAny || origins.Contains(origin, StringComparer.OrdinalIgnoreCase))) return next(http);
        headers.AccessControlAllowOrigin = _isAny ? Any : origin;
        headers.AccessControlExposeHeaders = "*";
        if (!HttpMethods.IsOptions(http.Request.Method) || http.Request.Headers.AccessControlRequestMethod.Count == 0) return next(http);
        // It asks whether it may ask. A star among the headers would not stand for Authorization.
        headers.AccessControlAllowMethods = Methods;
        if (http.Request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked) headers.AccessControlAllowHeaders = asked;
        headers.AccessControlMaxAge = KeepSeconds;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
