using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Server.Cli;

internal readonly record struct CapturedPacket(DateTimeOffset At, IPEndPoint From, IPEndPoint To, ReadOnlyMemory<byte> Payload);

/// <summary>A capture file (libpcap 2.4, link type "raw IP"). IP and UDP headers are made up around the messages, with true checksums.</summary>
internal static class PcapFile
{
    private const uint Magic = 0xA1B2C3D4;          // microseconds, our byte order
    private const uint LinkTypeRaw = 101;
    private const int UdpHeader = 8, Ip4Header = 20, Ip6Header = 40, MaxPacket = 65_535;
    private const byte Udp = 17, HopLimit = 64;

    public static byte[] Write(IEnumerable<CapturedPacket> packets)
    {
        using var file = new MemoryStream();
        Span<byte> head = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], 4);
        head[8..16].Clear();                         // UTC, no accuracy claimed
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], MaxPacket);
        BinaryPrimitives.WriteUInt32LittleEndian(head[20..], LinkTypeRaw);
        file.Write(head);
        Span<byte> record = stackalloc byte[16];
        foreach (var packet in packets)
        {
            byte[] bytes = Packet(packet);
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)packet.At.ToUnixTimeSeconds());
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(packet.At.UtcTicks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
            BinaryPrimitives.WriteInt32LittleEndian(record[8..], bytes.Length);
            BinaryPrimitives.WriteInt32LittleEndian(record[12..], bytes.Length);
            file.Write(record);
            file.Write(bytes);
        }
        return file.ToArray();
    }

    /// <summary>RFC 1071</summary>
    internal static ushort Checksum(ReadOnlySpan<byte> bytes, uint sum = 0)
    {
        for (int i = 0; i + 1 < bytes.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        if (bytes.Length % 2 == 1) sum += (uint)(bytes[^1] << 8);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    private static byte[] Packet(in CapturedPacket packet)
    {
        bool isIp6 = packet.From.AddressFamily is AddressFamily.InterNetworkV6;
        int header = isIp6 ? Ip6Header : Ip4Header;
        var payload = packet.Payload.Span;
        // A message longer than one IP packet came in fragments; here it is cut.
        if (payload.Length > MaxPacket - header - UdpHeader) payload = payload[..(MaxPacket - header - UdpHeader)];
        byte[] bytes = new byte[header + UdpHeader + payload.Length];
        var udp = bytes.AsSpan(header);
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)packet.From.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], (ushort)packet.To.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[UdpHeader..]);

        byte[] from = packet.From.Address.GetAddressBytes(), to = packet.To.Address.GetAddressBytes();
        ushort checksum = Checksum(udp, Pseudo(from) + Pseudo(to) + Udp + (uint)udp.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xFFFF : checksum);     // RFC 768: zero would mean none
        if (isIp6) Ip6(bytes, udp.Length, from, to);
        else Ip4(bytes, from, to);
        return bytes;
    }

    private static void Ip4(Span<byte> packet, byte[] from, byte[] to)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        packet[8] = HopLimit;
        packet[9] = Udp;
        from.CopyTo(packet[12..]);
        to.CopyTo(packet[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], Checksum(packet[..Ip4Header]));
    }

    private static void Ip6(Span<byte> packet, int payload, byte[] from, byte[] to)
    {
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)payload);
        packet[6] = Udp;
        packet[7] = HopLimit;
        from.CopyTo(packet[8..]);
        to.CopyTo(packet[24..]);
    }

    private static uint Pseudo(ReadOnlySpan<byte> address)
    {
        uint sum = 0;
        for (int i = 0; i < address.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(address[i..]);
        return sum;
    }
}
