using Ringwright.Calls;

namespace Ringwright.Switch.Routing;

/// <summary>
/// Whose equipment sends from an address. Where several connections list it, the tech prefix before the called number or the token in a header tells them
/// apart; one that asks for such a mark is nobody's without it.
/// </summary>
internal static class SourceChoice
{
    /// <param name="called">User part of the Request-URI.</param>
    /// <param name="hasToken">Whether the request carries this token.</param>
    /// <param name="isAnyActive">A connection that is switched on lists the address.</param>
    /// <param name="weighed">Gets every connection with what it came to, for an explanation.</param>
    public static Connection? Pick(IReadOnlyList<SourceConnection> listed, string called, Func<string, bool> hasToken, out bool isAnyActive, List<ConnectionCandidate>? weighed = null)
    {
        Connection? marked = null, unmarked = null;
        isAnyActive = false;
        foreach (var (connection, _) in listed)
        {
            var outcome = Judge(connection, called, hasToken, out bool isMarked);
            isAnyActive |= outcome is ConnectionOutcome.Chosen or ConnectionOutcome.NeedsMark;
            if (outcome is ConnectionOutcome.Chosen && isMarked) marked ??= connection;
            else if (outcome is ConnectionOutcome.Chosen) unmarked ??= connection;
            weighed?.Add(new(connection, outcome));
        }
        var best = marked ?? unmarked;
        for (int i = 0; i < weighed?.Count; i++)
            if (weighed[i] is { Outcome: ConnectionOutcome.Chosen } candidate && candidate.Connection != best) weighed[i] = candidate with { Outcome = ConnectionOutcome.Later };
        return best;
    }

    private static ConnectionOutcome Judge(Connection connection, string called, Func<string, bool> hasToken, out bool isMarked)
    {
        isMarked = false;
        if (!connection.IsActive) return ConnectionOutcome.Disabled;
        var origination = connection.Sip?.Origination ?? new();
        if (origination.IsDigestRequired) return ConnectionOutcome.NeedsPassword;
        isMarked = origination.TechPrefix is { } prefix && called.AsSpan().TrimStart('+').StartsWith(prefix) || origination.Token is { } token && hasToken(token);
        return isMarked || origination is { TechPrefix: null, Token: null } ? ConnectionOutcome.Chosen : ConnectionOutcome.NeedsMark;
    }
}
