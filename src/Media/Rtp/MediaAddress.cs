using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Media.Rtp;

/// <summary>
/// An IP address and port as a plain value, so that comparing and copying them allocates nothing. IPv4 uses the low 32 bits.
/// </summary>
public readonly record struct MediaAddress(ulong High, ulong Low, ushort Port, bool IsV6)
{
    /// <summary>No place to send to: port 0, or the unspecified address (an old way of saying hold).</summary>
    public bool IsNone => Port == 0 || (High | Low) == 0;

    public bool IsSameHost(MediaAddress other) => (High, Low, IsV6) == (other.High, other.Low, other.IsV6);

    public static MediaAddress From(IPEndPoint endPoint)
    {
        var address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily is AddressFamily.InterNetworkV6
            ? new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
                (ushort)endPoint.Port, true)
            : new(0, BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)endPoint.Port, false);
    }

    public IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!IsV6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Low);
            return new(new IPAddress(bytes[..4]), Port);
        }
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new(new IPAddress(bytes), Port);
    }

    public override string ToString() => IsNone ? "none" : ToEndPoint().ToString();
}
