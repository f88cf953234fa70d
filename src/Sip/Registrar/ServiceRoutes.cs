using System.Text;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Registrar;

/// <summary>Reads the way that a registrar gives for the requests of who has registered (RFC 3608).</summary>
public static class ServiceRoutes
{
    /// <summary>In their order, as Route has them; none where there are too many. What cannot be read is passed over.</summary>
    public static IReadOnlyList<string> Read(SipResponse response)
    {
        List<string> routes = [];
        int bytes = 0;
        foreach (var value in response.Values(SipHeader.ServiceRoute))
        {
            if (NameAddress.TryParse(value, out var hop) is not ParseStatus.Ok || !hop.ParseUri().IsSipOrSips) continue;
            if (routes.Count == Limits.PathHops || (bytes += value.Length) > Limits.PathBytes) return [];
            routes.Add(NameAddress.Hop(value));
        }
        return routes;
    }

    /// <summary>Where the first of them is, when it names an address.</summary>
    /// <param name="known">The way that took the registration: what the route leaves open is as there.</param>
    public static bool TryGetHop(string route, SipFlow known, out SipFlow hop)
    {
        hop = default;
        if (NameAddress.TryParse(Encoding.UTF8.GetBytes(route), out var address) is not ParseStatus.Ok) return false;
        var uri = address.ParseUri();
        if (!uri.TryGetEndPoint(out var remote)) return false;
        if (!uri.TryGetTransport(out var transport)) transport = known.Transport;
        if (uri.Port is null) remote.Port = transport.DefaultPort();
        hop = new(transport, remote) { Network = known.Network };
        return true;
    }
}
