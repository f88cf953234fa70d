using Ringwright.Calls;
using Ringwright.Sip.Messages;
using SipHeader = Ringwright.Calls.CustomSipHeader;

namespace Ringwright.Switch.Routing;

/// <summary>Who calls a number or an application, as its account gets to see it.</summary>
/// <param name="From">+E.164, a SIP URI, or anonymous.</param>
/// <param name="Uri">Without the scheme; null when it is no SIP URI.</param>
/// <param name="IsProven">The network brought it, or it was judged here; else it is what a stranger says.</param>
internal sealed record IncomingCaller(string From, string? Uri, string? Name, bool IsProven)
{
    public IReadOnlyList<CustomSipHeader> Headers { get; private init; } = [];
    /// <inheritdoc cref="DialRequest.Through"/>
    public IReadOnlyList<string> Through { get; private init; } = [];
    /// <summary>A call of this node's from its beginning: the number that it shows is the caller's.</summary>
    public bool IsOurs { get; private init; }
    private bool IsFromNetwork { get; init; }
    private BroughtIdentity? Brought { get; init; }

    /// <param name="isByTrunk">A trunk brought it: what it says of the caller is believed, and nobody else's word.</param>
    /// <param name="country">In whose way it writes numbers.</param>
    public static IncomingCaller FromNetwork(SipRequest request, bool isProven, bool isByTrunk, string? country)
    {
        if (Parties.IsPrivate(request)) return Hidden(request, isFromNetwork: true) with { IsProven = isProven };
        var uri = request.From.ParseUri();
        string? name = request.From.DisplayText is { Length: > 0 } text ? text : null;
        string? said = Parties.NumberOf(Parties.UserOf(uri), country);
        // Some carriers have their gateway in From, and who calls beside it.
        if (isByTrunk) said ??= Parties.AssertedBy(request, country);
        string from = said ?? Parties.Of(uri);
        return new(from, Parties.Bare(uri), name, isProven)
        {
            Headers = Legs.CustomHeaders.OfNetwork(request, isProven, isByTrunk), IsFromNetwork = true,
            Brought = isByTrunk ? BroughtIdentities.Of(request) : null,
        };
    }

    /// <summary>
    /// Another leg of this node, whose caller was judged where it was placed. What it says of who sent the call on is our own word.
    /// </summary>
    /// <param name="domain">Host of URIs of numbers.</param>
    public static IncomingCaller FromInside(SipRequest request, DialRequest placed, string domain)
    {
        if (Parties.IsPrivate(request)) return Hidden(request, isFromNetwork: true) with { Through = placed.Through };
        string uri = DialUri.TryParse(placed.From, out _) ? placed.From[(placed.From.IndexOf(':') + 1)..] : $"{placed.From}@{domain}";
        return new(placed.From, uri, placed.CallerName, IsProven: true)
        {
            Headers = Legs.CustomHeaders.Passed(request, isFromNetwork: true), IsFromNetwork = true, Through = placed.Through,
            IsOurs = placed.BroughtCaller is null,
            Brought = placed.BroughtCaller == placed.From ? placed.Brought : null,
        };
    }

    /// <summary>A customer's equipment that calls a number of this node: nothing that it only claims is told.</summary>
    public static IncomingCaller InHouse(SipRequest request, EquipmentCaller claim, string from)
    {
        if (Parties.HidesItself(request)) return Hidden(request, isFromNetwork: false);
        return new(from, claim.Uri["sip:".Length..], claim.Name, IsProven: true)
        {
            Headers = Legs.CustomHeaders.Passed(request, isFromNetwork: false), IsOurs = true,
        };
    }

    /// <summary>Who does not want to be known is not told by a header either.</summary>
    private static IncomingCaller Hidden(SipRequest request, bool isFromNetwork) =>
        new(Parties.Anonymous, Parties.AnonymousUri, null, IsProven: true)
        {
            Headers = Legs.CustomHeaders.Passed(request, isFromNetwork), IsFromNetwork = isFromNetwork,
        };

    public CallRoute Fill(CallRoute route) =>
        route with
        {
            From = From,
            FromUri = Uri,
            CallerName = Name,
            BroughtCaller = IsProven ? From : null,
            Headers = Headers,
            IsFromNetwork = IsFromNetwork,
            Brought = Brought,
        };
}
