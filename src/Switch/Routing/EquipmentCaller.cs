using System.Net;
using Ringwright.Calls;
using Ringwright.Sip.Messages;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Who calls when a customer's equipment does. What it says of itself is a claim: it counts as far as the account may show it.
/// </summary>
internal sealed class EquipmentCaller
{
    private readonly string? _claim;
    private readonly bool _isOwn;

    /// <param name="domain">Host of URIs of our users.</param>
    /// <param name="source">Where the request comes from.</param>
    public EquipmentCaller(RoutingSnapshot routing, SipDomains hosts, string domain, SipRequest request, SipCaller caller,
        IPAddress source, bool isEmergency)
    {
        var connection = caller.Connection;
        var origination = connection.Sip?.Origination ?? new();
        _claim = ClaimOf(request, origination, isEmergency);
        _isOwn = _claim is not null && ShownCaller.StandingOf(routing, hosts, connection.Tenant, _claim) is CallerStanding.Own;
        string said = request.From.ParseUri().UserText;
        // A phone that says only its user name claims nothing, also where that name is made of digits.
        if (!_isOwn && caller.User is { } user && user == said && _claim == Parties.NumberOf(user, origination.Localization)) _claim = null;
        // A phone that says only its user name calls from the connection's number, where it has one.
        Number = routing.FindNumberOf(connection)?.Text;
        Uri = UriOf(routing, connection, caller.User ?? connection.Sip?.UserName, said, domain, source);
        string? name = request.From.DisplayText;
        Name = name is { Length: > 0 } && !IsStrangeNumber(routing, connection, name) && !IsDialledAtHome(name) ? name : null;
    }

    /// <summary>The connection's first number.</summary>
    public string? Number { get; }

    /// <summary>Its own SIP URI: the user's at our domain, or the address that it calls from.</summary>
    public string Uri { get; }

    /// <summary>Its display name, unless that is a telephone number which the account may not show.</summary>
    public string? Name { get; }

    /// <summary>To be judged by the places that the call may go to; they get <see cref="Number"/> where they do not take it.</summary>
    public string ToWorld => _claim ?? Number ?? Uri;

    /// <summary>An emergency call goes out whatever the equipment says, and shows nothing that is not its own.</summary>
    public string ToEmergency => ToNumber;

    /// <summary>To a number of this node.</summary>
    public string ToNumber => _isOwn ? _claim! : Number ?? Uri;      // what is own is there

    /// <summary>To a SIP user of ours, and to the echo line.</summary>
    public string ToUser => _isOwn || _claim is null ? ToNumber : Uri;

    private static string? ClaimOf(SipRequest request, SipOrigination origination, bool isEmergency)
    {
        bool isReplaced = origination.CallerOverrideUse switch
        {
            CallerOverrideUse.Normal => !isEmergency,
            CallerOverrideUse.Emergency => isEmergency,
            _ => true,
        };
        return isReplaced && origination.CallerOverride is { Length: > 0 } given
            ? Parties.NumberOf(given, origination.Localization) ?? given : Parties.CallerOf(request, origination.Localization);
    }

    /// <summary>A user part that reads as somebody else's number is left out: phones show it as one.</summary>
    private static string UriOf(RoutingSnapshot routing, Connection connection, string? user, string said, string domain, IPAddress source)
    {
        string host = user is not null ? domain : source.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{source}]"
            : source.ToString();
        string name = user ?? said;
        string uri = $"sip:{name}@{host}";
        return name.Length > 0 && !IsStrangeNumber(routing, connection, name) && DialUri.TryParse(uri, out _) ? uri : $"sip:{host}";
    }

    private static bool IsStrangeNumber(RoutingSnapshot routing, Connection connection, string text) =>
        !ShortNumber.Is(text) && PartyNumber.Normalise(text) is { } number
        && routing.StandingOf(connection.Tenant, number) is not CallerStanding.Own;

    /// <summary>A number as some country dials it (030…, 011…): whoever sees it knows whose it is, and nobody here can tell.</summary>
    private static bool IsDialledAtHome(string name)
    {
        string digits = PartyNumber.WithoutSeparators(name);
        return digits is ['0', _, ..] && !ShortNumber.Is(digits) && !digits.AsSpan().ContainsAnyExceptInRange('0', '9');
    }
}
