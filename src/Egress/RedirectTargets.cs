using System.Net;

namespace Ringwright.Egress;

/// <summary>Where an answer sends a request on to (RFC 9110 section 15.4).</summary>
internal static class RedirectTargets
{
    private const int Http = 80, Https = 443;

    /// <summary>
    /// The user of the URL stays with a target of the same server: many write their whole address where a slash or https was missing, and
    /// ask for the user again there. Another server has the one that its URL says, or none.
    /// </summary>
    /// <returns>An absolute URL; null where the answer sends nowhere.</returns>
    public static string? Of(HttpResponseMessage response, Uri from)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)) return null;
        if (TargetOf(response, from) is not { } target) return null;
        bool keepsUser = from.UserInfo.Length > 0 && target.UserInfo.Length == 0 && IsSameServer(from, target);
        return keepsUser ? target.AbsoluteUri.Insert(target.AbsoluteUri.IndexOf("://", StringComparison.Ordinal) + 3, from.UserInfo + "@")
            : target.AbsoluteUri;
    }

    private static Uri? TargetOf(HttpResponseMessage response, Uri from)
    {
        // Two slashes begin a host (RFC 3986 section 4.2), and a file of a share for the header's own reader.
        if (response.Headers.NonValidated.TryGetValues("Location", out var said)
            && said.FirstOrDefault() is { } text && text.StartsWith("//", StringComparison.Ordinal))
            return Uri.TryCreate($"{from.Scheme}:{text}", UriKind.Absolute, out var elsewhere) ? elsewhere : null;
        return response.Headers.Location is { } location && Uri.TryCreate(from, location, out var next) ? next : null;
    }

    /// <summary>The same host by the same scheme and port, or by https where it was plain.</summary>
    private static bool IsSameServer(Uri one, Uri other) =>
        one.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase)
        && (one.Scheme == other.Scheme && one.Port == other.Port
            || one.Scheme == Uri.UriSchemeHttp && one.Port == Http && other.Scheme == Uri.UriSchemeHttps && other.Port == Https);
}
