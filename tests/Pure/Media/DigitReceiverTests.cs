using Ringwright.Core;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class DigitReceiverTests
{
    private const int Clock = 8000;
    private readonly DigitReceiver _receiver = new();
    private readonly List<(char Key, int Milliseconds)> _heard = [];
    private long _sequence = 100;

    [Theory]
    [InlineData("111111111"), InlineData("011111111"), InlineData("000011111"), InlineData("111111000"), InlineData("111100000"),
        InlineData("000000001"), InlineData("100000000"), InlineData("010101010")]
    public void Whichever_packets_of_a_digit_are_lost_it_is_heard_once(string arrives)
    {
        Press(5, 8000, arrives);
        Assert.Equal('5', Assert.Single(_heard).Key);
    }

    [Fact]
    public void Every_pattern_of_loss_gives_each_of_two_equal_digits_once()
    {
        for (int pattern = 1; pattern < 512; pattern++)
        {
            _heard.Clear();
            _receiver.Reset();
            string arrives = Convert.ToString(pattern, 2).PadLeft(9, '0');
            Press(5, 8000, arrives);
            Press(5, 16_000, arrives);
            Assert.Equal(2, _heard.Count);
        }
    }

    [Fact]
    public void All_sixteen_keys_have_their_sign()
    {
        for (byte code = 0; code < 16; code++) Press(code, (uint)(8000 * (code + 1)), "111111111");
        Assert.Equal("0123456789*#ABCD", string.Concat(_heard.Select(d => d.Key)));
    }

    [Fact]
    public void Other_events_are_no_digits()
    {
        Press(16, 8000, "111111111");
        Press(66, 16_000, "111111111");
        Assert.Empty(_heard);
    }

    [Theory]
    [InlineData(8000, 100), InlineData(16_000, 50), InlineData(48_000, 16)]
    public void Milliseconds_follow_the_clock(int clock, int milliseconds)
    {
        Handle(1, 8000, 800, isEnd: true, marker: false, clock);
        Assert.Equal(('1', milliseconds), Assert.Single(_heard));
    }

    [Fact]
    public void A_packet_of_an_earlier_digit_that_was_overtaken_says_nothing()
    {
        Press(1, 8000, "111111111");
        Press(2, 9600, "111111111");
        _sequence = 105;
        Handle(1, 8000, 800, isEnd: true);
        Assert.Equal("12", string.Concat(_heard.Select(d => d.Key)));
    }

    [Fact]
    public void A_digit_of_more_than_eight_seconds_is_one_digit()
    {
        Handle(3, 8000, 160, isEnd: false, marker: true);
        Handle(3, 8000, 0xFFFF, isEnd: false);
        Handle(3, 8000 + 0xFFFF, 160, isEnd: false);
        Handle(3, 8000 + 0xFFFF, 320, isEnd: true);
        Assert.Single(_heard);
    }

    [Fact]
    public void A_sender_whose_clock_stands_still_is_understood_by_its_markers()
    {
        Press(4, 8000, "111111111");
        Press(4, 8000, "111111111");
        Press(5, 8000, "111111111");
        Assert.Equal("445", string.Concat(_heard.Select(d => d.Key)));
    }

    [Fact]
    public void An_hour_of_audio_between_two_digits_does_no_harm()
    {
        Press(4, 8000, "111111111");
        _sequence += 50_000;
        Press(4, 8000 + 3600 * 8000, "111111111");
        Assert.Equal(2, _heard.Count);
    }

    [Fact]
    public void A_short_payload_is_ignored()
    {
        var bytes = new byte[RtpPacket.HeaderBytes + 3];
        RtpPacket.WriteHeader(bytes, true, 101, 1, 1, 1);
        RtpPacket.TryParse(bytes, out var packet);
        Assert.Equal('\0', _receiver.Handle(packet, 1, Clock).Key);
    }

    [Fact]
    public void Garbage_never_throws()
    {
        var random = new Rng(21);
        var bytes = new byte[16];
        for (int i = 0; i < 20_000; i++)
        {
            random.Fill(bytes);
            bytes[0] = 0x80;
            if (RtpPacket.TryParse(bytes, out var packet) is RtpStatus.Ok) _receiver.Handle(packet, packet.Sequence, Clock);
        }
    }

    /// <summary>Six packets while the key is down, three ends; a '1' arrives.</summary>
    private void Press(byte code, uint timestamp, string arrives)
    {
        for (int i = 0; i < 9; i++)
        {
            if (arrives[i] == '1') Handle(code, timestamp, (ushort)(160 * Math.Min(i + 1, 7)), isEnd: i >= 6, marker: i == 0);
            else _sequence++;
        }
    }

    private void Handle(byte code, uint timestamp, ushort duration, bool isEnd, bool marker = false, int clock = Clock)
    {
        var bytes = new byte[RtpPacket.HeaderBytes + 4];
        RtpPacket.WriteHeader(bytes, marker, 101, (ushort)_sequence, timestamp, 1);
        (bytes[12], bytes[13], bytes[14], bytes[15]) = (code, (byte)(isEnd ? 0x8A : 0x0A), (byte)(duration >> 8), (byte)duration);
        RtpPacket.TryParse(bytes, out var packet);
        if (_receiver.Handle(packet, _sequence++, clock) is { Key: not '\0' } news) _heard.Add((news.Key, news.Milliseconds));
    }
}
