using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ringwright.Http;

/// <summary>
/// Whether a request that a browser sends with a credential of its own accord, a session's cookie or a remembered password, comes
/// from a page that may ask. What programs send says nothing of origins, and is none of its business.
/// </summary>
internal sealed class BrowserGuard(Access access, PublicLinks links)
{
    private readonly CredentialForm.SessionCookie? _session = access.Find<CredentialForm.SessionCookie>();
    private readonly bool _isNeeded = access.Forms.Any(form => form is CredentialForm.SessionCookie
        or CredentialForm.KeyCookie or CredentialForm.BasicHeader);

    /// <returns>Why not; null when it may.</returns>
    public (Fault Fault, string Detail)? Refusal(HttpContext http, Caller caller, Credential credential, bool isSocket)
    {
        string method = http.Request.Method;
        bool isUnsafe = !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method));
        if (!_isNeeded || !(isUnsafe || isSocket)) return null;
        // A cookie of no session opens nothing: it is no reason to refuse who opens one.
        bool isOfSession = credential.Kind is CredentialKind.Session && caller.Role is not CallerRole.Public;
        if (credential.Kind is not (CredentialKind.None or CredentialKind.Basic or CredentialKind.Cookie
            or CredentialKind.Session)) return null;
        string? origin = http.Request.Headers.Origin;
        if (origin is not null ? !IsOwn(origin, http.Request.Host) : isOfSession)
            return (Fault.Forbidden, origin is null
                ? "A request of a session must say by its Origin header which page sent it."
                : "This request comes from a page of another origin.");
        if (!isOfSession || !isUnsafe || _session is not { } form) return null;
        // The cookie was looked up, so there is one.
        string expected = Sessions.TokenOf(credential.Key!), given = http.Request.Headers[form.TokenHeader].ToString();
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given)) ? null
            : (Fault.Forbidden, $"A session's request that changes something must have its token in the header {form.TokenHeader}.");
    }

    private bool IsOwn(string origin, HostString host) => _session?.Origins.Contains(origin, StringComparer.OrdinalIgnoreCase) is true
        || (links.Origin is { } own ? string.Equals(origin, own, StringComparison.OrdinalIgnoreCase)
            : Uri.TryCreate(origin, UriKind.Absolute, out var url)
                && string.Equals(url.Authority, host.Value, StringComparison.OrdinalIgnoreCase));
}
