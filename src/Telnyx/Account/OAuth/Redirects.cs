using Ringwright.Http;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>Addresses that a person's browser is sent to with a code.</summary>
internal static class Redirects
{
    /// <summary>What is wrong with an address that a program wants to register; null when nothing is.</summary>
    public static string? Fault(string text)
    {
        if (text.Length > OAuthLimits.UriCharacters) return $"A redirect URI has at most {OAuthLimits.UriCharacters} characters.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || text.Any(c => c <= ' ' || c > '~'))
            return $"'{text}' is no absolute URI.";
        if (text.Contains('#')) return "A redirect URI has no fragment.";
        if (uri.UserInfo.Length > 0) return "A redirect URI has no user name.";
        if (uri.Scheme == Uri.UriSchemeHttps) return null;
        if (uri.Scheme == Uri.UriSchemeHttp)
            return uri.IsLoopback ? null : "A redirect URI begins with https, or with http on the person's own machine.";
        // RFC 8252 section 7.1: a program's own scheme is a domain name backwards, so that it has a dot.
        // That also leaves out javascript, data and file.
        return uri.Scheme.Contains('.') ? null
            : $"A redirect URI begins with https, with http on the person's own machine, or with a program's own scheme such as "
                + $"com.example.app; not with '{uri.Scheme}'.";
    }

    /// <summary>The address with what we say to the program in its query, and who we are (RFC 9207).</summary>
    public static string To(string redirectUri, string issuer, string? state, params IEnumerable<(string Name, string Value)> says)
    {
        var parameters = says.ToList();
        if (state is not null) parameters.Add(("state", state));
        parameters.Add(("iss", issuer));
        char first = redirectUri.Contains('?') ? '&' : '?';
        return redirectUri + first + string.Join('&', parameters.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"));
    }

    /// <summary>302 there.</summary>
    public static Reply Found(string location) =>
        new Reply { Status = 302 }.With("location", location).With("cache-control", "no-store").With("referrer-policy", "no-referrer");
}
