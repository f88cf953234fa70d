using System.Buffers.Binary;
using System.Net;

namespace Ringwright.Bench.Sockets;

/// <summary>An IPv4 address and a port, both in host order.</summary>
internal readonly record struct Place(uint Address, ushort Port)
{
    public const int RawBytes = 16;

    public static Place Of(IPEndPoint point) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(point.Address.GetAddressBytes()), (ushort)point.Port);

    public static Place Parse(string text) => Of(IPEndPoint.Parse(text));

    public override string ToString() => $"{Address >> 24}.{Address >> 16 & 0xFF}.{Address >> 8 & 0xFF}.{Address & 0xFF}:{Port}";

    /// <summary>As a sockaddr_in of 16 bytes.</summary>
    public void Write(Span<byte> into)
    {
        into[..RawBytes].Clear();
        BitConverter.TryWriteBytes(into, (ushort)Libc.AfInet);
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], Port);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], Address);
    }

    public static Place Read(ReadOnlySpan<byte> from) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(from[4..]), BinaryPrimitives.ReadUInt16BigEndian(from[2..]));
}
