using System.Net;

namespace Ringwright.Calls;

/// <summary>One form for one address, however it was written or received.</summary>
public static class PlainAddress
{
    /// <summary>An IPv4 address in IPv6 dress is the IPv4 address.</summary>
    public static IPAddress Plain(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
