using System.Buffers;
using System.Globalization;
using System.Net;
using Ringwright.Core;

namespace Ringwright.Switch.Routing;

/// <summary>
/// A destination that a customer wrote as sip:user@host:port;transport=tcp or sips:user@host.
/// Other parameters and headers are not taken over.
/// </summary>
public readonly record struct DialUri(string User, string Host, int? Port)
{
    private const string TransportParameter = ";transport=";

    /// <summary>Null when the URI leaves it open.</summary>
    public SipTransport? Transport { get; private init; }
    /// <summary>sips: with TLS, whatever its parameters say (RFC 3261 section 26.2.2).</summary>
    public bool IsSecure { get; private init; }

    private static readonly SearchValues<char> HostChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
    // RFC 3261 section 25.1: unreserved, user-unreserved and escapes.
    private static readonly SearchValues<char> UserChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()&=+$,;?/%#");

    public static bool TryParse(string text, out DialUri uri)
    {
        uri = default;
        bool isSecure = text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);
        if (!isSecure && !text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)) return false;
        string rest = text[(isSecure ? 5 : 4)..];
        int at = rest.LastIndexOf('@');
        string user = at < 0 ? "" : rest[..at];
        string host = rest[(at + 1)..];
        int end = host.AsSpan().IndexOfAny(';', '?');
        SipTransport? transport = isSecure ? SipTransport.Tls : null;
        if (end >= 0)
        {
            if (!isSecure && !TryTransport(host[end..], out transport)) return false;
            host = host[..end];
        }
        if (user.Contains(':')) user = user[..user.IndexOf(':')];
        if (user.AsSpan().ContainsAnyExcept(UserChars)) return false;

        int colon = host.StartsWith('[') ? host.IndexOf("]:", StringComparison.Ordinal) is >= 0 and var bracket ? bracket + 1 : -1
            : host.IndexOf(':');
        int? port = null;
        if (colon >= 0)
        {
            if (!int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                || number is < 1 or > 65_535) return false;
            port = number;
            host = host[..colon];
        }
        // The root's dot changes nothing about whom a name means.
        if (host.EndsWith('.')) host = host[..^1];
        if (!IsHost(host)) return false;
        uri = new(user, host, port) { Transport = transport, IsSecure = isSecure };
        return true;
    }

    /// <summary>
    /// A name, or an address as everybody writes it: 0177.0.0.1, 127.1 and 2130706433 are neither,
    /// though some program might take them for addresses.
    /// </summary>
    private static bool IsHost(string host)
    {
        if (host.StartsWith('[')) return host.EndsWith(']') && IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out _);
        if (host.Length is 0 or > 253 || host.AsSpan().ContainsAnyExcept(HostChars) || host.Split('.').Contains("")) return false;
        var last = host.AsSpan(host.LastIndexOf('.') + 1);
        bool isNumeric = char.IsAsciiDigit(last[0])
            && (!last.ContainsAnyExceptInRange('0', '9') || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase));
        return !isNumeric || IPAddress.TryParse(host, out var address) && address.ToString() == host;
    }

    /// <summary>False for a transport that we do not speak.</summary>
    private static bool TryTransport(string parameters, out SipTransport? transport)
    {
        transport = null;
        int headers = parameters.IndexOf('?');
        if (headers >= 0) parameters = parameters[..headers];
        int at = parameters.IndexOf(TransportParameter, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return true;
        string named = parameters[(at + TransportParameter.Length)..].Split(';')[0].ToLowerInvariant();
        transport = named switch { "udp" => SipTransport.Udp, "tcp" => SipTransport.Tcp, "tls" => SipTransport.Tls, _ => null };
        return transport is not null;
    }
}
