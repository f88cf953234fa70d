using System.Globalization;
using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>Where an inbound INVITE goes: to a connection, or nowhere for a reason.</summary>
internal readonly record struct InboundRoute(InboundVerdict Verdict, Number? Number, Connection? Connection, Trunk? Trunk)
{
    /// <summary>In whose way some carriers write numbers: without their country, in ten digits.</summary>
    private const string NorthAmerica = "US";

    public bool IsOpen => Verdict is InboundVerdict.Rings;

    /// <summary>The final response when the route is not open.</summary>
    public int Status => Verdict switch
    {
        InboundVerdict.Rings => 180,
        InboundVerdict.UnknownNumber => 404,
        InboundVerdict.NumberWithoutConnection or InboundVerdict.ConnectionInactive => 480,
        _ => 403,
    };

    /// <summary>The same in snake case.</summary>
    public string Reason => SnakeName.Of(Verdict);

    /// <param name="called">User part of the Request-URI, without escapes.</param>
    /// <param name="source">Null belongs to no trunk.</param>
    /// <param name="weighed">Gets every trunk with what it came to, for an explanation.</param>
    public static InboundRoute Find(RoutingSnapshot routing, string called, IPAddress? source, List<SourceCandidate>? weighed = null)
    {
        var trunk = source is null ? null : routing.FindTrunkBySource(source, weighed);
        if (FindNumber(routing, called) is not { } number) return new(InboundVerdict.UnknownNumber, null, null, trunk);
        if (number.Connection is not { } id || routing.FindConnection(number.Tenant, id) is not { } connection)
            return new(InboundVerdict.NumberWithoutConnection, number, null, trunk);
        return new(connection.IsActive ? InboundVerdict.Rings : InboundVerdict.ConnectionInactive, number, connection, trunk);
    }

    /// <summary>
    /// Who may call at all: an address among a trunk's sources, and any loopback address while every listener of the node is on loopback
    /// (a softphone on the laptop needs no trunk).
    /// </summary>
    public static bool IsKnown(RoutingSnapshot routing, IPAddress source, bool isLoopbackOnly) =>
        isLoopbackOnly && IPAddress.IsLoopback(source) || routing.FindTrunkBySource(source) is not null;

    /// <summary>The number itself; not the entry that stands for every number.</summary>
    /// <param name="called">User part of the Request-URI, without escapes.</param>
    public static Number? OwnedNumber(RoutingSnapshot routing, string called) =>
        (PartyNumber.Normalise(called) is { } text ? routing.FindOwnNumber(text) : null)
        ?? (Parties.NumberOf(called, NorthAmerica) is { } national ? routing.FindOwnNumber(national) : null);

    /// <summary>The same, or the entry that stands for every number.</summary>
    public static Number? FindNumber(RoutingSnapshot routing, string called) =>
        OwnedNumber(routing, called) ?? routing.FindNumber(PartyNumber.Normalise(called) ?? called);

    /// <summary>The country in whose way a peer has written a number of ours; null where it wrote it as everybody does.</summary>
    public static string? CountryOf(RoutingSnapshot routing, string called) =>
        OwnedNumber(routing, called) is { } number && PartyNumber.Normalise(called) != number.Text ? NorthAmerica : null;
}

/// <summary>Numbers as peers write them in the user part of a URI.</summary>
internal static class PartyNumber
{
    /// <summary>+E.164 from "+49…", "0049…" or bare digits, parameters and separators left out; null for names.</summary>
    public static string? Normalise(string user)
    {
        int semicolon = user.IndexOf(';');
        string text = semicolon < 0 ? user : user[..semicolon];
        Span<char> digits = stackalloc char[20];
        int length = 0;
        bool hasPlus = false;
        digits[length++] = '+';
        foreach (char at in text)
        {
            if (char.IsAsciiDigit(at))
            {
                if (length == digits.Length) return null;
                digits[length++] = at;
            }
            else if (at == '+' && length == 1 && !hasPlus) hasPlus = true;
            else if (!IsSeparator(at)) return null;
        }
        var number = digits[..length];
        if (number.StartsWith("+00") && !hasPlus)
        {
            number = number[2..];
            number[0] = '+';
        }
        return E164.TryParse(number, out var parsed) ? parsed.Text : null;
    }

    /// <summary>
    /// What stands between digits and says nothing: visual separators (RFC 3966), and what comes along when a number is copied, spaces and
    /// dashes of any kind, the sign for minus among them, and marks of direction that nobody sees.
    /// </summary>
    private static bool IsSeparator(char at) => at is '-' or '.' or '(' or ')' or '\u2212' || char.IsWhiteSpace(at)
        || CharUnicodeInfo.GetUnicodeCategory(at) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;

    /// <summary>The digits, and whatever else is no separator. Most numbers have none.</summary>
    public static string WithoutSeparators(string text)
    {
        foreach (char at in text)
            if (IsSeparator(at)) return string.Concat(text.Where(static one => !IsSeparator(one)));
        return text;
    }
}
