using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Net.Native;

/// <summary>sockaddr_in and sockaddr_in6 to and from <see cref="IPEndPoint"/>.</summary>
internal static class SocketName
{
    public const int MostBytes = 28;
    private const int V4Bytes = 16;

    /// <returns>Bytes written.</returns>
    public static int Write(IPEndPoint place, Span<byte> into)
    {
        into[..MostBytes].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], (ushort)place.Port);
        if (place.AddressFamily is AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(into, NetLibc.AfInet);
            place.Address.TryWriteBytes(into[4..], out _);
            return V4Bytes;
        }
        BitConverter.TryWriteBytes(into, NetLibc.AfInet6);
        place.Address.TryWriteBytes(into[8..], out _);
        BitConverter.TryWriteBytes(into[24..], (uint)place.Address.ScopeId);
        return MostBytes;
    }

    public static IPEndPoint Read(ReadOnlySpan<byte> from)
    {
        int port = BinaryPrimitives.ReadUInt16BigEndian(from[2..]);
        return BitConverter.ToUInt16(from) == NetLibc.AfInet6
            ? new(new IPAddress(from.Slice(8, 16), BitConverter.ToUInt32(from[24..])), port)
            : new(new IPAddress(from.Slice(4, 4)), port);
    }
}
