using Ringwright.Core;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class RtpPacketTests
{
    [Fact]
    public void A_header_is_read_as_it_was_written()
    {
        var bytes = new byte[14];
        RtpPacket.WriteHeader(bytes, true, 101, 65535, 0xFFFF_FF00, 0xDEAD_BEEF);
        (bytes[12], bytes[13]) = (1, 2);

        Assert.Equal(RtpStatus.Ok, RtpPacket.TryParse(bytes, out var packet));
        Assert.True(packet.HasMarker);
        Assert.Equal((101, 65535, 0xFFFF_FF00, 0xDEAD_BEEF), (packet.PayloadType, packet.Sequence, packet.Timestamp, packet.Source));
        Assert.Equal([1, 2], packet.Payload.ToArray());
    }

    [Fact]
    public void Contributors_extension_and_padding_are_stepped_over()
    {
        byte[] bytes =
        [
            0xB2, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,      // padding, extension, two contributors
            0, 0, 0, 4, 0, 0, 0, 5,                     // contributors
            0xBE, 0xDE, 0, 1, 9, 9, 9, 9,               // extension of one word
            7, 8, 0, 0, 3,                              // payload, three bytes of padding
        ];
        Assert.Equal(RtpStatus.Ok, RtpPacket.TryParse(bytes, out var packet));
        Assert.Equal([7, 8], packet.Payload.ToArray());
    }

    [Theory]
    [InlineData("A0000001000000020000000300", "00")]
    [InlineData("A00000010000000200000003D5D500", "D5D500")]
    [InlineData("A00000010000000200000003D5D501", "D5D5")]
    [InlineData("A00000010000000200000003000003", "")]
    public void A_padding_bit_over_no_padding_takes_nothing_from_the_payload(string hex, string payload)
    {
        Assert.Equal(RtpStatus.Ok, RtpPacket.TryParse(Convert.FromHexString(hex), out var packet));
        Assert.Equal(payload, Convert.ToHexString(packet.Payload));
    }

    [Theory]
    [InlineData("8000000100000002000000", RtpStatus.TooShort)]
    [InlineData("400000010000000200000003", RtpStatus.BadVersion)]
    [InlineData("820000010000000200000003", RtpStatus.BadLength)]
    [InlineData("900000010000000200000003BEDE0001", RtpStatus.BadLength)]
    [InlineData("9000000100000002000000030000", RtpStatus.BadLength)]
    [InlineData("A00000010000000200000003010105", RtpStatus.BadLength)]
    public void What_lies_about_its_length_is_refused(string hex, RtpStatus status) =>
        Assert.Equal(status, RtpPacket.TryParse(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData(191, false), InlineData(192, true), InlineData(200, true), InlineData(204, true), InlineData(223, true),
        InlineData(224, false), InlineData(0, false)]
    public void RTCP_is_told_from_RTP_by_its_type(byte type, bool isControl) =>
        Assert.Equal(isControl, RtpPacket.IsControl([0x80, type, 0, 0]));

    [Fact]
    public void Garbage_never_throws()
    {
        var random = new Rng(11);
        var bytes = new byte[64];
        for (int i = 0; i < 50_000; i++)
        {
            random.Fill(bytes);
            bytes[0] = (byte)(0x80 | bytes[0] & 0x3F);
            var cut = bytes.AsSpan(0, random.Next(65));
            RtpPacket.TryParse(cut, out _);
            var reader = new RtcpReader(cut);
            while (reader.TryNext(out var packet))
            {
                _ = packet.Source;
                for (int block = 0; packet.TryBlock(block, out _); block++)
                {
                }
            }
        }
    }
}
