using Ringwright.Calls;

namespace Ringwright.Texml.Twiml;

/// <summary>Words that requests and resources have in common.</summary>
internal static class TwimlWords
{
    public static string Direction(Direction direction, bool isDialled) =>
        direction is Ringwright.Calls.Direction.Inbound ? "inbound" : isDialled ? "outbound-dial" : "outbound-api";

    /// <summary>
    /// The event that tells of a call's status: programs that want to hear of every end write statuses among the events. Other words stay
    /// as they are.
    /// </summary>
    public static string EventOf(string word) => word.ToLowerInvariant().Replace('_', '-') switch
    {
        "queued" => "initiated",
        "in-progress" => "answered",
        "busy" or "failed" or "no-answer" or "canceled" or "cancelled" => "completed",
        var other => other,
    };

    /// <summary>The same of several, each once.</summary>
    public static string EventsOf(string words) =>
        string.Join(' ', words.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(EventOf).Distinct());

    /// <summary>Without the user and the port.</summary>
    /// <param name="uri">user@host:port, the host perhaps an address of IPv6 in brackets.</param>
    public static string HostOf(string uri)
    {
        string host = uri[(uri.LastIndexOf('@') + 1)..];
        int colon = host.LastIndexOf(':');
        return colon > host.LastIndexOf(']') ? host[..colon] : host;
    }

    /// <summary>As a verstat parameter says it, the level behind a verification that was done.</summary>
    public static string Verstat(CallerVerification verification, AttestationLevel? level)
    {
        string letter = level is { } known ? $"-{known}" : "";
        return verification switch
        {
            CallerVerification.Passed => $"TN-Validation-Passed{letter}",
            CallerVerification.Failed => $"TN-Validation-Failed{letter}",
            _ => "No-TN-Validation",
        };
    }

    /// <summary>Who sent the call on, as the first Diversion says it (RFC 5806); null when nobody did.</summary>
    public static string? ForwardedFrom(IReadOnlyList<CustomSipHeader> headers)
    {
        foreach (var header in headers)
        {
            if (!header.Name.Equals("Diversion", StringComparison.OrdinalIgnoreCase)) continue;
            int scheme = header.Value.IndexOf("sip:", StringComparison.OrdinalIgnoreCase);
            if (scheme < 0) scheme = header.Value.IndexOf("tel:", StringComparison.OrdinalIgnoreCase);
            if (scheme < 0) return null;
            var user = header.Value.AsSpan(scheme + 4);
            int end = user.IndexOfAny("@>;,");
            string name = (end < 0 ? user : user[..end]).Trim().ToString();
            return name.Length > 0 ? name : null;
        }
        return null;
    }
}
