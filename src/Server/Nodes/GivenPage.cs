using Microsoft.Extensions.Primitives;

namespace Ringwright.Server.Nodes;

/// <summary>How the node's own pages and their files are given: with their headers and their length, and without a body to HEAD.</summary>
internal static class GivenPage
{
    public static Task GiveAsync(HttpContext http, IEnumerable<KeyValuePair<string, StringValues>> headers, string type, byte[] document,
        int status = StatusCodes.Status200OK)
    {
        var response = http.Response;
        foreach (var (name, value) in headers) response.Headers[name] = value;
        (response.StatusCode, response.ContentType, response.ContentLength) = (status, type, document.Length);
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask
            : response.Body.WriteAsync(document, http.RequestAborted).AsTask();
    }
}
