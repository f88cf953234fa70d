using System.Net;
using Microsoft.AspNetCore.Http;

namespace Ringwright.Http;

/// <summary>Where a request came from: behind a proxy that the node trusts, what the proxy says.</summary>
/// <param name="Address">Null on a local socket.</param>
/// <param name="IsHere">It began on this machine. What a proxy on this machine hands on did not, trusted or not.</param>
public readonly record struct RequestOrigin(IPAddress? Address, bool IsHere)
{
    internal static RequestOrigin Of(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        var headers = http.Request.Headers;
        // A trusted proxy's header was taken away when its address was believed.
        bool isHandedOn = headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded");
        return new(address, address is not null && IPAddress.IsLoopback(address) && !isHandedOn);
    }
}
