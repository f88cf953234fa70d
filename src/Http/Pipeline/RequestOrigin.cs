using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Ringwright.Http;

/// <summary>Where a request came from: behind proxies that the node trusts, what they say.</summary>
/// <param name="Address">Null on a local socket.</param>
/// <param name="IsKnown">False when the address is only that of a proxy, and whose the request is
/// nobody says whom the node believes.</param>
public readonly record struct RequestOrigin(IPAddress? Address, bool IsKnown)
{
    private const string For = "X-Forwarded-For", Forwarded = "Forwarded";

    /// <summary>Takes the word of trusted proxies: from here on it is the request's remote address.</summary>
    public static void Believe(HttpContext http, IReadOnlyList<IPNetwork> proxies)
    {
        if (http.Connection.RemoteIpAddress is not { } peer || !IsOneOf(peer, proxies) || HopsOf(http.Request.Headers) is not { } said)
            return;
        var origin = Read(peer, said, proxies);
        http.Connection.RemoteIpAddress = origin.Address;
        http.Items[typeof(RequestOrigin)] = origin;
    }

    internal static RequestOrigin Of(HttpContext http)
    {
        if (http.Items[typeof(RequestOrigin)] is RequestOrigin said) return said;
        var address = http.Connection.RemoteIpAddress;
        var headers = http.Request.Headers;
        // What a proxy on this machine hands on, one that nobody named, is not this machine's own.
        bool isHandedOn = headers.ContainsKey(For) || headers.ContainsKey(Forwarded);
        return new(address, !(isHandedOn && address is not null && IPAddress.IsLoopback(Plain(address))));
    }

    /// <summary>
    /// Each proxy adds, on the right, whom it was asked by; several headers are one list (RFC 9110 section 5.3). A proxy that writes the
    /// older header hands the newer one on as the client wrote it, so that it counts alone. Null where neither is there.
    /// </summary>
    private static IReadOnlyList<string?>? HopsOf(IHeaderDictionary headers)
    {
        if (headers[For] is { Count: > 0 } said) return string.Join(',', said.ToArray()).Split(',');
        return headers[Forwarded] is { Count: > 0 } lines ? [.. lines.SelectMany(line => ForwardedHeader.HopsOf(line ?? ""))] : null;
    }

    /// <summary>The first from the right that is no trusted proxy: what stands left of it is anybody's word.</summary>
    private static RequestOrigin Read(IPAddress peer, IReadOnlyList<string?> said, IReadOnlyList<IPNetwork> proxies)
    {
        var nearest = peer;
        for (int i = said.Count - 1; i >= 0; i--)
        {
            if (said[i] is not { } hop || AddressOf(hop.Trim()) is not { } address) return new(nearest, IsKnown: false);
            nearest = address;
            if (!IsOneOf(address, proxies)) break;
        }
        return new(nearest, IsKnown: true);
    }

    /// <summary>
    /// An address, with or without a port; null for anything else, such as what the parser would only guess at ("1", "0x7f.1").
    /// </summary>
    private static IPAddress? AddressOf(string text)
    {
        string host = text;
        if (text.StartsWith('[')) host = text.IndexOf(']') is > 0 and var end ? text[1..end] : "";
        else if (text.IndexOf(':') is >= 0 and var colon && text.IndexOf(':', colon + 1) < 0) host = text[..colon];
        if (!IPAddress.TryParse(host, out var address) || host.Contains('%')) return null;
        return address.AddressFamily is AddressFamily.InterNetwork && address.ToString() != host ? null : Plain(address);
    }

    private static bool IsOneOf(IPAddress address, IReadOnlyList<IPNetwork> networks)
    {
        var plain = Plain(address);
        foreach (var network in networks)
            if (network.Contains(plain)) return true;
        return false;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
