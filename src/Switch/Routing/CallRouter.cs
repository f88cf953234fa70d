using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Switch.Registrations;
using SipHeader = Ringwright.Calls.SipHeader;

namespace Ringwright.Switch.Routing;

/// <summary>Where INVITEs go: those of carriers to the number's connection, those of customers' equipment to the world, to other equipment or to a number of ours.</summary>
/// <param name="domain">Host of URIs of our users.</param>
/// <param name="key">The node's, for the marks of trunks.</param>
internal sealed class CallRouter(RoutingSnapshot routing, SipDomains hosts, string domain, ReadOnlyMemory<byte> key)
{
    /// <summary>From a trunk, from the laptop itself, or from anybody to an open subdomain.</summary>
    public CallRoute FromOutside(SipRequest request, IPAddress source)
    {
        var target = request.ParseRequestUri();
        if (hosts.LabelOf(target.HostText) is { } label) return ToSubdomain(request, label, caller: null) with { Trunk = routing.FindTrunkBySource(source) };
        var line = TrunkLine.Find(routing, target, key);
        // A trunk that we registered with calls our login; whom it means stands in To.
        string user = line is not null && PartyNumber.Normalise(request.To.ParseUri().UserText) is { } meant && routing.FindNumber(meant) is not null ? meant : target.UserText;
        var route = InboundRoute.Find(routing, user, source);
        if (!route.IsOpen || route is not { Number: { } number, Connection: { } connection }) return CallRoute.Refuse(route.Status);
        string called = PartyNumber.Normalise(user) ?? (number.Text == RoutingSnapshot.AnyNumber ? user : number.Text);
        return ToNumber(request, number, connection, called) with { Trunk = line ?? route.Trunk };
    }

    /// <summary>From a registered phone, or from equipment that is known by its address.</summary>
    public CallRoute FromCustomer(SipRequest request, SipCaller caller)
    {
        var connection = caller.Connection;
        var origination = connection.Sip?.Origination ?? new();
        var target = request.ParseRequestUri();
        string text = WithoutPrefix(target.UserText, origination.TechPrefix);
        string? dialled = Parties.Dialled(text, origination.Localization);
        bool isEmergency = dialled is not null && ShortNumber.Is(dialled);
        string from = CallerOf(request, connection, origination, isEmergency);
        var own = new CallRoute
        {
            Connection = connection,
            From = from,
            To = dialled ?? Parties.Of(target),
            CallerName = NameOf(request),
            IsPlacedByCustomer = true,
        };
        if (origination.IsParked) return own;
        if (hosts.LabelOf(target.HostText) is { } label) return ToSubdomain(request, label, connection);
        if (routing.Sip.FindUser(text) is { } user && hosts.IsOurs(target.HostText)) return ToUser(own, request, user);
        if (dialled is null) return CallRoute.Refuse(404);
        if (routing.FindNumber(dialled) is { } number && number.Text == dialled) return ToOwnNumber(own, request, number);
        var onward = Request(own, request, connection);
        return own with { Onward = isEmergency ? onward with { From = from, CallerName = own.CallerName } : onward };
    }

    private CallRoute ToUser(CallRoute own, SipRequest request, SipUser user)
    {
        if (routing.FindConnection(user.Tenant, user.Connection) is not { IsActive: true } called) return CallRoute.Refuse(404);
        bool mayCall = called.Sip?.UriCalling switch
        {
            SipUriCalling.Unrestricted => true,
            SipUriCalling.Internal => own.Connection!.Tenant == user.Tenant,      // a customer's route has its connection
            _ => false,
        };
        if (!mayCall) return CallRoute.Refuse(403, "Not Called By URI");
        string uri = $"sip:{user.Name}@{domain}";
        return own with { To = uri, Onward = Request(own with { To = uri }, request, called), OnwardAs = Direction.Inbound };
    }

    private CallRoute ToOwnNumber(CallRoute own, SipRequest request, Number number)
    {
        if (number.Connection is not { } id || routing.FindConnection(number.Tenant, id) is not { IsActive: true } connection) return CallRoute.Refuse(480);
        if (!connection.IsEquipment || number.Voice.Forwarding is { IsOnFailure: false }) return ToNumber(request, number, connection, number.Text) with { From = own.From };
        return own with { Onward = Request(own, request, connection) with { To = number.Voice.TranslatedNumber ?? own.To, IsDelivery = true, RingTimeout = AnswerTimeout(connection) }, OnwardAs = Direction.Inbound };
    }

    private CallRoute ToNumber(SipRequest request, Number number, Connection connection, string called)
    {
        var route = new CallRoute { Connection = connection, Number = number, From = Parties.Of(request.From.ParseUri()), To = called, CallerName = NameOf(request) };
        if (number.Voice.Forwarding is { IsOnFailure: false } forwarding)
        {
            var onward = Request(route, request, connection) with { To = forwarding.To };
            return route with { Onward = onward with { Headers = [.. onward.Headers, new("Diversion", $"<sip:{called}@{domain}>;reason=unconditional")] }, OnwardAs = Direction.Outbound };
        }
        return connection.IsEquipment ? route with { Onward = Request(route, request, connection) with { To = number.Voice.TranslatedNumber ?? called, IsDelivery = true, RingTimeout = AnswerTimeout(connection) } } : route;
    }

    /// <param name="caller">Null when nobody knows who calls: then the subdomain must be open.</param>
    private CallRoute ToSubdomain(SipRequest request, string label, Connection? caller)
    {
        if (routing.Sip.FindSubdomain(label) is not { } connection) return CallRoute.Refuse(404);
        if (!connection.IsActive) return CallRoute.Refuse(480);
        if (!connection.IsSubdomainOpen && caller?.Tenant != connection.Tenant) return CallRoute.Refuse(403);
        return new() { Connection = connection, From = Parties.Of(request.From.ParseUri()), To = Parties.Of(request.ParseRequestUri()), CallerName = NameOf(request) };
    }

    private string CallerOf(SipRequest request, Connection connection, SipOrigination origination, bool isEmergency)
    {
        bool isReplaced = origination.CallerOverrideUse switch
        {
            CallerOverrideUse.Normal => !isEmergency,
            CallerOverrideUse.Emergency => isEmergency,
            _ => true,
        };
        if (isReplaced && origination.CallerOverride is { Length: > 0 } given) return PartyNumber.Normalise(given) ?? given;
        // A phone that says only its user name calls from the connection's number, where it has one.
        return Parties.CallerOf(request) ?? routing.FindNumberOf(connection)?.Text ?? Parties.Of(request.From.ParseUri());
    }

    private static TimeSpan AnswerTimeout(Connection connection) => (connection.Sip?.Delivery ?? new()).AnswerTimeout;

    /// <summary>Whoever hides his number hides his name with it, from phones as from carriers.</summary>
    private static DialRequest Request(CallRoute route, SipRequest request, Connection connection) => new()
    {
        Tenant = connection.Tenant,
        Connection = connection.Id,
        From = Parties.IsPrivate(request) ? "anonymous" : route.From,
        To = route.To,
        CallerName = Parties.IsPrivate(request) ? null : route.CallerName,
        RingTimeout = TimeSpan.FromSeconds(90),
        Headers = Passed(request),
    };

    /// <summary>What one party's equipment may say to the other's; the P- headers are between it and us.</summary>
    private static List<SipHeader> Passed(SipRequest request) =>
        [.. Legs.CustomHeaders.Of(request).Where(h => !h.Name.StartsWith("P-", StringComparison.OrdinalIgnoreCase) && !h.Name.EndsWith("-Token", StringComparison.OrdinalIgnoreCase))];

    private static string? NameOf(SipRequest request) => request.From.DisplayText is { Length: > 0 } name ? name : null;

    internal static string WithoutPrefix(string text, string? prefix)
    {
        if (prefix is null) return text;
        string plus = text.StartsWith('+') ? "+" : "";
        return text.AsSpan(plus.Length).StartsWith(prefix) ? plus + text[(plus.Length + prefix.Length)..] : text;
    }
}
