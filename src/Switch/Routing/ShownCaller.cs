using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Where a dial may show its caller id. An own number goes everywhere; what the network brought goes where the call goes;
/// any other only where whoever is behind the place judges it, and another tenant's nowhere.
/// </summary>
internal readonly struct ShownCaller
{
    private readonly CallerStanding _standing;
    private readonly bool _isBrought, _isNumber, _isLoopbackOnly;

    private ShownCaller(CallerStanding standing, bool isBrought, bool isNumber, bool isLoopbackOnly) =>
        (_standing, _isBrought, _isNumber, _isLoopbackOnly) = (standing, isBrought, isNumber, isLoopbackOnly);

    public static ShownCaller Of(RoutingSnapshot routing, DialRequest request, SipDomains hosts)
    {
        // A URI of ours was judged as such: a carrier takes the name in it for a number. An emergency call goes out all the same.
        bool isNumber = !(DialUri.TryParse(request.From, out var uri) && IsOurs(uri.Host, hosts))
            || ShortNumber.Is(request.To.TrimStart('+'));
        return new(StandingOf(routing, hosts, request.Tenant, request.From),
            request.BroughtCaller is { } brought && brought == request.From, isNumber, hosts.IsLoopbackOnly);
    }

    /// <summary>To our own users, and to numbers of this node.</summary>
    public bool MayBeShownHere => _isBrought || _standing is CallerStanding.Own;

    /// <summary>To an address that was dialled.</summary>
    public bool MayBeShownDirectly => MayBeShownHere || _isLoopbackOnly && _standing is not CallerStanding.Anothers;

    public bool MayBeShownOn(Trunk trunk) => MayBeShownHere ? _isNumber || trunk.CallerIds is CallerChoice.Any
        : trunk.CallerIds is CallerChoice.Any && _standing is not CallerStanding.Anothers;

    public DialPlan Refuse(Destination destination) =>
        DialPlan.Refuse(destination, Refusal.CallerIdNotOwned, _standing is CallerStanding.Anothers
            ? "The number of from belongs to another account of this node."
            : "The number of from must be one of the account's or one that it has verified.");

    /// <param name="from">+E.164, a SIP URI or any other text.</param>
    public static CallerStanding StandingOf(RoutingSnapshot routing, SipDomains hosts, TenantId tenant, string from)
    {
        if (!DialUri.TryParse(from, out var uri)) return routing.StandingOf(tenant, from);
        // Whoever sees a URI whose user is a number sees the number.
        string user = Uri.UnescapeDataString(uri.User);
        if (!ShortNumber.Is(user) && PartyNumber.Normalise(user) is { } number) return routing.StandingOf(tenant, number);
        if (!IsOurs(uri.Host, hosts)) return CallerStanding.Unproved;
        var owner = hosts.LabelOf(uri.Host) is { } label ? routing.Sip.FindSubdomain(label)?.Tenant : routing.Sip.FindUser(user)?.Tenant;
        return owner == tenant ? CallerStanding.Own : CallerStanding.Anothers;
    }

    private static bool IsOurs(string host, SipDomains hosts) => hosts.IsOurs(host) || hosts.LabelOf(host) is not null;
}
