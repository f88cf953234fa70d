using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Switch.Registrations;
using SipHeader = Ringwright.Calls.CustomSipHeader;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Where INVITEs go: those of carriers to the number's connection, those of customers' equipment to the world,
/// to other equipment or to a number of ours.
/// </summary>
/// <param name="domain">Host of URIs of our users.</param>
/// <param name="key">The node's, for the marks of trunks.</param>
internal sealed class CallRouter(RoutingSnapshot routing, SipDomains hosts, string domain, ReadOnlyMemory<byte> key)
{
    private const string UnknownNumber = "unknown_number", Inactive = "connection_inactive";
    private static readonly TimeSpan RingTimeout = TimeSpan.FromSeconds(90);

    /// <summary>From a trunk, from the laptop itself, or from anybody to an open subdomain.</summary>
    public CallRoute FromOutside(SipRequest request, IPAddress source)
    {
        var target = request.ParseRequestUri();
        var known = routing.FindTrunkBySource(source);
        var line = TrunkLine.Find(routing, target, key) ?? (known is null ? null : TrunkLine.FindByLogin(routing, target, source));
        string user = Parties.UserOf(target);
        // A trunk that we registered with calls our login, if not the number itself.
        if (line is not null && (target.UserText == line.Login || InboundRoute.OwnedNumber(routing, user) is null)
            && MeantBy(request) is { } meant) user = meant;
        // Who writes our number without its country writes the caller's so.
        var caller = IncomingCaller.FromNetwork(request, isProven: (line ?? known) is not null
            || hosts.IsLoopbackOnly && IPAddress.IsLoopback(source), isByTrunk: (line ?? known) is not null,
            InboundRoute.CountryOf(routing, user));
        // A customer who takes the very label by which carriers reach the node gets none of the calls for others' numbers.
        if (hosts.LabelOf(target.HostText) is { } label
            && (known is null || InboundRoute.OwnedNumber(routing, Parties.UserOf(target)) is null))
            return ToSubdomain(request, label, caller, owner: null) with { Trunk = known };
        var route = InboundRoute.Find(routing, user, source);
        if (!route.IsOpen || route is not { Number: { } number, Connection: { } connection })
            return CallRoute.Refuse(route.Status, route.Reason);
        string called = number.Text == RoutingSnapshot.AnyNumber ? PartyNumber.Normalise(user) ?? user : number.Text;
        return ToNumber(request, number, connection, called, caller) with { Trunk = line ?? route.Trunk };
    }

    /// <summary>
    /// Whom a trunk means that calls our login: he stands in To, where that is not whoever was called before and has sent the call on.
    /// Null when nobody is there for him.
    /// </summary>
    private string? MeantBy(SipRequest request)
    {
        if (Parties.CalledBy(request) is { } called && routing.FindNumber(called) is not null) return called;
        string first = Parties.UserOf(request.To.ParseUri());
        return PartyNumber.Normalise(first) is not null && InboundRoute.FindNumber(routing, first) is not null ? first : null;
    }

    /// <summary>
    /// From another leg of this node to one of its numbers: whoever owns that has a leg of his own,
    /// and learns what a carrier would tell him.
    /// </summary>
    public CallRoute FromInside(SipRequest request, DialRequest placed)
    {
        if (InboundRoute.OwnedNumber(routing, request.ParseRequestUri().UserText) is not { } number)
            return CallRoute.Refuse(404, UnknownNumber);
        if (number.Connection is not { } id || routing.FindConnection(number.Tenant, id) is not { IsActive: true } connection)
            return CallRoute.Refuse(480, Inactive);
        if (placed.Through.Contains(number.Text) || placed.Through.Count >= Limits.Forwardings) return CallRoute.Refuse(482, "loop");
        return ToNumber(request, number, connection, number.Text, IncomingCaller.FromInside(request, placed, domain));
    }

    /// <summary>From a registered phone, or from equipment that is known by its address.</summary>
    /// <param name="isReplacing">It takes the place of another call, and where it would go is not asked.</param>
    public CallRoute FromCustomer(SipRequest request, SipCaller caller, IPAddress source, bool isReplacing = false)
    {
        var connection = caller.Connection;
        var origination = connection.Sip?.Origination ?? new();
        var target = request.ParseRequestUri();
        string text = DialledIn(target, origination.TechPrefix);
        string? dialled = Parties.Dialled(text, origination.Localization);
        // Also written as +1911: no other number is as short as that.
        bool isEmergency = dialled is not null && ShortNumber.Is(dialled.TrimStart('+'));
        var claim = new EquipmentCaller(routing, hosts, domain, request, caller, source, isEmergency);
        var own = new CallRoute
        {
            Connection = connection,
            From = claim.ToWorld,
            FromUri = Parties.Bare(request.From.ParseUri()),
            To = dialled ?? Parties.Of(target),
            CallerName = claim.Name,
            IsPlacedByCustomer = true,
            // What proves the equipment to us is nobody's to read in events.
            Headers = Legs.CustomHeaders.Of(request, origination.Token),
        };
        if (isReplacing)
            return own with { From = claim.ToUser, To = Parties.Bare(target) is { } place ? $"sip:{place}" : Parties.Of(target) };
        if (origination.IsParked) return own;
        if (hosts.LabelOf(target.HostText) is { } label)
            return ToSubdomain(request, label, IncomingCaller.InHouse(request, claim, claim.ToUser), connection.Tenant);
        // Who dials digits wants a number, whatever users are called.
        if (dialled is null && routing.Sip.FindUser(text) is { } user && hosts.IsOurs(target.HostText))
            return ToUser(own with { From = claim.ToUser }, request, user);
        if (dialled is null) return CallRoute.Refuse(404, "unknown_destination");
        if (routing.FindOwnNumber(dialled) is { } number && IsOwner(caller, number))
            // By the user's name: a number that calls itself is a loop to the gate.
            return own with
            {
                From = $"sip:{caller.User}@{domain}",
                Application = new(ApplicationKind.Mailbox, number.Text),
                OnwardAs = Direction.Inbound,
            };
        if (routing.FindOwnNumber(dialled) is { } other) return ToOwnNumber(own with { From = claim.ToNumber }, request, claim, other);
        if (isEmergency) return Outward(own with { From = claim.ToEmergency }, request, claim.ToEmergency);
        return Outward(own, request, brought: null) with { FallbackCaller = claim.Number };
    }

    /// <summary>
    /// The phone behind a number with voicemail, which calls that number: its password has proved it, and is worth a PIN.
    /// </summary>
    private bool IsOwner(SipCaller caller, Number number) => caller.User is { } user && caller.Connection is { Sip.UserName: { } own }
        && own == user && caller.Connection.Tenant == number.Tenant && caller.Connection.Id == number.Connection
        && routing.FindMailbox(number) is not null;

    /// <summary>By the trunks that the routes name. Who calls in an emergency is never hidden.</summary>
    private static CallRoute Outward(CallRoute own, SipRequest request, string? brought) => own with
    {
        Onward = new()
        {
            Tenant = own.Connection!.Tenant,      // a customer's route has its connection
            Connection = own.Connection.Id,
            From = own.From,
            BroughtCaller = brought,
            IsPrivate = brought is null && Parties.HidesItself(request),
            To = own.To,
            CallerName = own.CallerName,
            RingTimeout = RingTimeout,
            Headers = Legs.CustomHeaders.Passed(request, isFromNetwork: false),
        },
    };

    private CallRoute ToUser(CallRoute own, SipRequest request, SipUser user)
    {
        if (routing.FindConnection(user.Tenant, user.Connection) is not { IsActive: true } called)
            return CallRoute.Refuse(404, Inactive);
        // a customer's route has its connection
        var caller = own.Connection!.Tenant;
        // Another account's name that takes no call of this one is met as a name that nobody has: who asks learns of none.
        if (!MayCall(routing, caller, user))
            return caller == user.Tenant ? CallRoute.Refuse(403, "not_called_by_uri", "Not Called By URI")
                : CallRoute.Refuse(404, "not_called_by_uri");
        string uri = $"sip:{user.Name}@{domain}";
        return own with { To = uri, Onward = InHouse(own with { To = uri }, request, called), OnwardAs = Direction.Inbound };
    }

    /// <summary>Whether a SIP user takes calls of an account's equipment.</summary>
    internal static bool MayCall(RoutingSnapshot routing, TenantId caller, SipUser user) =>
        routing.FindConnection(user.Tenant, user.Connection)?.Sip?.UriCalling switch
        {
            SipUriCalling.Unrestricted => true,
            SipUriCalling.Internal => caller == user.Tenant,
            _ => false,
        };

    private CallRoute ToOwnNumber(CallRoute own, SipRequest request, EquipmentCaller claim, Number number)
    {
        if (number.Connection is not { } id || routing.FindConnection(number.Tenant, id) is not { IsActive: true } connection)
            return CallRoute.Refuse(480, Inactive);
        // What the number's account does with the call is done in its own name.
        if (!connection.IsEquipment || number.Voice is { Forwarding: not null } or { IsCallerNamed: true }
            || routing.FindMailbox(number) is not null)
            return ToNumber(request, number, connection, number.Text, IncomingCaller.InHouse(request, claim,
                connection.Application.Kind == ApplicationKind.Echo ? claim.ToUser : claim.ToNumber));
        return own with { Onward = Delivery(own, request, number, connection, own.To, through: []), OnwardAs = Direction.Inbound };
    }

    private CallRoute ToNumber(SipRequest request, Number number, Connection connection, string called, IncomingCaller caller)
    {
        var route = caller.Fill(new() { Connection = connection, Number = number, To = called });
        // Who calls is the carrier's to say: a verification that failed is a number that somebody else's call shows.
        if (route.Brought?.Attestation is { Verification: CallerVerification.Failed } && number.Voice.Screening is var screening
            && screening is not CallScreening.Disabled)
        {
            if (screening is CallScreening.Reject) return CallRoute.Refuse(608, "screened_out", "Rejected");
            route = route with { IsSuspect = true };
        }
        if (number.Voice.IsCallerNamed && caller.IsOurs && routing.FindOwnNumber(route.From) is { Voice.ListedName: { } name })
            route = route with { CallerName = name };
        if (number.Voice.Forwarding is { IsOnFailure: false } always)
            return route with
            {
                Onward = Forwarded(route, request, number, connection, caller, always),
                OnwardAs = Direction.Outbound,
                FallbackCaller = called
            };
        route = route with
        {
            OnFailure = number.Voice.Forwarding is { } forwarding
                ? Forwarded(route, request, number, connection, caller, forwarding) : null,
            Voicemail = routing.FindMailbox(number) is not null ? new(ApplicationKind.Voicemail, number.Text) : null,
        };
        if (route.OnFailure is not null) route = route with { FallbackCaller = called };
        return connection.IsEquipment ? route with { Onward = Delivery(route, request, number, connection, called, caller.Through) }
            : route;
    }

    /// <summary>To where the number sends its calls on. A caller without a number goes on under the one that he called.</summary>
    private DialRequest Forwarded(CallRoute route, SipRequest request, Number number, Connection connection, IncomingCaller caller,
        Forwarding forwarding)
    {
        var onward = InHouse(route, request, connection);
        return onward with
        {
            To = forwarding.To,
            BroughtCaller = route.BroughtCaller,
            Through = [.. caller.Through, number.Text],
            RingTimeout = forwarding.IsOnFailure && routing.FindMailbox(number) is not null ? Limits.FallbackRinging : RingTimeout,
            Headers = [Legs.Diversions.Of(route.To, domain, forwarding.IsOnFailure), .. onward.Headers],
        };
    }

    /// <summary>To the equipment behind the number.</summary>
    private static DialRequest Delivery(CallRoute route, SipRequest request, Number number, Connection connection, string called,
        IReadOnlyList<string> through) => InHouse(route, request, connection) with
        {
            To = number.Voice.TranslatedNumber ?? called,
            IsDelivery = true,
            Through = [.. through, number.Text],
            AdjustsRtp = !number.Voice.IsRtpFixed,
            RingTimeout = route.HasFallback && AnswerTimeout(connection) > Limits.FallbackRinging ? Limits.FallbackRinging
                : AnswerTimeout(connection),
        };

    /// <param name="owner">The tenant that calls; null when nobody knows who does: then the subdomain must be open.</param>
    private CallRoute ToSubdomain(SipRequest request, string label, IncomingCaller caller, TenantId? owner)
    {
        if (routing.Sip.FindSubdomain(label) is not { } connection) return CallRoute.Refuse(404, "unknown_subdomain");
        if (!connection.IsActive) return CallRoute.Refuse(480, Inactive);
        if (!connection.IsSubdomainOpen && owner != connection.Tenant) return CallRoute.Refuse(403, "subdomain_closed");
        return caller.Fill(new() { Connection = connection, To = Parties.Of(request.ParseRequestUri()) });
    }

    private static TimeSpan AnswerTimeout(Connection connection) => (connection.Sip?.Delivery ?? new()).AnswerTimeout;

    /// <summary>
    /// To equipment or a number of this node, whose account the leg belongs to. Whoever hides his number hides his name with it.
    /// </summary>
    private static DialRequest InHouse(CallRoute route, SipRequest request, Connection connection)
    {
        bool isHidden = route.IsPlacedByCustomer ? Parties.HidesItself(request) : Parties.IsPrivate(request);
        string from = isHidden ? Parties.Anonymous : route.From;
        return new()
        {
            Tenant = connection.Tenant,
            Connection = connection.Id,
            From = from,
            BroughtCaller = from,
            Brought = from == Parties.Anonymous ? null : route.Brought,
            To = route.To,
            CallerName = isHidden ? null : route.CallerName,
            RingTimeout = RingTimeout,
            Headers = Legs.CustomHeaders.Passed(request, route.IsFromNetwork),
        };
    }

    /// <summary>What equipment dials, without the prefix by which it is known. Who leaves that out dials as others do.</summary>
    internal static string DialledIn(SipUri target, string? prefix)
    {
        string written = target.UserText, dialled = WithoutPrefix(written, prefix);
        return dialled.Length < written.Length ? dialled : Parties.UserOf(target);
    }

    internal static string WithoutPrefix(string text, string? prefix)
    {
        if (prefix is null) return text;
        string plus = text.StartsWith('+') ? "+" : "";
        return text.AsSpan(plus.Length).StartsWith(prefix) ? plus + text[(plus.Length + prefix.Length)..] : text;
    }
}
