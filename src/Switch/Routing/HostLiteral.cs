using System.Net;

namespace Ringwright.Switch.Routing;

/// <summary>Hosts that are addresses already.</summary>
public static class HostLiteral
{
    /// <summary>An address literal, with or without brackets; no look-up needed.</summary>
    public static bool TryParse(string host, out IPAddress address)
    {
        var text = host.AsSpan();
        if (text.StartsWith("[") && text.EndsWith("]")) text = text[1..^1];
        // IPAddress.TryParse alone takes "1" and "0x7f.1" for addresses.
        bool isPlausible = text.Contains(':') || text.Count('.') == 3 && !text.ContainsAnyExceptInRange('.', '9');
        address = IPAddress.None;
        if (!isPlausible || !IPAddress.TryParse(text, out var parsed)) return false;
        address = parsed;
        return true;
    }
}
