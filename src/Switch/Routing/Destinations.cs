using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// What the text of a destination means. Whoever dials asks here once, and gate, plan, price and record take the answer: a number at
/// the host of a trunk is that number, however it is written, so that no SIP URI goes past a rule that holds for numbers (ADR 45).
/// </summary>
public static class Destinations
{
    private const string Context = ";phone-context=";

    /// <param name="tenant">
    /// Who dials: its own users are here at the hosts that its programs came from, too. To others nothing tells which names there are.
    /// </param>
    public static Destination Settle(RoutingSnapshot routing, string to, SipDomains hosts, TenantId? tenant = null)
    {
        if (!DialUri.TryParse(to, out var uri)) return new(DestinationKind.Number, to);
        if (hosts.IsOurs(uri.Host, uri.Port))
            return routing.Sip.FindUser(UserOf(uri)) is null && NumberOf(uri.User) is { } ours ? new(DestinationKind.Number, ours)
                : new(DestinationKind.Here, to);
        if (ConnectionAt(routing, uri, hosts) is not null) return new(DestinationKind.Here, to);
        if (hosts.IsFormer(uri.Host) && routing.Sip.FindUser(UserOf(uri)) is { } user && user.Tenant == tenant)
            return new(DestinationKind.Here, to);
        if (TrunkPlaces.Find(routing, uri.Host, uri.Port, uri.Transport, hosts.IsLoopbackOnly) is null)
            return new(DestinationKind.Elsewhere, to);
        return NumberOf(uri.User) is { } number ? new(DestinationKind.Number, number) : new(DestinationKind.Nowhere, to);
    }

    /// <summary>The connection whose subdomain the host is.</summary>
    internal static Connection? ConnectionAt(RoutingSnapshot routing, DialUri uri, SipDomains hosts) =>
        hosts.LabelOf(uri.Host) is { } label ? routing.Sip.FindSubdomain(label) : null;

    /// <summary>The user part as our directory writes it: without escapes and parameters.</summary>
    internal static string UserOf(DialUri uri)
    {
        string user = Uri.UnescapeDataString(uri.User);
        int semicolon = user.IndexOf(';');
        return semicolon < 0 ? user : user[..semicolon];
    }

    /// <summary>
    /// +E.164 from the user part of a SIP URI or the text of a tel: URI; null when it is no number.
    /// A local number needs a global context (RFC 3966).
    /// </summary>
    internal static string? NumberOf(string user)
    {
        string text = Uri.UnescapeDataString(user);
        int context = text.IndexOf(Context, StringComparison.OrdinalIgnoreCase);
        if (context < 0 || text.StartsWith('+')) return PartyNumber.Normalise(text);
        string prefix = text[(context + Context.Length)..].Split(';')[0];
        return prefix.StartsWith('+') ? PartyNumber.Normalise(prefix + text.Split(';')[0]) : null;
    }
}
