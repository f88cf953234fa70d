using System.Net;

namespace Ringwright.Texml.Run;

/// <summary>
/// Cookies that servers have set when they were asked for one call's documents: they come back with its further requests, so that the
/// session which a server's framework keeps by them is the call's.
/// </summary>
internal sealed class CallCookies
{
    private readonly CookieContainer _kept = new(Limits.Cookies, Limits.Cookies, Limits.CookieBytes);

    /// <summary>For a request to this URL; empty for none.</summary>
    public string Of(Uri target) => _kept.GetCookieHeader(target);

    /// <summary>What is no cookie, or not for its server to set, is let go.</summary>
    /// <param name="line">The value of a Set-Cookie.</param>
    public void Keep(Uri from, string line)
    {
        try
        {
            _kept.SetCookies(from, line);
        }
        catch (CookieException)
        {
            // A browser says nothing of it either.
        }
    }
}
