using Ringwright.Calls;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Whose equipment sends from an address. What a trunk vouches for is the trunk's, and any other address that of the tenant
/// who listed it first, unless the operator shares it: a later tenant is found there by its token alone, which nobody else can show.
/// Among those who may have it, a token tells apart first, then the tech prefix before the called number;
/// who has listed it longest is first where marks are the same or missing. One that asks for a mark is nobody's without it.
/// </summary>
internal static class SourceChoice
{
    private const int Bare = 1, Prefixed = 2, Tokened = 3;

    /// <param name="called">User part of the Request-URI.</param>
    /// <param name="hasToken">Whether the request carries this token.</param>
    /// <param name="isMarkMissing">A connection would have it if its mark were there.</param>
    /// <param name="weighed">Gets every connection with what it came to, for an explanation.</param>
    public static Connection? Pick(SourcePlace place, string called, Func<string, bool> hasToken, out bool isMarkMissing,
        List<ConnectionCandidate>? weighed = null)
    {
        Connection? best = null;
        int bestRank = 0;
        bool isPortListed = place.IsPortListed;
        isMarkMissing = false;
        foreach (var source in place.Listed)
        {
            var outcome = Judge(place, source, isPortListed, called, hasToken, out int rank);
            isMarkMissing |= outcome is ConnectionOutcome.NeedsMark;
            if (rank > bestRank) (best, bestRank) = (source.Connection, rank);
            weighed?.Add(new(source.Connection, outcome));
        }
        for (int i = 0; i < weighed?.Count; i++)
            if (weighed[i] is { Outcome: ConnectionOutcome.Chosen } candidate && candidate.Connection != best)
                weighed[i] = candidate with { Outcome = ConnectionOutcome.Later };
        return best;
    }

    /// <param name="rank">0 for one that cannot have it.</param>
    private static ConnectionOutcome Judge(SourcePlace place, SourceConnection source, bool isPortListed, string called,
        Func<string, bool> hasToken, out int rank)
    {
        rank = 0;
        var connection = source.Connection;
        if (!connection.IsActive) return ConnectionOutcome.Disabled;
        var origination = connection.Sip?.Origination ?? new();
        if (origination.IsDigestRequired) return ConnectionOutcome.NeedsPassword;
        if (origination.Token is { } token && hasToken(token))
        {
            rank = Tokened;
            return ConnectionOutcome.Chosen;
        }

        if (isPortListed)
        {
            if (!source.Ports.Contains(place.Port!.Value)) return ConnectionOutcome.OtherPort; // a port is listed
        }
        else if (place.Trunk is not null) return ConnectionOutcome.TrunksAddress;
        else if (!place.IsShared && !place.IsLaptop && connection.Tenant != place.Listed[0].Connection.Tenant)
            return ConnectionOutcome.OthersAddress;

        if (origination.TechPrefix is { } prefix && called.AsSpan().TrimStart('+').StartsWith(prefix)) rank = Prefixed;
        else if (origination is { TechPrefix: null, Token: null }) rank = Bare;
        return rank > 0 ? ConnectionOutcome.Chosen : ConnectionOutcome.NeedsMark;
    }
}
