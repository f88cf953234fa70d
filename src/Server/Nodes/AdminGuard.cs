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

    /// <summary>Refuses requests that name us by anything but an address (or localhost) when no key protects us: DNS rebinding.</summary>
    public Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        string host = http.Request.Host.Host;
        if (IsSocket(http) || needsKey || host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _)) return next(http);
        http.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return http.Response.WriteAsync("The admin listener is reached by its address.\n", http.RequestAborted);
    }
}
