using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ringwright.Net;

/// <summary>
/// What an address counts as where sources are counted: an IPv4 address, in whichever form it is written,
/// or an IPv6 network of 64 bits, which is one customer's.
/// </summary>
public readonly record struct SourceKey(UInt128 Bits)
{
    public static SourceKey Of(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        if (address.AddressFamily is AddressFamily.InterNetworkV6) bytes[8..].Clear();
        else bytes[length..].Fill(0xFF);        // no network of IPv6 ends so
        return new(MemoryMarshal.Read<UInt128>(bytes));
    }
}
