using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Sdp;

/// <summary>The three words of a c= line, also found at the end of o= and a=rtcp: network type, address type, address.</summary>
public sealed record SdpConnection(string Network, string AddressType, string Text)
{
    private const int LongestName = 253;
    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    public static SdpConnection Of(IPAddress address) =>
        new("IN", address.AddressFamily is AddressFamily.InterNetworkV6 ? "IP6" : "IP4", address.PlainText());

    /// <summary>
    /// The address when it is a literal one; a name (<see cref="HostName"/>) or another network gives false.
    /// A multicast suffix (/ttl, /count) is dropped. Of which version it is says its text: some stacks say IP4 of all, and some,
    /// whose sockets take both, write an IPv4 address as one of IPv6.
    /// </summary>
    public bool TryGetAddress(out IPAddress address)
    {
        address = IPAddress.None;
        if (!IsInternet) return false;
        var text = Text.AsSpan();
        int slash = text.IndexOf('/');
        if (slash >= 0) text = text[..slash];
        // Some write it as URIs have it.
        if (text is ['[', .., ']'] && text.Contains(':')) text = text[1..^1];
        if (!(text.Contains(':') ? Grammar.TryAddress6(text, out address) : TryParse4(text, out address))) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return true;
    }

    /// <summary>
    /// The name that stands in place of an address, without a dot behind it; null for anything else. Its last label is no number,
    /// so that other spellings of addresses ("127.1") are none.
    /// </summary>
    public string? HostName
    {
        get
        {
            if (!IsInternet) return null;
            string name = Text.EndsWith('.') ? Text[..^1] : Text;
            return name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(NameChars)
                && char.IsAsciiLetterOrDigit(name[0]) && !name.Contains("..", StringComparison.Ordinal)
                && name.AsSpan(name.LastIndexOf('.') + 1).IndexOfAnyExceptInRange('0', '9') >= 0 ? name : null;
        }
    }

    private bool IsInternet => Network.Equals("IN", StringComparison.OrdinalIgnoreCase)
        && (AddressType.Equals("IP4", StringComparison.OrdinalIgnoreCase) || AddressType.Equals("IP6", StringComparison.OrdinalIgnoreCase));

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

    public override string ToString() => $"{Network} {AddressType} {Text}";
}
