using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Where a call to a customer's equipment goes: to the places where a user is registered, or to listed
/// addresses and host names in their order.
/// </summary>
internal static class EquipmentPlan
{
    /// <summary>A URI of our own: a SIP user, or the equipment behind a subdomain.</summary>
    public static DialPlan ForUri(RoutingSnapshot routing, DialRequest request, SipDomains hosts, uint turn)
    {
        _ = DialUri.TryParse(request.To, out var uri);      // nothing else is ours
        string name = Destinations.UserOf(uri);
        if (Destinations.ConnectionAt(routing, uri, hosts) is not { } connection) return ForUser(routing, request, name);
        if (!connection.IsActive || !connection.IsSubdomainOpen && connection.Tenant != request.Tenant)
            return Refuse(request.To, "No subdomain of this name takes calls from this account.");
        if (!connection.IsEquipment)
            return Refuse(request.To, "The subdomain is an application's, which takes calls that come in: dial a number of its.");
        return ForConnection(routing, connection, request with { To = name }, hosts, turn)
            is { Destination.Kind: DestinationKind.Here } plan
            ? plan with { Destination = new(DestinationKind.Here, request.To) }
            : Refuse(request.To, "The subdomain's equipment is at a trunk.");
    }

    /// <summary>A user of ours; a tenant reaches its own users whatever they let others do.</summary>
    private static DialPlan ForUser(RoutingSnapshot routing, DialRequest request, string name)
    {
        // The answer to strangers does not tell which names there are.
        if (routing.Sip.FindUser(name) is not { } user
                || routing.FindConnection(user.Tenant, user.Connection) is not { IsActive: true } connection
            || (user.Tenant != request.Tenant && connection.Sip is not { UriCalling: SipUriCalling.Unrestricted }))
            return Refuse(request.To, "No SIP user of this name takes calls from this account.");
        return Plan(request.To, [ToUser(connection, name, name, request.Encryption, isAllowed: true)]);
    }

    /// <summary>The equipment behind the number that the request is for.</summary>
    /// <param name="turn">Counts the calls of the node: lists that take turns begin at another place each time.</param>
    /// <returns>
    /// A plan whose destination is a number when the equipment is at a trunk of the operator's:
    /// that is a call to what it would be sent as, to be judged and paid as one.
    /// </returns>
    public static DialPlan ForConnection(RoutingSnapshot routing, Connection connection, DialRequest request, SipDomains hosts, uint turn)
    {
        string called = request.To;
        var sip = connection.Sip ?? new();
        if (connection.Kind == ConnectionKind.Credential)
            return sip.UserName is { } name ? Plan(called, [ToUser(connection, name, called, request.Encryption, request.AdjustsRtp)])
                : Refuse(called, "The connection has no SIP user.");
        var places = routing.Sip.TargetsOf(connection);
        if (places.Count == 0) return Refuse(called, "The connection has no address to send calls to.");
        int first = sip.Delivery.IsRoundRobin ? (int)(turn % (uint)places.Count) : 0;
        List<DialTarget> targets = [];
        string user = Write(called, sip);
        SipTransport? transport = Enum.TryParse<SipTransport>(sip.Transport, ignoreCase: true, out var named) ? named : null;
        bool isTrunks = false;
        for (int i = 0; i < Math.Min(places.Count, Limits.DialTargets); i++)
        {
            var place = places[(first + i) % places.Count];
            var trunk = TrunkPlaces.Find(routing, place.Host, place.Port, transport, hosts.IsLoopbackOnly);
            isTrunks |= trunk is not null;
            targets.Add(new()
            {
                Host = place.Host,
                Port = place.Port,
                Transport = transport,
                User = user,
                Trunk = trunk?.Id,
                Equipment = connection,
                Encryption = Offered(connection, request.Encryption),
                Digits = connection.Digits,
                Silence = sip.Delivery.ProvisionalTimeout,
                AdjustsRtp = request.AdjustsRtp && !sip.IsRtpFixed,
            });
        }
        if (!isTrunks) return Plan(called, targets);
        // Ten digits of North America would be those of another country with a plus before them.
        return Destinations.NumberOf(sip.Delivery.CalledFormat is CalledFormat.National ? called : user) is { } number
            ? new([.. targets.Select(t => t.Trunk is null ? t : t with { User = number })], Refusal.None, null)
            {
                Destination = new(DestinationKind.Number, number)
            }
            : Refuse(called,
                "The connection's address is one of this node's trunks, and what would be called there is no telephone number.");
    }

    private static DialPlan Plan(string to, List<DialTarget> targets) =>
        new(targets, Refusal.None, null) { Destination = new(DestinationKind.Here, to) };

    /// <param name="isAllowed">The number allows its calls what the connection allows all of them.</param>
    private static DialTarget ToUser(Connection connection, string name, string called, MediaEncryption asked, bool isAllowed) => new()
    {
        Host = "",
        User = called,
        RegisteredUser = name,
        Equipment = connection,
        Encryption = Offered(connection, asked),
        Digits = connection.Digits,
        AdjustsRtp = isAllowed && connection.Sip is not { IsRtpFixed: true },
    };

    /// <summary>What it demands, or else whoever calls it.</summary>
    private static MediaEncryption Offered(Connection connection, MediaEncryption asked) =>
        connection.Sip is { IsSrtpRequired: true } ? MediaEncryption.Required : asked;

    private static string Write(string called, SipConnection sip) => sip.Delivery.CalledFormat switch
    {
        CalledFormat.UserName when sip.UserName is { } name => name,
        CalledFormat.PlusE164 => called,
        // The national form of the one numbering plan that needs no table.
        CalledFormat.National when called.StartsWith("+1", StringComparison.Ordinal) => called[2..],
        _ => called.TrimStart('+'),
    };

    private static DialPlan Refuse(string to, string detail) => DialPlan.Refuse(new(DestinationKind.Here, to), Refusal.NoRoute, detail);
}
