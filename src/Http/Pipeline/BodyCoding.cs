using Microsoft.AspNetCore.Http;

namespace Ringwright.Http;

/// <summary>How a body is packed for its way.</summary>
internal static class BodyCoding
{
    /// <summary>
    /// What a request says of it, where that is more than that it comes as it is. Programs write the name of the charset there, which
    /// belongs into the type, and pack nothing.
    /// </summary>
    /// <returns>Null for a body that can be read.</returns>
    public static string? Refused(HttpRequest request)
    {
        string written = request.Headers.ContentEncoding.ToString();
        return written.Trim().ToLowerInvariant() is "" or "identity" or "utf-8" or "utf8" ? null
            : $"Content-Encoding '{written}' is not accepted here; send the body as it is.";
    }
}
