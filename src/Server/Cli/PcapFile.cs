using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Ringwright.Server.Cli;

/// <param name="IsTcp">Written as a segment of a TCP stream; else as a datagram.</param>
internal readonly record struct CapturedPacket(DateTimeOffset At, IPEndPoint From, IPEndPoint To,
    ReadOnlyMemory<byte> Payload, bool IsTcp = false);

/// <summary>
/// A capture file (libpcap 2.4, link type "raw IP"). IP, UDP and TCP headers are made up around the messages, with true checksums;
/// a TCP stream has whole messages as its segments, numbered on, without the handshake that nobody saw.
/// </summary>
internal static class PcapFile
{
    private const uint Magic = 0xA1B2C3D4;          // microseconds, our byte order
    private const uint LinkTypeRaw = 101;
    private const int UdpHeader = 8, TcpHeader = 20, Ip4Header = 20, Ip6Header = 40, MaxPacket = 65_535;
    private const byte Tcp = 6, Udp = 17, HopLimit = 64, PushAck = 0x18;

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
        Dictionary<(IPEndPoint, IPEndPoint), uint> sequences = [];
        foreach (var packet in packets)
        {
            byte[] bytes = Packet(packet, sequences);
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)packet.At.ToUnixTimeSeconds());
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..],
                (uint)(packet.At.UtcTicks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
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

    private static byte[] Packet(in CapturedPacket packet, Dictionary<(IPEndPoint, IPEndPoint), uint> sequences)
    {
        bool isIp6 = packet.From.AddressFamily is AddressFamily.InterNetworkV6;
        byte protocol = packet.IsTcp ? Tcp : Udp;
        int header = isIp6 ? Ip6Header : Ip4Header, inner = packet.IsTcp ? TcpHeader : UdpHeader;
        var payload = packet.Payload.Span;
        // A message longer than one IP packet came in fragments; here it is cut.
        if (payload.Length > MaxPacket - header - inner) payload = payload[..(MaxPacket - header - inner)];
        byte[] bytes = new byte[header + inner + payload.Length];
        var body = bytes.AsSpan(header);
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)packet.From.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], (ushort)packet.To.Port);
        payload.CopyTo(body[inner..]);
        if (packet.IsTcp) WriteTcp(body, packet, payload.Length, sequences);
        else BinaryPrimitives.WriteUInt16BigEndian(body[4..], (ushort)body.Length);

        byte[] from = packet.From.Address.GetAddressBytes(), to = packet.To.Address.GetAddressBytes();
        ushort checksum = Checksum(body, Pseudo(from) + Pseudo(to) + protocol + (uint)body.Length);
        if (!packet.IsTcp && checksum == 0) checksum = 0xFFFF;      // RFC 768: zero would mean none
        BinaryPrimitives.WriteUInt16BigEndian(body[(packet.IsTcp ? 16 : 6)..], checksum);
        if (isIp6) Ip6(bytes, protocol, body.Length, from, to);
        else Ip4(bytes, protocol, from, to);
        return bytes;
    }

    private static void WriteTcp(Span<byte> segment, in CapturedPacket packet, int length,
        Dictionary<(IPEndPoint, IPEndPoint), uint> sequences)
    {
        uint sequence = sequences.GetValueOrDefault((packet.From, packet.To), 1u);
        sequences[(packet.From, packet.To)] = sequence + (uint)length;
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], sequences.GetValueOrDefault((packet.To, packet.From), 1u));
        segment[12] = TcpHeader / 4 << 4;
        segment[13] = PushAck;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], ushort.MaxValue);      // window
    }

    private static void Ip4(Span<byte> packet, byte protocol, byte[] from, byte[] to)
    {
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        packet[8] = HopLimit;
        packet[9] = protocol;
        from.CopyTo(packet[12..]);
        to.CopyTo(packet[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], Checksum(packet[..Ip4Header]));
    }

    private static void Ip6(Span<byte> packet, byte protocol, int payload, byte[] from, byte[] to)
    {
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)payload);
        packet[6] = protocol;
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
