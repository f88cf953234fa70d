using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Core;

/// <summary>An address as people write it into settings, commands and requests.</summary>
public static class TypedAddress
{
    /// <summary>
    /// Of IPv4 all four numbers, without zeros before them: "203.0.113" (203.0.0.113 to the library), "10" and "192.168.001.010", whose
    /// last number would be 8, are mistakes.
    /// </summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (IPAddress.TryParse(text, out address)
            && (address.AddressFamily is not AddressFamily.InterNetwork || address.ToString() == text)) return true;
        address = null;
        return false;
    }
}
