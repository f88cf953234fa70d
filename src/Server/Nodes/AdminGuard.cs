using System.Net;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Who may use the admin listener. Its socket belongs to whoever may open the file. On TCP, beyond loopback, the operator's key is
/// demanded; on loopback, where none is, a page in somebody's browser must not slip in through a name that points here.
/// </summary>
internal sealed class AdminGuard(OperatorKeyTable keys, bool needsKey, TimeProvider time) : IAuthenticator
{
    private readonly OperatorAuthenticator _onTcp = new(keys, needsKey, time);
    private readonly OperatorAuthenticator _onSocket = new(keys, isKeyNeeded: false, time);

    public ValueTask<Identity> FindAsync(Credential credential, CancellationToken stop) =>
        (credential.Remote is null ? _onSocket : _onTcp).FindAsync(credential, stop);

    /// <summary>For what is no operation of the operator's API: metrics.</summary>
    public async ValueTask<bool> MayAsync(HttpContext http)
    {
        string[] words = http.Request.Headers.Authorization.ToString().Split(' ', 2);
        return await FindAsync(new(words[0], words.Length == 2 ? words[1].Trim() : null, http.Connection.RemoteIpAddress),
            http.RequestAborted) is { Caller: not null };
    }

    public static bool IsSocket(HttpContext http) => http.Connection.RemoteIpAddress is null;

    /// <summary>
    /// Refuses, when no key protects us, requests that name us by anything but an address (or localhost), which is DNS rebinding, and those
    /// that a page of another site makes: a browser sends some of them unasked, though the page reads no answer.
    /// </summary>
    public Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        if (IsSocket(http) || needsKey) return next(http);
        var request = http.Request;
        if (!IsAddress(request.Host.Host))
            return RefuseAsync(http, StatusCodes.Status421MisdirectedRequest, "The admin listener is reached by its address.\n");
        return request.Headers.Origin.ToString() is { Length: > 0 } origin && !IsOfHere(origin, request.Host)
            ? RefuseAsync(http, StatusCodes.Status403Forbidden, "Without --operator-key no page of another site asks anything here.\n")
            : next(http);
    }

    private static bool IsAddress(string host) => host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _);

    /// <summary>A page of this machine's, or one that we have served.</summary>
    private static bool IsOfHere(string origin, HostString host) => Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && page.Scheme is "http" or "https"
        && (page.IsLoopback || string.Equals(page.Authority, host.Value, StringComparison.OrdinalIgnoreCase));

    private static Task RefuseAsync(HttpContext http, int status, string sentence)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(sentence, http.RequestAborted);
    }
}
