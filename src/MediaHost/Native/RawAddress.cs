using System.Buffers.Binary;
using Ringwright.Media.Rtp;

namespace Ringwright.MediaHost.Native;

/// <summary>sockaddr_in and sockaddr_in6 to and from <see cref="MediaAddress"/>.</summary>
internal static class RawAddress
{
    public const int MostBytes = 28;

    /// <returns>Bytes written.</returns>
    public static int Write(MediaAddress address, Span<byte> into)
    {
        into[..MostBytes].Clear();
        BitConverter.TryWriteBytes(into, (ushort)(address.IsV6 ? MediaLibc.AfInet6 : MediaLibc.AfInet));
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], address.Port);
        if (!address.IsV6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(into[4..], (uint)address.Low);
            return 16;
        }
        BinaryPrimitives.WriteUInt64BigEndian(into[8..], address.High);
        BinaryPrimitives.WriteUInt64BigEndian(into[16..], address.Low);
        return MostBytes;
    }

    public static MediaAddress Read(ReadOnlySpan<byte> from)
    {
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(from[2..]);
        return BitConverter.ToUInt16(from) == MediaLibc.AfInet6
            ? new(BinaryPrimitives.ReadUInt64BigEndian(from[8..]), BinaryPrimitives.ReadUInt64BigEndian(from[16..]), port, true)
            : new(0, BinaryPrimitives.ReadUInt32BigEndian(from[4..]), port, false);
    }
}
