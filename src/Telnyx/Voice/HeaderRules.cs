using System.Buffers;
using System.Collections.Frozen;

namespace Ringwright.Telnyx.Voice;

/// <summary>Which SIP headers a customer may set on INVITE and on 200 OK.</summary>
internal static class HeaderRules
{
    /// <summary>RFC 3261 section 25.1, token.</summary>
    private static readonly SearchValues<char> Token = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~");

    /// <summary>Headers that SIP or the body needs; writing them would break the dialog or forge an identity. One-letter names are their compact forms.</summary>
    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
    [
        "accept", "allow", "authorization", "call-id", "contact", "content-disposition", "content-encoding", "content-length", "content-type", "cseq", "expires",
        "from", "identity", "max-forwards", "min-se", "p-asserted-identity", "p-preferred-identity", "proxy-authenticate", "proxy-authorization", "proxy-require",
        "rack", "record-route", "refer-to", "referred-by", "remote-party-id", "replaces", "require", "route", "rseq", "session-expires", "supported", "to",
        "unsupported", "via", "warning", "www-authenticate", "event", "allow-events", "subject", "privacy", "path", "service-route",
    ], StringComparer.OrdinalIgnoreCase);

    /// <summary>A sentence when the header may not be set, else null.</summary>
    public static string? Refuse(string name, string value, bool isStandard)
    {
        if (name.Length == 0 || name.Length > VoiceLimits.HeaderLength || name.AsSpan().ContainsAnyExcept(Token)) return "A header name must be a SIP token.";
        if (value.Length > VoiceLimits.HeaderLength) return $"A header value may have at most {VoiceLimits.HeaderLength} characters.";
        foreach (char c in value)
            if (char.IsControl(c)) return "A header value may not contain control characters.";
        if (isStandard) return name.Equals("User-to-User", StringComparison.OrdinalIgnoreCase) ? null : "sip_headers may set only User-to-User.";
        return name.Length == 1 || Reserved.Contains(name) ? $"The header {name} may not be set." : null;
    }
}
