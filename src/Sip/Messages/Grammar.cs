using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;

namespace Ringwright.Sip.Messages;

/// <summary>The lexical rules of RFC 3261 §25.1 that more than one parser needs.</summary>
internal static class Grammar
{
    /// <summary>Eight groups, or six and an IPv4 address, and a colon too many.</summary>
    private const int LongestAddress6 = 46;

    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~"u8);

    private static readonly SearchValues<byte> HostBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);

    private static readonly SearchValues<char> ZoneChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~");

    public static bool IsToken(this ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenBytes);

    public static bool Is(this ReadOnlySpan<byte> text, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(text, other);

    public static ReadOnlySpan<byte> TrimLws(this ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    public static ReadOnlySpan<byte> TrimLwsStart(this ReadOnlySpan<byte> text) => text.TrimStart(" \t"u8);

    /// <summary>Digits only, any number of leading zeros, at most <paramref name="max"/>.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, uint max, out uint number)
    {
        number = 0;
        if (text.IsEmpty) return false;
        ulong value = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            value = value * 10 + (uint)(digit - '0');
            if (value > max) return false;
        }
        number = (uint)value;
        return true;
    }

    /// <summary>
    /// host [":" port] with white space allowed around the colon (RFC 3261 §20.42); the host keeps its brackets. Port 0, which the grammar
    /// has and where nobody listens, is what some write who do not know theirs.
    /// </summary>
    public static bool TryHostPort(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> host, out int? port)
    {
        port = null;
        int end = text.StartsWith("["u8) ? text.IndexOf((byte)']') + 1 : text.IndexOf((byte)':');
        if (end < 0) end = text.Length;
        host = text[..end].TrimLws();
        if (!IsHost(host)) return false;
        var rest = text[end..].TrimLwsStart();
        if (rest.IsEmpty) return true;
        if (rest[0] != ':' || !TryNumber(rest[1..].TrimLws(), 65_535, out uint number)) return false;
        port = (int)number;
        return true;
    }

    public static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty || host.Length > 255) return false;
        if (host[0] != '[') return !host.ContainsAnyExcept(HostBytes) && host[0] != '.' && host[0] != '-';
        if (host.Length < 4 || host[^1] != ']') return false;
        Span<char> text = stackalloc char[255];
        int length = Encoding.Latin1.GetChars(host[1..^1], text);
        return TryAddress6(text[..length], out _);
    }

    /// <summary>
    /// An IPv6 address without brackets. A third colon before its IPv4 part ("2001:db8:::192.0.2.1") is what the grammar of RFC 3261 made
    /// of such addresses; it is overlooked (RFC 5118 section 4.10). A zone ("%eth0", in URIs also "%25eth0", RFC 6874) names an interface
    /// of whoever wrote it; it means nothing to anybody else and is overlooked, too.
    /// </summary>
    public static bool TryAddress6(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.IPv6None;
        if (text.IndexOf('%') is >= 0 and var zone)
        {
            if (text[(zone + 1)..].IsEmpty || text[(zone + 1)..].ContainsAnyExcept(ZoneChars)) return false;
            text = text[..zone];
        }
        if (!text.Contains(':') || text.ContainsAny('[', ']') || text.Length > LongestAddress6) return false;
        Span<char> mended = stackalloc char[LongestAddress6];
        scoped var plain = text;
        int colons = text.IndexOf(":::", StringComparison.Ordinal);
        if (colons >= 0 && !text[(colons + 3)..].Contains(':') && text.Contains('.'))
        {
            text[..colons].CopyTo(mended);
            text[(colons + 1)..].CopyTo(mended[colons..]);
            plain = mended[..(text.Length - 1)];
        }
        if (!IPAddress.TryParse(plain, out var parsed) || parsed.AddressFamily is not AddressFamily.InterNetworkV6) return false;
        address = parsed;
        return true;
    }

    /// <summary>
    /// An IPv6 address that has lost its brackets, perhaps with a port: whether its last digits are one nobody can tell.
    /// </summary>
    public static bool IsBareAddress6(ReadOnlySpan<byte> place)
    {
        if (place.Length > LongestAddress6 + ":65535".Length) return false;
        Span<char> text = stackalloc char[LongestAddress6 + ":65535".Length];
        ReadOnlySpan<char> address = text[..Encoding.Latin1.GetChars(place, text)];
        int last = address.LastIndexOf(':');
        return TryAddress6(address, out _)
            || last > 0 && TryNumber(place[(last + 1)..], 65_535, out _) && TryAddress6(address[..last], out _);
    }

    /// <summary>The Contact that stands for all bindings (RFC 3261 §10.2.2); some write brackets around it, or parameters.</summary>
    public static bool IsAsterisk(ReadOnlySpan<byte> contact)
    {
        int semicolon = contact.IndexOf((byte)';');
        var value = (semicolon < 0 ? contact : contact[..semicolon]).TrimLws();
        return value.SequenceEqual("*"u8) || value.SequenceEqual("<*>"u8);
    }

    /// <summary>Length of the quoted string at the start of <paramref name="text"/>, quotes included; 0 when it does not end.</summary>
    public static int QuotedLength(ReadOnlySpan<byte> text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') return i + 1;
        }
        return 0;
    }

    /// <summary>
    /// The next piece of <paramref name="rest"/> up to <paramref name="separator"/>, which may stand inside
    /// quotes or angle brackets without separating.
    /// </summary>
    public static ReadOnlySpan<byte> NextPiece(scoped ref ReadOnlySpan<byte> rest, byte separator, out bool hasMore)
    {
        bool isInside = false;
        hasMore = true;
        for (int i = 0; i < rest.Length; i++)
        {
            byte at = rest[i];
            if (at == '"' && !isInside)
            {
                int length = QuotedLength(rest[i..]);
                if (length == 0) break;
                i += length - 1;
            }
            else if (at == '<') isInside = true;
            else if (at == '>') isInside = false;
            else if (at == separator && !isInside)
            {
                var piece = rest[..i].TrimLws();
                rest = rest[(i + 1)..];
                return piece;
            }
        }
        var last = rest.TrimLws();
        hasMore = false;
        rest = default;
        return last;
    }

    /// <summary>
    /// The text inside a quoted string, without its escapes; other text as it stands. Many phones write names in Latin-1: what is no UTF-8
    /// is that.
    /// </summary>
    public static string Unquote(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '"') return Decode(text);
        var inner = text[1..^1];
        if (!inner.Contains((byte)'\\')) return Decode(inner);
        byte[] plain = new byte[inner.Length];
        int length = 0;
        for (int i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '\\' && i + 1 < inner.Length) i++;
            plain[length++] = inner[i];
        }
        return Decode(plain.AsSpan(0, length));
    }

    private static string Decode(ReadOnlySpan<byte> text) =>
        Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : Encoding.Latin1.GetString(text);

    public static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };
}
