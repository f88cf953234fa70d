using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Ringwright.Http;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Trying;

/// <summary>
/// A telephone in a browser for one number: the page <c>/try/{token}</c> with its three files, and the web socket that it calls by. A page
/// of another origin opens no socket, whatever token it knows.
/// </summary>
/// <param name="origin">Of the node's public address, as browsers say it; null where it is not known.</param>
/// <param name="carrier">Takes a call to the lab.</param>
internal sealed class TryPages(TryLinkBook links, string? origin, TryCarrier carrier)
{
    public const string Root = "/try/";

    /// <summary>Who answers no ping for so long is gone.</summary>
    private static readonly WebSocketOptions Sockets =
        new() { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) };

    private static readonly KeyValuePair<string, StringValues>[] Headers =
    [
        new("content-security-policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
            + "form-action 'none'; frame-ancestors 'none'"),
        new("permissions-policy", "microphone=(self)"),
        new("x-frame-options", "DENY"),
        new("x-content-type-options", "nosniff"),
        // The address is the secret.
        new("referrer-policy", "no-referrer"),
        new("cache-control", "no-store"),
    ];

    private static readonly Lazy<string> Page = new(() => Read("try-page.html")), Gone = new(() => Read("try-gone.html"));

    private static readonly (string Name, string Type)[] Files =
        [("try-page.js", "text/javascript"), ("try-audio.js", "text/javascript"), ("try-page.css", "text/css")];

    public void Map(WebApplication app)
    {
        foreach (var (name, type) in Files)
        {
            var text = new Lazy<string>(() => Read(name));
            app.MapMethods("/" + name, ReadingMethods.All,
                http => GiveAsync(http, StatusCodes.Status200OK, $"{type}; charset=utf-8", text.Value));
        }
        app.MapMethods(Root + "{token}", ReadingMethods.All, http => PageAsync(http));
        RequestDelegate call = new WebSocketMiddleware(CallAsync, Options.Create(Sockets), NullLoggerFactory.Instance).Invoke;
        app.MapMethods(Root + "{token}/call", [HttpMethods.Get], call);
    }

    private Task PageAsync(HttpContext http)
    {
        if (links.Find(TokenOf(http)) is not var (to, until))
            return GiveAsync(http, StatusCodes.Status404NotFound, ErrorPage.ContentType, Gone.Value);
        string time = until.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        string page = Page.Value.Replace("{{number}}", WebUtility.HtmlEncode(to), StringComparison.Ordinal)
            .Replace("{{until}}", time, StringComparison.Ordinal);
        return GiveAsync(http, StatusCodes.Status200OK, ErrorPage.ContentType, page);
    }

    private async Task CallAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await SayAsync(http, StatusCodes.Status426UpgradeRequired, "This is a web socket.");
            return;
        }
        // Browsers let any page open a socket anywhere, and say which page it is.
        if (!IsOwn(http))
        {
            await SayAsync(http, StatusCodes.Status403Forbidden, "Only the page of this node calls here.");
            return;
        }
        var entry = links.Enter(TokenOf(http), out var call);
        if (call is null)
        {
            await (entry is TryEntry.Unknown ? SayAsync(http, StatusCodes.Status404NotFound, "There is no such link, or no more.")
                : SayAsync(http, StatusCodes.Status429TooManyRequests, "The line is busy, or the link has had its calls."));
            return;
        }
        using (call)
        {
            using var page = await http.WebSockets.AcceptWebSocketAsync();
            await carrier.CarryAsync(page, call.To, http.RequestAborted);
        }
    }

    private bool IsOwn(HttpContext http)
    {
        if (http.Request.Headers.Origin is not [{ Length: > 0 } said] || !Uri.TryCreate(said, UriKind.Absolute, out var page)) return false;
        if (string.Equals(said, origin, StringComparison.OrdinalIgnoreCase)) return true;
        // A name may be made to lead here by whoever owns it; the node's own one is its public address.
        string host = http.Request.Host.Host;
        bool isAddress = host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _);
        return isAddress && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps)
            && string.Equals(page.Authority, http.Request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    private static string TokenOf(HttpContext http) => (string)http.Request.RouteValues["token"]!;      // of both routes

    private static Task SayAsync(HttpContext http, int status, string sentence) =>
        GiveAsync(http, status, "text/plain; charset=utf-8", sentence + "\n");

    private static Task GiveAsync(HttpContext http, int status, string type, string text) =>
        GivenPage.GiveAsync(http, Headers, type, Encoding.UTF8.GetBytes(text), status);

    private static string Read(string name)
    {
        using var stream = typeof(TryPages).Assembly.GetManifestResourceStream($"try/{name}")!;       // embedded
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
