using System.Globalization;
using System.Net;

namespace Ringwright.Core;

/// <summary>A network as people write it into settings and commands.</summary>
public static class TypedNetwork
{
    /// <summary>
    /// <c>192.0.2.0/24</c>; an address, which is the network of itself alone; or an address with the length of its network, as machines and
    /// gateways show theirs (<c>172.18.0.1/16</c>), which is that network.
    /// </summary>
    public static bool TryRead(string text, out IPNetwork network)
    {
        network = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? text : text[..slash];
        if (!TypedAddress.TryRead(host, out var address) || host.Contains('%', StringComparison.Ordinal)) return false;
        byte[] bytes = address.GetAddressBytes();
        int length = bytes.Length * 8;
        if (slash >= 0 && !(int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length)
                && length <= bytes.Length * 8))
            return false;
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = unchecked((byte)(bytes[i] & (0xFF << Math.Clamp((8 * (i + 1)) - length, 0, 8))));
        network = new(new IPAddress(bytes), length);
        return true;
    }
}
