using System.Buffers.Binary;
using System.Security.Cryptography;
using Ringwright.Bench.Driving.Secure;

namespace Ringwright.Edge.Bench;

/// <summary>The load driver's own SRTP, by the RFC's vectors and between two of its ends.</summary>
public sealed class SrtpTests
{
    private const int Payload = 160, Header = 12;

    [Fact]
    public void Keys_are_derived_as_in_RFC_3711_appendix_B_3()
    {
        byte[] key = Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139");
        byte[] salt = Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6");
        Assert.Equal("C61E7A93744F39EE10734AFE3FF7A087", Convert.ToHexString(SrtpContext.Derive(key, salt, 0, 16)));
        Assert.Equal("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4", Convert.ToHexString(SrtpContext.Derive(key, salt, 1, 20)));
        Assert.Equal("30CBBC08863D8C85D49DB34A9AE1", Convert.ToHexString(SrtpContext.Derive(key, salt, 2, 14)));
    }

    [Fact]
    public void Keys_of_256_bits_are_derived_as_in_RFC_6188_section_7_2()
    {
        byte[] key = Convert.FromHexString("F0F04914B513F2763A1B1FA130F10E2998F6F6E43E4309D1E622A0E332B9F1B6");
        byte[] salt = Convert.FromHexString("3B04803DE51EE7C96423AB5B78D2");
        Assert.Equal("5BA1064E30EC51613CAD926C5A28EF731EC7FB397F70A960653CAF06554CD8C4",
            Convert.ToHexString(SrtpContext.Derive(key, salt, 0, 32)));
        Assert.Equal("FD9C32D39ED5FBB5A9DC96B30818454D1313DC05", Convert.ToHexString(SrtpContext.Derive(key, salt, 1, 20)));
        Assert.Equal("FA31791685CA444A9E07C6C64E93", Convert.ToHexString(SrtpContext.Derive(key, salt, 2, 14)));
    }

    [Theory]
    [InlineData("0000", "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0")]
    [InlineData("FEFF", "EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE6A2CC3787889374FBEB4C81B17BA6C44")]
    public void The_key_stream_is_that_of_RFC_3711_appendix_B_2(string counter, string stream)
    {
        using var aes = Aes.Create();
        aes.Key = Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C");
        byte[] into = new byte[stream.Length / 2];
        SrtpContext.KeyStream(aes, Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD" + counter), into);
        Assert.Equal(stream, Convert.ToHexString(into));
    }

    [Fact]
    public void What_one_end_protects_the_other_reads_also_when_numbers_roll_over()
    {
        byte[] key = SrtpContext.NewKey();
        using SrtpContext sender = new(key), receiver = new(key);
        for (int i = 0; i < 10; i++)
        {
            byte[] packet = Packet((ushort)(65_531 + i));
            Assert.Equal(Header + Payload + SrtpContext.TagBytes, sender.Protect(packet, Header + Payload));
            Assert.NotEqual(Packet((ushort)(65_531 + i)), packet);
            Assert.Equal(Header + Payload, receiver.Unprotect(packet));
            Assert.Equal(Packet((ushort)(65_531 + i))[..(Header + Payload)], packet[..(Header + Payload)]);
        }
    }

    [Fact]
    public void A_packet_that_was_changed_or_made_with_another_key_is_not_genuine()
    {
        byte[] key = SrtpContext.NewKey(), packet = Packet(7);
        using SrtpContext sender = new(key), receiver = new(key), stranger = new(SrtpContext.NewKey());
        sender.Protect(packet, Header + Payload);
        byte[] changed = [.. packet];
        changed[Header + 3] ^= 1;
        Assert.Equal(0, receiver.Unprotect(changed));
        Assert.Equal(0, stranger.Unprotect([.. packet]));
        Assert.Equal(0, receiver.Unprotect(new byte[SrtpContext.TagBytes]));
        Assert.Equal(Header + Payload, receiver.Unprotect(packet));
    }

    private static byte[] Packet(ushort sequence)
    {
        byte[] packet = new byte[Header + Payload + SrtpContext.TagBytes];
        packet[0] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        for (int i = 0; i < Payload; i++) packet[Header + i] = (byte)(i + sequence);
        return packet;
    }
}
