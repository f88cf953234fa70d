using System.Buffers;
using System.Globalization;

namespace Ringwright.Switch.Routing;

/// <summary>A destination that a customer wrote as sip:user@host:port. Parameters and headers are not taken over.</summary>
public readonly record struct DialUri(string User, string Host, int? Port)
{
    private static readonly SearchValues<char> HostChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
    // RFC 3261 section 25.1: unreserved, user-unreserved and escapes.
    private static readonly SearchValues<char> UserChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()&=+$,;?/%#");

    public static bool TryParse(string text, out DialUri uri)
    {
        uri = default;
        if (!text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)) return false;
        string rest = text[4..];
        int at = rest.LastIndexOf('@');
        string user = at < 0 ? "" : rest[..at];
        string host = rest[(at + 1)..];
        int end = host.AsSpan().IndexOfAny(';', '?');
        if (end >= 0) host = host[..end];
        if (user.Contains(':')) user = user[..user.IndexOf(':')];
        if (user.AsSpan().ContainsAnyExcept(UserChars)) return false;

        int colon = host.StartsWith('[') ? host.IndexOf("]:", StringComparison.Ordinal) is >= 0 and var bracket ? bracket + 1 : -1 : host.IndexOf(':');
        int? port = null;
        if (colon >= 0)
        {
            if (!int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 65_535) return false;
            port = number;
            host = host[..colon];
        }
        bool isHost = host.StartsWith('[')
            ? host.EndsWith(']') && System.Net.IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out _)
            : host.Length is > 0 and <= 253 && !host.AsSpan().ContainsAnyExcept(HostChars);
        if (!isHost) return false;
        uri = new(user, host, port);
        return true;
    }
}
