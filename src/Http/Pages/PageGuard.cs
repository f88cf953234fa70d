using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ringwright.Http;

/// <summary>What keeps pages from being used by other pages, and how they are written.</summary>
/// <param name="links">How browsers reach the listener.</param>
public sealed class PageGuard(PublicLinks links)
{
    /// <summary>Attributes of our pages that name a place; the last one is for a page's script.</summary>
    private static readonly string[] Places = ["href", "src", "action", "data-progress"];

    /// <summary>
    /// It comes from a page of this listener: at its public address, or at the address that was asked. A name is believed where no public
    /// address is known, for whoever makes a name lead here has no cookie of ours by it.
    /// </summary>
    public bool IsOurs(HttpContext http)
    {
        if (http.Request.Headers.Origin is not [{ Length: > 0 } said] || !Uri.TryCreate(said, UriKind.Absolute, out var page)) return false;
        if (string.Equals(said, links.Origin, StringComparison.OrdinalIgnoreCase)) return true;
        string host = http.Request.Host.Host;
        bool isBelieved = links.Origin is null || host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _);
        return isBelieved && string.Equals(page.Authority, http.Request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whoever asks came by https, as far as anybody can tell.</summary>
    public bool IsSecure(HttpContext http) =>
        http.Request.IsHttps || links.Origin?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Never kept, never framed; a page loads what the policy says.</summary>
    /// <param name="policy">Of <c>Content-Security-Policy</c>.</param>
    public static void Protect(HttpContext http, string policy)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["referrer-policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    /// <summary>Writes a page whole, or a part of one. Places in its attributes that begin with a slash are ours.</summary>
    public static Task WriteAsync(HttpContext http, int status, string html)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Placed(html, http.Request.PathBase));
        (http.Response.StatusCode, http.Response.ContentType, http.Response.ContentLength) = (status, ErrorPage.ContentType, bytes.Length);
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask
            : http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    /// <summary>Sends the browser on to another page of ours.</summary>
    /// <param name="path">Begins with a slash.</param>
    public static void SendOn(HttpContext http, string path)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = http.Request.PathBase.ToUriComponent() + path;
    }

    /// <summary>A file that pages load; it is the same for all and holds no secret.</summary>
    /// <param name="type">Its media type: "text/css; charset=utf-8".</param>
    public static async Task GiveAsync(HttpContext http, string type, ReadOnlyMemory<byte> content)
    {
        (http.Response.ContentType, http.Response.ContentLength) = (type, content.Length);
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.CacheControl = "no-cache";
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(content, http.RequestAborted);
    }

    /// <summary>Where a proxy has the node below a path, browsers ask for all of it there. No text of a page has a mark in it.</summary>
    private static string Placed(string html, PathString below)
    {
        if (!below.HasValue) return html;
        string root = WebUtility.HtmlEncode(below.ToUriComponent());
        foreach (string attribute in Places)
            html = html.Replace($" {attribute}=\"/", $" {attribute}=\"{root}/", StringComparison.Ordinal);
        return html;
    }
}
