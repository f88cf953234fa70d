using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>Where a call to a customer's equipment goes: to the places where a user is registered, or to listed addresses and host names in their order.</summary>
internal static class EquipmentPlan
{
    /// <summary>A user of ours, by URI.</summary>
    /// <param name="caller">Whose call it is; a tenant reaches its own users whatever they let others do.</param>
    public static DialPlan ForUser(RoutingSnapshot routing, string name, TenantId caller)
    {
        // The answer to strangers does not tell which names there are.
        if (routing.Sip.FindUser(name) is not { } user || routing.FindConnection(user.Tenant, user.Connection) is not { IsActive: true } connection
            || (user.Tenant != caller && connection.Sip is not { UriCalling: SipUriCalling.Unrestricted }))
            return Refuse("No SIP user of this name takes calls from this account.");
        return new([ToUser(connection, name, name)], Refusal.None, null);
    }

    /// <summary>The equipment behind a number.</summary>
    /// <param name="turn">Counts the calls of the node: lists that take turns begin at another place each time.</param>
    public static DialPlan ForConnection(RoutingSnapshot routing, Connection connection, string called, uint turn)
    {
        var sip = connection.Sip ?? new();
        if (connection.Kind == ConnectionKind.Credential)
            return sip.UserName is { } name ? new([ToUser(connection, name, called)], Refusal.None, null) : Refuse("The connection has no SIP user.");
        var places = routing.Sip.TargetsOf(connection);
        if (places.Count == 0) return Refuse("The connection has no address to send calls to.");
        int first = sip.Delivery.IsRoundRobin ? (int)(turn % (uint)places.Count) : 0;
        List<DialTarget> targets = [];
        for (int i = 0; i < Math.Min(places.Count, Limits.DialTargets); i++)
        {
            var place = places[(first + i) % places.Count];
            targets.Add(new()
            {
                Host = place.Host,
                Port = place.Port,
                Transport = Enum.TryParse<SipTransport>(sip.Transport, ignoreCase: true, out var transport) ? transport : null,
                User = Write(called, sip),
                IsEquipment = true,
                Encryption = Offered(connection),
                Digits = connection.Digits,
                Silence = sip.Delivery.ProvisionalTimeout,
            });
        }
        return new(targets, Refusal.None, null);
    }

    private static DialTarget ToUser(Connection connection, string name, string called) =>
        new() { Host = "", User = called, RegisteredUser = name, IsEquipment = true, Encryption = Offered(connection), Digits = connection.Digits };

    /// <summary>What it demands; a plain offer suits all others.</summary>
    private static MediaEncryption Offered(Connection connection) => connection.Sip is { IsSrtpRequired: true } ? MediaEncryption.Required : default;

    private static string Write(string called, SipConnection sip) => sip.Delivery.CalledFormat switch
    {
        CalledFormat.UserName when sip.UserName is { } name => name,
        CalledFormat.PlusE164 => called,
        // The national form of the one numbering plan that needs no table.
        CalledFormat.National when called.StartsWith("+1", StringComparison.Ordinal) => called[2..],
        _ => called.TrimStart('+'),
    };

    private static DialPlan Refuse(string detail) => new([], Refusal.NoRoute, detail);
}
