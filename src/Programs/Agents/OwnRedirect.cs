namespace Ringwright.Programs.Agents;

/// <summary>
/// Where a server sends a request on to: it may want a slash behind its path, or TLS, and a proxy before it may have it call itself by
/// another scheme or port. Nobody else gets the key.
/// </summary>
internal static class OwnRedirect
{
    /// <returns>Null where that is another host's, or where it was already.</returns>
    public static string? Of(string from, string to)
    {
        if (!Uri.TryCreate(from, UriKind.Absolute, out var here)) return null;
        // By itself a path may count as that of a file.
        string whole = to.StartsWith("//", StringComparison.Ordinal) ? $"{here.Scheme}:{to}"
            : to.StartsWith('/') ? here.GetLeftPart(UriPartial.Authority) + to : to;
        if (!Uri.TryCreate(here, whole, out var there)) return null;
        if (there.Scheme is not ("http" or "https") || !there.Host.Equals(here.Host, StringComparison.OrdinalIgnoreCase)) return null;
        bool isSecured = here.Scheme is "http" && there is { Scheme: "https", IsDefaultPort: true };
        // A path may begin with two slashes: behind an address of its own it would be a host.
        var next = new Uri((isSecured ? there : here).GetLeftPart(UriPartial.Authority) + there.PathAndQuery);
        return next == here ? null : next.AbsoluteUri;
    }

    /// <summary>The answer of a tool's server, which has done nothing yet where it sends the same request on.</summary>
    /// <param name="time">For both there is the time of one.</param>
    public static async Task<WebAnswer> FollowAsync(IAgentWeb web, WebAsk ask, TimeProvider time, CancellationToken stop)
    {
        long begun = time.GetTimestamp();
        var answer = await web.SendAsync(ask, stop);
        if (answer is not { Fault: null, Status: { } status, Location: { } to }) return answer;
        bool isSame = status is 307 or 308 || ask.Method is "GET" && status is 301 or 302;
        if (!isSame || Of(ask.Url, to) is not { } next) return answer;
        var left = ask.Timeout - time.GetElapsedTime(begun);
        return left > TimeSpan.Zero ? await web.SendAsync(ask with { Url = next, Timeout = left }, stop) : answer;
    }
}
