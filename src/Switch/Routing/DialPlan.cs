using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch.Routing;

/// <summary>One place to send the INVITE to.</summary>
public sealed record DialTarget
{
    public required string Host { get; init; }
    /// <summary>Null looks for SRV records first (RFC 3263).</summary>
    public int? Port { get; init; }
    /// <summary>User part of the Request-URI; empty for a URI without one.</summary>
    public required string User { get; init; }
    public TrunkId? Trunk { get; init; }
    /// <summary>Of a trunk that we are registered with.</summary>
    public RegisteredWay? RegisteredWay { get; init; }
    public string? AuthUser { get; init; }
    public string? AuthPassword { get; init; }
    /// <summary>Host of the From URI when the trunk wants a certain one.</summary>
    public string? FromDomain { get; init; }
    /// <summary>Replaces the caller id when the route says so.</summary>
    public string? CallerId { get; init; }
    public CallerIdentity Identity { get; init; }
    public ForwardedBy ForwardedBy { get; init; }
    /// <summary>Codecs that the trunk takes; null takes all.</summary>
    public IReadOnlyList<string>? Codecs { get; init; }
    /// <summary>What the INVITE offers.</summary>
    public MediaEncryption Encryption { get; init; }
    public DigitMethod Digits { get; init; }
    /// <summary>A SIP user of ours: every place where he is registered rings, and the first to answer has the call.</summary>
    public string? RegisteredUser { get; init; }
    /// <summary>A number of this node: the call comes in there like any other, by no trunk and no network.</summary>
    public bool IsInside { get; init; }
    /// <summary>Set for a customer's equipment: what makes the next one be tried is what customers are promised.</summary>
    public Connection? Equipment { get; init; }
    /// <summary>A trunk at which calls have failed of late: it stands behind all others.</summary>
    public bool IsPassedOver { get; init; }
    /// <summary>How long it may be silent before the next one is tried; null takes the usual time.</summary>
    public TimeSpan? Silence { get; init; }
    /// <summary>The operator configured it, so the target policy is not asked.</summary>
    public bool IsTrusted => Trunk is not null;

    /// <summary>Null takes what the name's records offer, else UDP.</summary>
    public SipTransport? Transport { get; init; }
    /// <summary>A sips: URI: TLS, and Contact says so too (RFC 3261 section 26.2.2).</summary>
    public bool IsSecure { get; init; }
    public NatPolicy Nat { get; init; }
    /// <summary>Its sound may come from elsewhere than SDP says when that is silent.</summary>
    public bool AdjustsRtp { get; init; } = true;

    public SipPlace Place => new(Host, Port, Transport, Trunk);

    /// <summary>Whom the call was for before somebody redirected it, as a URI; null for a place that was dialled itself.</summary>
    public string? To { get; init; }

    /// <summary>Where somebody redirected the call to, as the gate is to judge it; null for a place that was dialled itself.</summary>
    public Destination? Redirected { get; init; }

    /// <summary>host, or host:port</summary>
    public string HostPort => Port is { } port ? $"{Host}:{port}" : Host;

    /// <summary>Without parameters.</summary>
    public string Uri => $"{(IsSecure ? "sips" : "sip")}:{(User.Length > 0 ? User + "@" : "")}{HostPort}";

    public string ToUri => To ?? Uri;

    /// <summary>The From URI that this place gets to see.</summary>
    public string FromUri(DialRequest request, string domain)
    {
        string from = request.IsPrivate ? Parties.Anonymous : CallerId ?? request.From;
        if (from == Parties.Anonymous) return $"sip:{Parties.AnonymousUri}";
        if (DialUri.TryParse(from, out _)) return BroughtIdentities.WithoutVerdict(from);
        string user = E164.TryParse(from, out var number) ? number.Text : System.Uri.EscapeDataString(from);
        return $"sip:{(user.Length > 0 ? user : "anonymous")}@{FromDomain ?? domain}";
    }

    /// <summary>RFC 3325: who calls, for a trunk that wants to know it so. Null tells it nothing.</summary>
    public string? AssertedIdentity(DialRequest request, string domain) =>
        Identity is CallerIdentity.Pai
        && E164.TryParse(CallerId ?? request.From, out var number) ? $"<sip:{number.Text}@{FromDomain ?? domain}>" : null;
}

/// <summary>Where one dial may go, in order; empty with a reason.</summary>
public sealed record DialPlan(IReadOnlyList<DialTarget> Targets, Refusal Refusal, string? Detail)
{
    /// <summary>What the request's destination was understood as. The gate is asked for this, and the leg's facts say it.</summary>
    public required Destination Destination { get; init; }

    /// <summary>What the refusal is called, where its kind does not say so.</summary>
    public string? Rule { get; init; }

    /// <summary>The first trunk that leads there, also when it has no room; null when none does.</summary>
    public TrunkId? Way { get; init; }

    /// <summary>A number that no limit holds back.</summary>
    internal bool IsEmergency => ShortNumber.IsEmergency(Destination.To);

    /// <summary>The first of those that have room; null where it goes by none.</summary>
    public TrunkId? By => Targets is [{ Trunk: var trunk }, ..] ? trunk : null;

    /// <summary>
    /// From a number: the trunks of the matching routes, or this node when it is one of its own. From a sip: URI:
    /// what <see cref="Destinations"/> takes it for. A delivery goes to the equipment of the request's connection.
    /// </summary>
    /// <param name="hosts">Which hosts of URIs mean us.</param>
    /// <param name="turn">Counts calls, for equipment that takes turns.</param>
    /// <param name="weighed">Gets every route with what it came to, for an explanation.</param>
    /// <param name="trunks">How the trunks stand.</param>
    public static DialPlan For(RoutingSnapshot routing, DialRequest request, SipDomains hosts,
        List<RouteCandidate>? weighed = null, uint turn = 0, TrunkView trunks = default)
    {
        if (request.IsDelivery)
            return routing.FindConnection(request.Tenant, request.Connection) is { } equipment
                ? EquipmentPlan.ForConnection(routing, equipment, request, hosts, turn)
                : Refuse(new(DestinationKind.Here, request.To), Refusal.UnknownConnection, "The connection is gone.");
        var destination = Destinations.Settle(routing, request.To, hosts, request.Tenant);
        var caller = ShownCaller.Of(routing, request with { To = destination.To }, hosts);
        return destination.Kind switch
        {
            DestinationKind.Here =>
                caller.MayBeShownHere ? EquipmentPlan.ForUri(routing, request, hosts, turn) : caller.Refuse(destination),
            DestinationKind.Elsewhere => caller.MayBeShownDirectly ? Direct(routing, request, destination) : caller.Refuse(destination),
            DestinationKind.Nowhere => Refuse(destination, Refusal.BadDestination, Destination.NoNumber),
            _ => ForNumber(routing, request with { To = destination.To }, destination, caller, hosts, weighed, trunks),
        };
    }

    /// <summary>
    /// The same for a caller whom a program names. A SIP URI must be the account's own wherever the call goes:
    /// unlike a number, which some far ends may judge, it says who somebody on a host is.
    /// </summary>
    public static DialPlan ForProgram(RoutingSnapshot routing, DialRequest request, SipDomains hosts,
        List<RouteCandidate>? weighed = null, uint turn = 0, TrunkView trunks = default) =>
        request.From != request.BroughtCaller && DialUri.TryParse(request.From, out _)
        && ShownCaller.StandingOf(routing, hosts, request.Tenant, request.From) is not CallerStanding.Own
            ? Refuse(Destinations.Settle(routing, request.To, hosts, request.Tenant), Refusal.CallerIdNotOwned,
                "The SIP URI of from is not one of the account's.")
            : For(routing, request, hosts, weighed, turn, trunks);

    internal static DialPlan Refuse(Destination destination, Refusal refusal, string detail) =>
        new([], refusal, detail) { Destination = destination };

    private static DialPlan Direct(RoutingSnapshot routing, DialRequest request, Destination destination)
    {
        _ = DialUri.TryParse(request.To, out var uri);      // nothing else is elsewhere
        var target = new DialTarget
        {
            Host = uri.Host,
            Port = uri.Port,
            Transport = uri.Transport ?? request.Transport,
            IsSecure = uri.IsSecure,
            User = uri.User,
            AuthUser = request.AuthUser,
            AuthPassword = request.AuthPassword,
            Encryption = request.Encryption,
            Digits = DigitsOf(routing, request),
        };
        return new([target], Refusal.None, null) { Destination = destination };
    }

    /// <summary>What the connection of equipment says is about the equipment, not about whom it calls.</summary>
    private static DigitMethod DigitsOf(RoutingSnapshot routing, DialRequest request) =>
        routing.FindConnection(request.Tenant, request.Connection) is { IsEquipment: false } application ? application.Digits : default;

    private static DialPlan ForNumber(RoutingSnapshot routing, DialRequest request, Destination destination, ShownCaller caller,
        SipDomains hosts, List<RouteCandidate>? weighed, TrunkView trunks)
    {
        if (!E164.TryParse(request.To, out _) && !ShortNumber.Is(request.To))
            return Refuse(destination, Refusal.BadDestination, "The destination is neither a number in +E.164 form nor a sip: URI.");

        if (routing.FindOwnNumber(request.To) is not null)
            return caller.MayBeShownHere ? ForOwnNumber(request, destination, hosts) : caller.Refuse(destination);

        var chosen = new TrunkChoice(trunks, isEmergency: ShortNumber.IsEmergency(request.To), weighed);
        var digits = DigitsOf(routing, request);
        bool isCallerInTheWay = false;
        foreach (var route in routing.FindRoutes(request.To, weighed))
        {
            if (chosen.IsFull && weighed is null) break;
            var trunk = routing.FindTrunk(route.Trunk);
            var outcome = chosen.Judge(trunk);
            if (outcome is RouteOutcome.Chosen && route.CallerId is null && !caller.MayBeShownOn(trunk!))
                outcome = RouteOutcome.CallerNotShown; // what is chosen is there
            isCallerInTheWay |= outcome is RouteOutcome.CallerNotShown;
            if (outcome is RouteOutcome.Chosen && trunk is not null)
                chosen.Add(route, trunk, TargetOf(trunk, route, request, digits, trunks));
            else weighed?.Add(new(route, trunk, outcome));
        }
        var targets = chosen.Finish();
        return targets.Count > 0 ? new(targets, Refusal.None, null) { Destination = destination, Way = chosen.Way }
            : chosen.Full is { } full ? new([], full.Refusal, full.Detail) { Destination = destination, Rule = full.Rule, Way = chosen.Way }
            : isCallerInTheWay ? caller.Refuse(destination) : Refuse(destination, Refusal.NoRoute, "No route leads to this number.");
    }

    private static DialTarget TargetOf(Trunk trunk, Route route, DialRequest request, DigitMethod digits, TrunkView trunks) => new()
    {
        Host = trunk.Host,
        Port = trunk.Port,
        Transport = trunk.Transport ?? request.Transport,
        Nat = trunk.Nat,
        AdjustsRtp = trunk.AdjustsRtp,
        User = request.To,
        Trunk = trunk.Id,
        RegisteredWay = trunk.Registers ? trunks.Board?.FindWay(trunk.Id) : null,
        AuthUser = request.AuthUser ?? trunk.AuthUser,
        AuthPassword = request.AuthPassword ?? trunk.AuthPassword,
        FromDomain = trunk.FromDomain,
        CallerId = route.CallerId,
        Identity = trunk.Identity,
        ForwardedBy = trunk.ForwardedBy,
        Codecs = trunk.Codecs,
        Encryption = (MediaEncryption)Math.Max((int)trunk.Encryption, (int)request.Encryption),
        Digits = digits,
    };

    /// <summary>
    /// Whose number it is, and what becomes of the call there, is asked when it comes in: nothing of it is the caller's to know before.
    /// </summary>
    private static DialPlan ForOwnNumber(DialRequest request, Destination destination, SipDomains hosts)
    {
        var (host, port) = hosts.Own;
        return new([new() { Host = host, Port = port, User = request.To, IsInside = true, AdjustsRtp = false }], Refusal.None, null)
        {
            Destination = destination
        };
    }

    /// <summary>The call stays between numbers of this node.</summary>
    public bool IsOnNet => Targets.Count > 0 && Targets.All(target => target.IsInside);

    /// <summary>Only SIP users of ours are rung.</summary>
    public bool StaysHere => Destination.Kind is DestinationKind.Here && Targets.All(target => target.RegisteredUser is not null);

    /// <summary>Whether it leads anywhere, and may.</summary>
    public GateAnswer Judge(TargetPolicy policy)
    {
        if (Refusal is not Refusal.None) return new(Refusal, Rule ?? RuleOf(Refusal), Detail);
        string? why = Forbidden(policy) is { } verdict ? TargetPolicy.Describe(verdict)
            : Targets.Any(target => IsInnerName(target, policy)) ? TargetPolicy.OnlyInside : null;
        return why is null ? GateAnswer.Open : new(Refusal.TargetForbidden, "target_forbidden", $"The destination is refused: {why}.");
    }

    /// <summary>A name that nobody is asked for: see <see cref="TargetPolicy.MayLookUp"/>.</summary>
    private static bool IsInnerName(DialTarget target, TargetPolicy policy) =>
        !target.IsTrusted && !target.IsInside && target.RegisteredUser is null && !HostLiteral.TryParse(target.Host, out _)
        && !policy.MayLookUp(target.Host);

    private static string RuleOf(Refusal refusal) => refusal switch
    {
        Refusal.NoRoute => "no_route",
        Refusal.CallerIdNotOwned => "caller_id_not_owned",
        _ => "bad_destination",
    };

    /// <summary>
    /// What the policy says of the addresses that need no look-up; names are checked again, address by address, when they are resolved.
    /// </summary>
    public TargetVerdict? Forbidden(TargetPolicy policy)
    {
        foreach (var target in Targets)
        {
            if (target.IsTrusted || target.IsInside || target.RegisteredUser is not null
                || !HostLiteral.TryParse(target.Host, out var address)) continue;
            var verdict = policy.Check(new IPEndPoint(address, target.Port ?? 5060), TargetUse.Signalling);
            if (verdict is not TargetVerdict.Allowed) return verdict;
        }
        return null;
    }
}
