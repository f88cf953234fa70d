using System.Buffers.Binary;

namespace Ringwright.Media.Rtp;

public enum RtpStatus { Ok, TooShort, BadVersion, BadLength }

/// <summary>A view of one RTP packet (RFC 3550 section 5.1).</summary>
public readonly ref struct RtpPacket
{
    public const int HeaderBytes = 12;

    private RtpPacket(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> payload)
    {
        HasMarker = (packet[1] & 0x80) != 0;
        PayloadType = (byte)(packet[1] & 0x7F);
        Sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        Timestamp = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        Source = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        Payload = payload;
    }

    public bool HasMarker { get; }
    public byte PayloadType { get; }
    public ushort Sequence { get; }
    public uint Timestamp { get; }
    /// <summary>SSRC.</summary>
    public uint Source { get; }
    public ReadOnlySpan<byte> Payload { get; }

    public static RtpStatus TryParse(ReadOnlySpan<byte> bytes, out RtpPacket packet)
    {
        packet = default;
        if (bytes.Length < HeaderBytes) return RtpStatus.TooShort;
        if (bytes[0] >> 6 != 2) return RtpStatus.BadVersion;
        if (!TryHeaderBytes(bytes, out int start)) return RtpStatus.BadLength;
        int end = bytes.Length;
        // Padding counts itself (RFC 3550 section 5.1); some set its bit over packets that have none.
        if ((bytes[0] & 0x20) != 0) end -= bytes[^1];
        if (start > end) return RtpStatus.BadLength;
        packet = new(bytes, bytes[start..end]);
        return RtpStatus.Ok;
    }

    /// <summary>
    /// What stands before the payload: fixed header, contributing sources and extension. False when the packet is shorter.
    /// </summary>
    public static bool TryHeaderBytes(ReadOnlySpan<byte> packet, out int bytes)
    {
        bytes = HeaderBytes;
        if (packet.Length < HeaderBytes) return false;
        bytes += 4 * (packet[0] & 0x0F);
        if ((packet[0] & 0x10) == 0) return packet.Length >= bytes;
        if (packet.Length < bytes + 4) return false;
        bytes += 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(bytes + 2)..]);
        return packet.Length >= bytes;
    }

    /// <summary>RFC 5761 section 4: packet types 192 to 223 are RTCP.</summary>
    public static bool IsControl(ReadOnlySpan<byte> bytes) => bytes.Length > 1 && bytes[0] >> 6 == 2 && bytes[1] is >= 192 and <= 223;

    public static void WriteHeader(Span<byte> into, bool marker, byte payloadType, ushort sequence, uint timestamp, uint source)
    {
        into[0] = 0x80;
        into[1] = (byte)((marker ? 0x80 : 0) | payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(into[8..], source);
    }
}
