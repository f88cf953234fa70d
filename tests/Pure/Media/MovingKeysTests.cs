using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

/// <summary>Keys of senders whose events are not as RFC 4733 has them. The audio beside them goes on in the sequence.</summary>
public sealed class MovingKeysTests
{
    private readonly DigitReceiver _receiver = new();
    private readonly List<DigitNews> _all = [];
    private string _heard = "";
    private long _sequence = 65_500;

    private void Packet(byte code, int duration, uint timestamp, bool isEnd = false, bool marker = false)
    {
        var bytes = new byte[RtpPacket.HeaderBytes + 4];
        RtpPacket.WriteHeader(bytes, marker, 101, (ushort)_sequence, timestamp, 1);
        (bytes[12], bytes[13], bytes[14], bytes[15]) = (code, (byte)(isEnd ? 0x8A : 0x0A), (byte)(duration >> 8), (byte)duration);
        RtpPacket.TryParse(bytes, out var packet);
        var news = _receiver.Handle(packet, _sequence++, 8_000);
        _all.Add(news);
        if (news.Key != 0) _heard += news.Key;
    }

    [Theory, InlineData(0, 160), InlineData(160, 0), InlineData(160, 160), InlineData(-160, -160), InlineData(960, 0), InlineData(0, 0)]
    public void Timestamps_may_move_with_every_packet_or_with_every_end(int step, int endStep)
    {
        uint at = 80_000;
        for (int k = 1; k <= 6; k++, at = (uint)(at + step)) Packet(7, 160 * k, at, marker: k == 1);
        for (int k = 0; k < 3; k++, at = (uint)(at + endStep)) Packet(7, 960, at, isEnd: true);
        Assert.Equal("7", _heard);
        Assert.Equal([80_000u], _all.Select(news => news.Timestamp).Distinct());     // of the packets that go on to a bridged peer
    }

    [Fact]
    public void A_packet_that_is_lost_or_audio_beside_the_key_makes_no_second_one()
    {
        for (int k = 1; k <= 8; k++, _sequence++) Packet(7, 160 * k, (uint)(80_000 + 160 * k), marker: k == 1);
        Assert.Equal("7", _heard);
    }

    [Fact]
    public void Two_equal_keys_are_two_without_a_marker_and_without_ends()
    {
        for (int key = 0; key < 2; key++)
        {
            uint at = (uint)(80_000 + 4_000 * key);
            for (int k = 1; k <= 5; k++) Packet(7, 160 * k, at);
            for (int k = 0; k < 3; k++) Packet(7, 800, at, isEnd: true);
            _sequence += 6;
        }
        Assert.Equal("77", _heard);
        for (int k = 1; k <= 5; k++) Packet(7, 160 * k, 90_000, marker: k == 1);
        _sequence += 15;
        for (int k = 1; k <= 5; k++) Packet(7, 160 * k, 93_000, marker: k == 1);
        Assert.Equal("7777", _heard);
    }

    [Fact]
    public void Two_equal_keys_whose_clock_stands_still_are_two_when_their_time_begins_anew()
    {
        for (int key = 0; key < 2; key++, _sequence += 6)
        {
            for (int k = 1; k <= 5; k++) Packet(7, 160 * k, 80_000);
            for (int k = 0; k < 3; k++) Packet(7, 800, 80_000, isEnd: true);
        }
        Assert.Equal("77", _heard);
    }

    [Theory, InlineData(65_535, 410), InlineData(65_440, 409), InlineData(32_000, 200), InlineData(8_000, 50)]
    public void Segments_of_any_length_are_one_key(int length, int packets)
    {
        uint at = 4_294_960_000;      // its timestamp wraps
        for (int segment = 0; segment < 3; segment++, at += (uint)length)
            for (int k = 1; k <= packets; k++) Packet(7, Math.Min(160 * k, length), at, marker: segment == 0 && k == 1);
        for (int k = 0; k < 3; k++) Packet(7, length, at - (uint)length, isEnd: true);
        Assert.Equal("7", _heard);
    }

    [Theory, InlineData(0), InlineData(160)]
    public void Markers_on_all_packets_make_no_key_more(int step)
    {
        for (int key = 0; key < 2; key++)
        {
            uint at = (uint)(80_000 + 4_000 * key);
            for (int k = 1; k <= 6; k++, at = (uint)(at + step)) Packet(7, 160 * k, at, marker: true);
            for (int k = 0; k < 3; k++, at = (uint)(at + step)) Packet(7, 960, at, isEnd: true, marker: true);
            _sequence += 6;
        }
        Assert.Equal("77", _heard);
    }

    [Fact]
    public void Ends_with_markers_are_one_key_where_all_else_of_it_is_lost()
    {
        for (int k = 0; k < 3; k++) Packet(7, 960, 80_000, isEnd: true, marker: true);
        Assert.Equal("7", _heard);
    }

    [Fact]
    public void A_key_without_an_end_is_one_whose_next_has_its_own_time()
    {
        for (int key = 0; key < 2; key++, _sequence += 6)
            for (int k = 1; k <= 6; k++) Packet(7, 160 * k, (uint)(80_000 + 4_000 * key), marker: true);
        Assert.Equal("77", _heard);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_segment_may_begin_with_a_marker(bool isOnAll)
    {
        for (int segment = 0; segment < 3; segment++)
            for (int k = 1; k <= 410; k++)
                Packet(7, Math.Min(160 * k, 65_535), (uint)(80_000 + 65_535 * segment), marker: isOnAll || k == 1);
        Assert.Equal("7", _heard);
    }

    [Fact]
    public void A_key_whose_duration_stays_at_its_greatest_value_is_one_key()
    {
        for (int k = 1; k <= 450; k++) Packet(7, Math.Min(160 * k, 65_535), 80_000, marker: k == 1);
        for (int k = 0; k < 3; k++) Packet(7, 65_535, 80_000, isEnd: true);
        Assert.Equal("7", _heard);
    }

    [Fact]
    public void Another_code_is_another_key_whatever_the_timestamps_do()
    {
        for (byte code = 7; code <= 9; code++)
        {
            for (int k = 1; k <= 8; k++) Packet(code, 160 * k, (uint)(80_000 + 160 * k));
            for (int k = 0; k < 3; k++) Packet(code, 1_280, 81_280, isEnd: true);
        }
        Assert.Equal("789", _heard);
    }

    [Fact]
    public void What_comes_late_or_twice_says_nothing()
    {
        Packet(7, 160, 80_000, marker: true);
        _sequence++;
        Packet(7, 480, 80_320);
        _sequence -= 2;
        Packet(7, 320, 80_160);
        _sequence--;
        Packet(7, 320, 80_160);
        Assert.Equal("7", _heard);
        Assert.True(_all[^1].IsRepeat);
    }

    [Fact]
    public void A_source_that_counts_its_packets_anew_goes_on_with_its_key()
    {
        for (int k = 1; k <= 4; k++) Packet(7, 160 * k, 80_000, marker: k == 1);
        _sequence = 20;
        _receiver.Resume(_sequence);
        for (int k = 5; k <= 8; k++) Packet(7, 160 * k, 80_000);
        Packet(7, 1_280, 80_000, isEnd: true);
        Assert.Equal("7", _heard);
    }
}
