using System.Buffers.Binary;

namespace Ringwright.Core;

/// <summary>Version-1 (time-based) UUIDs, RFC 9562 section 5.1. The node part is random with the multicast bit set.</summary>
public static class TimeUuid
{
    private static readonly DateTimeOffset Gregorian = new(1582, 10, 15, 0, 0, 0, TimeSpan.Zero);

    /// <param name="wall">The moment that the UUID carries.</param>
    /// <param name="random">At least 62 random bits: 14 for the clock sequence, 47 for the node.</param>
    public static Guid Create(DateTimeOffset wall, ulong random)
    {
        ulong ticks = (ulong)(wall - Gregorian).Ticks;
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)ticks);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)(ticks >> 32));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(((ticks >> 48) & 0x0FFF) | 0x1000));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], random);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        bytes[10] |= 0x01;
        return new Guid(bytes, bigEndian: true);
    }
}
