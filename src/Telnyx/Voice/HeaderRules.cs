using System.Buffers;
using System.Text;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice;

/// <summary>
/// Which SIP headers a customer may set on INVITE and on 200 OK: those that are not <see cref="ReservedHeaders"/>.
/// </summary>
internal static class HeaderRules
{
    /// <summary>RFC 3261 section 25.1, token.</summary>
    private static readonly SearchValues<char> Token =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~");

    /// <summary>As they stand in a message, without the ends of their lines.</summary>
    public static int BytesOf(IEnumerable<CustomSipHeader> headers) =>
        headers.Sum(header => header.Name.Length + ": ".Length + Encoding.UTF8.GetByteCount(header.Value));

    /// <summary>A sentence when the header may not be set, else null.</summary>
    public static string? Refuse(string name, string value, bool isStandard)
    {
        if (name.Length == 0 || name.Length > VoiceLimits.HeaderLength || name.AsSpan().ContainsAnyExcept(Token))
            return "A header name must be a SIP token.";
        if (value.Length > VoiceLimits.HeaderLength) return $"A header value may have at most {VoiceLimits.HeaderLength} characters.";
        foreach (char c in value)
            if (char.IsControl(c)) return "A header value may not contain control characters.";
        if (name.Equals("User-to-User", StringComparison.OrdinalIgnoreCase)) return null;
        if (isStandard) return "sip_headers may set only User-to-User.";
        if (!ReservedHeaders.Has(name)) return null;
        string why = ReservedHeaders.IsIdentity(name) ? "networks take it for who calls or who pays; it is written from settings"
            : "it is the protocol's own";
        return $"The header {name} may not be set: {why}.";
    }
}
