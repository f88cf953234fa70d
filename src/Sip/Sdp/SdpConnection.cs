using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Sip.Sdp;

/// <summary>The three words of a c= line, also found at the end of o= and a=rtcp: network type, address type, address.</summary>
public sealed record SdpConnection(string Network, string AddressType, string Text)
{
    public static SdpConnection Of(IPAddress address) =>
        new("IN", address.AddressFamily is AddressFamily.InterNetworkV6 ? "IP6" : "IP4", address.ToString());

    /// <summary>
    /// The address when it is a literal one; a name or another network gives false, for resolving is not the parser's business.
    /// A multicast suffix (/ttl, /count) is dropped.
    /// </summary>
    public bool TryGetAddress(out IPAddress address)
    {
        address = IPAddress.None;
        if (!Network.Equals("IN", StringComparison.OrdinalIgnoreCase)) return false;
        var text = Text.AsSpan();
        int slash = text.IndexOf('/');
        if (slash >= 0) text = text[..slash];
        if (AddressType.Equals("IP4", StringComparison.OrdinalIgnoreCase)) return TryParse4(text, out address);
        return AddressType.Equals("IP6", StringComparison.OrdinalIgnoreCase) && TryParse6(text, out address);
    }

    /// <summary>Dotted decimal only: IPAddress.TryParse alone also reads octal, hexadecimal and shortened forms.</summary>
    private static bool TryParse4(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        Span<byte> bytes = stackalloc byte[4];
        int part = 0;
        foreach (var range in text.Split('.'))
        {
            if (part == 4 || text[range].Length is 0 or > 3
                || !byte.TryParse(text[range], NumberStyles.None, CultureInfo.InvariantCulture, out bytes[part++])) return false;
        }
        if (part != 4) return false;
        address = new IPAddress(bytes);
        return true;
    }

    private static bool TryParse6(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.IPv6None;
        if (!text.Contains(':') || text.ContainsAny('%', '[', ']') || !IPAddress.TryParse(text, out var parsed)) return false;
        address = parsed;
        return parsed.AddressFamily is AddressFamily.InterNetworkV6;
    }

    public override string ToString() => $"{Network} {AddressType} {Text}";
}
