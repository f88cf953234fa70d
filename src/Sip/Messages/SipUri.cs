using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Unicode;
using Ringwright.Core;
using Ringwright.Sip.Transactions;

namespace Ringwright.Sip.Messages;

public enum UriScheme : byte { Other, Sip, Sips, Tel }

/// <summary>A view over a SIP, SIPS or tel URI (RFC 3261 §19.1, RFC 3966); of other schemes only the scheme and the rest.</summary>
public readonly ref struct SipUri
{
    // unreserved, escaped and user-unreserved of RFC 3261 §25.1; '#' is what phones really send in a user.
    private static readonly SearchValues<byte> UserBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()%&=+$,;?/#"u8);

    private static readonly SearchValues<byte> PasswordBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()%&=+$,"u8);

    // Quotation marks are none of RFC 3261; some proxies and phones put them around what they hide there. '@' is what French carriers
    // have in a phone-context: the first one of a URI is still the user's.
    private static readonly SearchValues<byte> ParameterBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()%[]/:&+$;=\"@"u8);

    // '@' is what phones really send in the Call-ID of a Replaces.
    private static readonly SearchValues<byte> HeaderBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!~*'()%[]/?:+$=&;,@"u8);

    private static readonly SearchValues<byte> TelBytes = SearchValues.Create("0123456789abcdefABCDEF*#+-.()"u8);
    private static readonly SearchValues<byte> SchemeBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."u8);
    private static readonly SearchValues<byte> NeverInUri = SearchValues.Create(" \t\r\n\0<>"u8);

    private static ReadOnlySpan<byte> HexDigits => "0123456789ABCDEF"u8;

    /// <summary>Of IPv6 with a zone.</summary>
    private const int MostAddressBytes = 64;

    private SipUri(ReadOnlySpan<byte> text, UriScheme scheme)
    {
        Text = text;
        Scheme = scheme;
    }

    public ReadOnlySpan<byte> Text { get; }
    public UriScheme Scheme { get; }
    /// <summary>Still escaped, without the password; for tel the number; empty when there is none.</summary>
    public ReadOnlySpan<byte> User { get; private init; }
    public ReadOnlySpan<byte> Password { get; private init; }
    /// <summary>An IPv6 reference keeps its brackets.</summary>
    public ReadOnlySpan<byte> Host { get; private init; }
    /// <summary>Null also where the URI says 0.</summary>
    public int? Port { get; private init; }
    /// <summary>It says port 0: whoever wrote it does not know where he can be reached.</summary>
    private bool HasNoPort { get; init; }
    public SipParameters Parameters { get; private init; }
    /// <summary>What follows the question mark.</summary>
    public ReadOnlySpan<byte> Headers { get; private init; }
    /// <summary>As a Request-URI may have it: without headers (RFC 3261 §19.1.1).</summary>
    public ReadOnlySpan<byte> Target => Headers.IsEmpty ? Text : Text[..^(Headers.Length + 1)];
    public bool IsSipOrSips => Scheme is UriScheme.Sip or UriScheme.Sips;
    /// <summary>A loose router says so in its Record-Route (RFC 3261 §19.1.1).</summary>
    public bool IsLooseRouter => Parameters.Has("lr"u8);

    /// <summary>The user without its escapes; "" when there is none.</summary>
    public string UserText => User.Contains((byte)'%') ? Unescape(User) : Encoding.UTF8.GetString(User);

    /// <summary>The host without brackets.</summary>
    public string HostText => Encoding.ASCII.GetString(Host.StartsWith("["u8) ? Host[1..^1] : Host);

    public override string ToString() => Encoding.UTF8.GetString(Text);

    public static ParseStatus TryParse(ReadOnlySpan<byte> text, out SipUri uri)
    {
        uri = default;
        if (text.Length > Limits.UriBytes) return ParseStatus.TooLong;
        int colon = text.IndexOf((byte)':');
        if (colon <= 0 || text[..colon].ContainsAnyExcept(SchemeBytes) || !char.IsAsciiLetter((char)text[0])) return ParseStatus.BadUri;
        var scheme = text[..colon];
        var rest = text[(colon + 1)..];
        if (rest.IsEmpty || text.ContainsAny(NeverInUri) || text.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return ParseStatus.BadUri;
        if (scheme.Is("sip"u8)) return TrySip(text, rest, UriScheme.Sip, out uri);
        if (scheme.Is("sips"u8)) return TrySip(text, rest, UriScheme.Sips, out uri);
        if (scheme.Is("tel"u8)) return TryTel(text, rest, out uri);
        if (rest.Contains((byte)'"')) return ParseStatus.BadUri;
        uri = new(text, UriScheme.Other) { User = rest };
        return ParseStatus.Ok;
    }

    /// <summary>
    /// The address to send to when the host (or maddr) is a literal one and its port is not 0; names need DNS (RFC 3263). Whoever does not
    /// know his own writes 0.0.0.0 or ::, where nobody is.
    /// </summary>
    public bool TryGetEndPoint(out IPEndPoint endPoint)
    {
        endPoint = null!; // only read when true is returned
        if (!IsSipOrSips || HasNoPort) return false;
        var host = Parameters.TryFind("maddr"u8, out var maddr) && !maddr.IsEmpty ? maddr : Host;
        if (host.StartsWith("["u8)) host = host[1..^1];
        if (host.Length > MostAddressBytes) return false;
        Span<char> chars = stackalloc char[MostAddressBytes];
        int length = Encoding.Latin1.GetChars(host, chars);
        // "1" and "0x7f.1" are names here, whatever the framework thinks of them.
        if (!host.Contains((byte)':') && (host.Count((byte)'.') != 3 || host.ContainsAnyExcept("0123456789."u8))) return false;
        if (!(host.Contains((byte)':') ? Grammar.TryAddress6(chars[..length], out var address)
                : IPAddress.TryParse(chars[..length], out address!))) return false;
        // Phones whose sockets take both versions write IPv4 so; their packets come from the plain address.
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return false;
        endPoint = new IPEndPoint(address, Port ?? (TryGetTransport(out var transport) ? transport : SipTransport.Udp).DefaultPort());
        return true;
    }

    /// <summary>The transport that the URI asks for; false when it leaves that open or asks for one that we do not speak.</summary>
    public bool TryGetTransport(out SipTransport transport)
    {
        // RFC 3261 §26.2.2: a sips: URI is TLS whatever else it says.
        transport = SipTransport.Tls;
        return Scheme is UriScheme.Sips
            || Parameters.TryFind("transport"u8, out var named) && TransportNames.TryParse(named, out transport);
    }

    private static ParseStatus TrySip(ReadOnlySpan<byte> text, ReadOnlySpan<byte> rest, UriScheme scheme, out SipUri uri)
    {
        uri = default;
        ReadOnlySpan<byte> user = default, password = default, headers = default, parameters = default;
        int at = rest.IndexOf((byte)'@');
        // Nobody is called so: it belongs to the Call-ID, and there is no user.
        if (at >= 0 && rest[..at].IndexOf("?Replaces="u8) >= 0) at = -1;
        if (at >= 0)
        {
            user = rest[..at];
            rest = rest[(at + 1)..];
            int colon = user.IndexOf((byte)':');
            if (colon >= 0)
            {
                password = user[(colon + 1)..];
                user = user[..colon];
            }
            // Gateways write "sip:@host" of a caller who is not named.
            if (user.IsEmpty && colon >= 0 || user.ContainsAnyExcept(UserBytes) || password.ContainsAnyExcept(PasswordBytes))
                return ParseStatus.BadUri;
            if (!HasGoodEscapes(user) || !HasGoodEscapes(password)) return ParseStatus.BadUri;
        }
        int question = rest.IndexOf((byte)'?');
        if (question >= 0)
        {
            headers = rest[(question + 1)..];
            rest = rest[..question];
            if (headers.IsEmpty || headers.ContainsAnyExcept(HeaderBytes) || !HasGoodEscapes(headers)) return ParseStatus.BadUri;
        }
        int semicolon = rest.IndexOf((byte)';');
        if (semicolon >= 0)
        {
            parameters = rest[semicolon..];
            rest = rest[..semicolon];
            var status = CheckParameters(parameters);
            if (status is not ParseStatus.Ok) return status;
        }
        if (!Grammar.TryHostPort(rest, out var host, out int? port) || rest.IndexOfAny(" \t"u8) >= 0) return ParseStatus.BadUri;
        uri = new(text, scheme)
        {
            User = user, Password = password, Host = host, Port = port is 0 ? null : port, HasNoPort = port is 0,
            Parameters = new(parameters), Headers = headers
        };
        return ParseStatus.Ok;
    }

    private static ParseStatus TryTel(ReadOnlySpan<byte> text, ReadOnlySpan<byte> rest, out SipUri uri)
    {
        uri = default;
        int semicolon = rest.IndexOf((byte)';');
        var number = semicolon < 0 ? rest : rest[..semicolon];
        var parameters = semicolon < 0 ? default : rest[semicolon..];
        if (number.IsEmpty || number.ContainsAnyExcept(TelBytes) || number.LastIndexOf((byte)'+') > 0) return ParseStatus.BadUri;
        var status = CheckParameters(parameters);
        if (status is not ParseStatus.Ok) return status;
        uri = new(text, UriScheme.Tel) { User = number, Parameters = new(parameters) };
        return ParseStatus.Ok;
    }

    private static ParseStatus CheckParameters(ReadOnlySpan<byte> parameters)
    {
        if (parameters.ContainsAnyExcept(ParameterBytes) || !HasGoodEscapes(parameters)) return ParseStatus.BadUri;
        int count = 0;
        foreach (var parameter in new SipParameters(parameters))
        {
            if (++count > Limits.Parameters) return ParseStatus.TooMany;
            var value = parameter.Value;
            if (parameter.Name.IsEmpty || parameter.Name.Contains((byte)'"')) return ParseStatus.BadUri;
            if (value.Contains((byte)'"') && (value[0] != '"' || Grammar.QuotedLength(value) != value.Length)) return ParseStatus.BadUri;
        }
        return ParseStatus.Ok;
    }

    private static bool HasGoodEscapes(ReadOnlySpan<byte> text)
    {
        for (int i = text.IndexOf((byte)'%'); i >= 0 && i < text.Length; i++)
        {
            if (text[i] != '%') continue;
            if (i + 2 >= text.Length || Grammar.HexValue(text[i + 1]) < 0 || Grammar.HexValue(text[i + 2]) < 0) return false;
            i += 2;
        }
        return true;
    }

    /// <summary>
    /// A name as the user part of a URI: what RFC 3261 §25.1 does not allow there is escaped, unless that was done already.
    /// </summary>
    public static string EscapeUser(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        bool isEscaped = HasGoodEscapes(bytes);
        var text = new StringBuilder(name.Length + 8);
        foreach (byte at in bytes)
        {
            if (at == '%' ? isEscaped : at != '#' && UserBytes.Contains(at)) text.Append((char)at);
            else text.Append(CultureInfo.InvariantCulture, $"%{at:X2}");
        }
        return text.ToString();
    }

    /// <summary>
    /// The URI with the letters beyond ASCII in its user escaped: some gateways and phones write a name there as it is, in UTF-8, or in
    /// Latin-1 as they write display names. Null where there are none, or what is there is too long for a name.
    /// </summary>
    internal static byte[]? WithEscapedUser(ReadOnlySpan<byte> uri)
    {
        int colon = uri.IndexOf((byte)':'), at = uri.IndexOf((byte)'@');
        if (colon < 0 || at < colon || !uri[..colon].Is("sip"u8) && !uri[..colon].Is("sips"u8)) return null;
        var user = uri[(colon + 1)..at];
        if (user.Length > Limits.EscapedUserBytes || Ascii.IsValid(user)) return null;
        byte[] letters = Utf8.IsValid(user) ? user.ToArray() : Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(user));
        var escaped = new ByteWriter();
        escaped.Append(uri[..(colon + 1)]);
        foreach (byte letter in letters)
        {
            if (letter < 0x80) escaped.Append(letter);
            else
            {
                escaped.Append((byte)'%');
                escaped.Append(HexDigits[letter >> 4]);
                escaped.Append(HexDigits[letter & 0xF]);
            }
        }
        escaped.Append(uri[at..]);
        return escaped.Finish();
    }

    internal static string Unescape(ReadOnlySpan<byte> text)
    {
        byte[] plain = new byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && Grammar.HexValue(text[i + 1]) >= 0 && Grammar.HexValue(text[i + 2]) >= 0)
            {
                plain[length++] = (byte)(Grammar.HexValue(text[i + 1]) << 4 | Grammar.HexValue(text[i + 2]));
                i += 2;
            }
            else plain[length++] = text[i];
        }
        return Encoding.UTF8.GetString(plain, 0, length);
    }
}
