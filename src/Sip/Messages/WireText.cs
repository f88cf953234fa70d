using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ringwright.Sip.Messages;

public static class WireText
{
    /// <summary>The bytes as a string (UTF-8, as RFC 3261 §7 says).</summary>
    public static string AsText(this ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    internal static string AsLatin(this ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>
    /// An address as a peer may read it: without the zone of a link-local one (fe80::1%eth0), which names an interface of this machine.
    /// </summary>
    public static string PlainText(this IPAddress address) =>
        address.AddressFamily is AddressFamily.InterNetworkV6 && address.ScopeId != 0
            ? new IPAddress(address.GetAddressBytes()).ToString() : address.ToString();

    /// <summary>The same as host:port.</summary>
    public static string PlainText(this IPEndPoint place) =>
        place.AddressFamily is AddressFamily.InterNetworkV6 ? $"[{place.Address.PlainText()}]:{place.Port}" : place.ToString();

    /// <summary>A display name as a quoted string that no content can break out of.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char at in text)
        {
            if (char.IsControl(at)) continue;
            if (at is '"' or '\\') quoted.Append('\\');
            quoted.Append(at);
        }
        return quoted.Append('"').ToString();
    }
}
