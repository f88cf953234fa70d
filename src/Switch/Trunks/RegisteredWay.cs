using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Trunks;

/// <summary>
/// How calls go by a trunk that we are registered with: its other addresses may not know us, and its registrar may say by which proxies
/// they are to go (RFC 3608).
/// </summary>
/// <param name="First">Where they go first; null leaves it to the trunk's host.</param>
/// <param name="Routes">Values of Route, in brackets; most registrars give none.</param>
public sealed record RegisteredWay(SipFlow? First, IReadOnlyList<string> Routes)
{
    /// <summary>The routes of a request that goes there: another address than the first was given none.</summary>
    public IReadOnlyList<string> RoutesBy(SipFlow flow) => First is not { } first || first.Remote.Equals(flow.Remote) ? Routes : [];

    /// <summary>Where a call is tried, one after the other.</summary>
    /// <param name="found">Where the trunk's host leads.</param>
    /// <param name="transport">What the call is to go by; null takes any.</param>
    public IReadOnlyList<SipFlow> Order(IReadOnlyList<SipFlow> found, SipTransport? transport)
    {
        if (First is not { } first) return found;
        List<SipFlow> ordered = [.. found];
        int place = ordered.FindIndex(flow => flow.Transport == first.Transport && flow.Remote.Equals(first.Remote));
        // By TLS only where the look-up has said whose certificate it must be.
        if (place < 0 && (first.Transport is SipTransport.Tls || transport is not null && transport != first.Transport)) return found;
        var next = place < 0 ? first : ordered[place];
        if (place >= 0) ordered.RemoveAt(place);
        ordered.Insert(0, next);
        return ordered;
    }
}
