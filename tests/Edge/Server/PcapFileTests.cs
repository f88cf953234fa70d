using System.Buffers.Binary;
using System.Net;
using System.Text;
using Ringwright.Server.Cli;

namespace Ringwright.Edge.Server;

public sealed class PcapFileTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 6, 15, 0, 1, 234, 567, TimeSpan.Zero);

    [Theory]
    [InlineData("192.0.2.1:5060", "198.51.100.7:5080", "OPTIONS")]
    [InlineData("[2001:db8::1]:5060", "[2001:db8::2]:5061", "OPTIONS odd")]
    [InlineData("192.0.2.1:5060", "198.51.100.7:5080", "")]
    public void What_is_written_is_read_back_with_true_checksums(string from, string to, string payload)
    {
        byte[] file = PcapFile.Write([new(At, IPEndPoint.Parse(from), IPEndPoint.Parse(to), Encoding.UTF8.GetBytes(payload))]);
        var packet = Assert.Single(PcapReader.Read(file));
        Assert.Equal((At, from, to, payload),
            (packet.At, packet.From.ToString(), packet.To.ToString(), Encoding.UTF8.GetString(packet.Payload)));
    }

    [Fact]
    public void A_message_longer_than_a_packet_is_cut()
    {
        byte[] file = PcapFile.Write([new(At, IPEndPoint.Parse("192.0.2.1:1"), IPEndPoint.Parse("192.0.2.2:2"), new byte[70_000])]);
        Assert.Equal(65_535 - 28, Assert.Single(PcapReader.Read(file)).Payload.Length);
    }

    [Theory]
    [InlineData("192.0.2.1:5060", "198.51.100.7:5080")]
    [InlineData("[2001:db8::1]:5060", "[2001:db8::2]:5061")]
    public void TCP_is_a_stream_whose_segments_are_numbered_on(string from, string to)
    {
        var (one, two) = (IPEndPoint.Parse(from), IPEndPoint.Parse(to));
        byte[] file = PcapFile.Write([new(At, one, two, "INVITE"u8.ToArray(), IsTcp: true),
            new(At, two, one, "200"u8.ToArray(), IsTcp: true), new(At, one, two, "ACK"u8.ToArray(), IsTcp: true)]);
        var read = PcapReader.Read(file);
        Assert.Equal(["INVITE", "200", "ACK"], read.Select(p => Encoding.UTF8.GetString(p.Payload)));
        Assert.Equal([(1u, 1u), (1u, 7u), (7u, 4u)], read.Select(p => p.Numbers));
    }

    [Fact]
    public void An_empty_capture_has_a_head() => Assert.Empty(PcapReader.Read(PcapFile.Write([])));
}

/// <summary>Reads captures of raw IP with UDP or TCP inside; every checksum must be right.</summary>
internal static class PcapReader
{
    public static List<(DateTimeOffset At, IPEndPoint From, IPEndPoint To, byte[] Payload,
        (uint Sequence, uint Acknowledged) Numbers)> Read(ReadOnlySpan<byte> file)
    {
        Assert.Equal(0xA1B2C3D4u, BinaryPrimitives.ReadUInt32LittleEndian(file));
        Assert.Equal(101u, BinaryPrimitives.ReadUInt32LittleEndian(file[20..]));
        List<(DateTimeOffset, IPEndPoint, IPEndPoint, byte[], (uint, uint))> packets = [];
        for (file = file[24..]; !file.IsEmpty;)
        {
            var at = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(file))
                .AddMicroseconds(BinaryPrimitives.ReadUInt32LittleEndian(file[4..]));
            int length = BinaryPrimitives.ReadInt32LittleEndian(file[8..]);
            Assert.Equal(length, BinaryPrimitives.ReadInt32LittleEndian(file[12..]));
            var packet = file.Slice(16, length);
            file = file[(16 + length)..];
            bool isIp6 = packet[0] >> 4 == 6;
            int header = isIp6 ? 40 : 20, size = isIp6 ? 16 : 4, addresses = isIp6 ? 8 : 12;
            bool isTcp = packet[isIp6 ? 6 : 9] == 6;
            if (!isTcp) Assert.Equal(17, packet[isIp6 ? 6 : 9]);
            if (isIp6) Assert.Equal(length - 40, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
            else Assert.Equal((length, 0), (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), Sum(packet[..20], 0)));
            var udp = packet[header..];
            if (!isTcp) Assert.Equal(udp.Length, BinaryPrimitives.ReadUInt16BigEndian(udp[4..]));
            // addresses stand right before the UDP header: the pseudo-header
            Assert.Equal(0, Sum(packet[addresses..], (uint)((isTcp ? 6 : 17) + udp.Length)));
            packets.Add((at, new(new IPAddress(packet.Slice(addresses, size)), BinaryPrimitives.ReadUInt16BigEndian(udp)),
                new(new IPAddress(packet.Slice(addresses + size, size)), BinaryPrimitives.ReadUInt16BigEndian(udp[2..])),
                udp[(isTcp ? 20 : 8)..].ToArray(),
                isTcp ? (BinaryPrimitives.ReadUInt32BigEndian(udp[4..]), BinaryPrimitives.ReadUInt32BigEndian(udp[8..])) : default));
        }
        return packets;
    }

    private static int Sum(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (int i = 0; i < bytes.Length; i++) sum += (uint)(i % 2 == 0 ? bytes[i] << 8 : bytes[i]);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
