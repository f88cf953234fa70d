using Ringwright.Core;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class JitterBufferTests
{
    private readonly JitterBuffer _buffer = new();
    private Instant _now = new(1_000_000_000);

    [Fact]
    public void Packets_wait_for_the_target_delay_and_then_play_in_order()
    {
        Put(7);
        Assert.Equal(Popped.Waiting, Pop());
        Put(8);
        Assert.Equal([7, 8], Played(2));
    }

    [Fact]
    public void A_single_packet_plays_when_the_delay_is_over()
    {
        Put(7);
        Assert.Equal(Popped.Waiting, Pop());
        _now += TimeSpan.FromMilliseconds(40);
        Assert.Equal([7], Played(1));
    }

    [Fact]
    public void Swapped_packets_are_put_right_also_at_the_very_start_and_across_the_wrap()
    {
        foreach (int sequence in (int[])[65_535, 65_534, 1, 0, 2]) Put(sequence);
        Assert.Equal([65_534, 65_535, 0, 1, 2], Played(5));
        Assert.Equal(0, _buffer.Skipped);
    }

    [Fact]
    public void A_gap_is_lost_and_its_packet_too_late_afterwards()
    {
        foreach (int sequence in (int[])[1, 2, 4]) Put(sequence);
        Assert.Equal([1, 2], Played(2));
        Assert.Equal(Popped.Lost, Pop());
        Assert.Equal([4], Played(1));
        Put(3);
        Assert.Equal((0, 1), (_buffer.Count, _buffer.Skipped));
    }

    [Fact]
    public void A_duplicate_is_ignored_and_is_no_missing_sound()
    {
        foreach (int sequence in (int[])[1, 2, 2]) Put(sequence);
        Assert.Equal((2, 0), (_buffer.Count, _buffer.Skipped));
        Assert.Equal([1, 2], Played(2));
        foreach (int sequence in (int[])[1, 2, 2]) Put(sequence);
        Assert.Equal((0, 0), (_buffer.Count, _buffer.Skipped));
        foreach (int sequence in (int[])[3, 4]) Put(sequence);
        Assert.Equal([3, 4], Played(2));
    }

    [Fact]
    public void A_copy_of_a_lost_packet_counts_as_late_and_one_of_a_played_packet_does_not()
    {
        foreach (int sequence in (int[])[1, 2, 4]) Put(sequence);
        Assert.Equal([1, 2], Played(2));
        Assert.Equal(Popped.Lost, Pop());
        foreach (int sequence in (int[])[1, 3, 2]) Put(sequence);
        Assert.Equal(1, _buffer.Skipped);
    }

    [Fact]
    public void A_packet_that_is_merely_late_keeps_its_turn()
    {
        foreach (int sequence in (int[])[1, 2]) Put(sequence);
        Assert.Equal([1, 2], Played(2));
        Assert.Equal(Popped.Late, Pop());
        Assert.Equal(Popped.Late, Pop());
        Put(3);
        Assert.Equal([3], Played(1));
        Assert.Equal(0, _buffer.Skipped);
    }

    [Fact]
    public void After_a_pause_it_fills_up_again()
    {
        foreach (int sequence in (int[])[1, 2]) Put(sequence);
        Played(2);
        for (int i = 0; i < 5; i++) Assert.Equal(Popped.Late, Pop());
        Put(3);
        Assert.Equal(Popped.Waiting, Pop());
        Put(4);
        Assert.Equal([3, 4], Played(2));
    }

    [Fact]
    public void It_holds_25_packets_and_one_more_drops_the_oldest()
    {
        for (int i = 0; i < 25; i++) Put(i);
        Assert.Equal((25, 0), (_buffer.Count, _buffer.Skipped));
        Put(25);
        Assert.Equal((25, 1), (_buffer.Count, _buffer.Skipped));
        Assert.Equal([1, 2], Played(2));
    }

    [Fact]
    public void A_jump_ahead_starts_anew()
    {
        for (int i = 0; i < 4; i++) Put(i);
        Played(2);
        Put(2000);
        Put(2001);
        Assert.Equal([2000, 2001], Played(2));
        Assert.Equal(2, _buffer.Skipped);
    }

    [Fact]
    public void Events_take_time_and_their_repeats_do_not()
    {
        Put(1);
        _buffer.Put(2, 0, PacketKind.Gap, default, _now);
        _buffer.Put(3, 0, PacketKind.Nothing, default, _now);
        Put(4);
        Assert.Equal([1], Played(1));
        Assert.Equal(Popped.Gap, Pop());
        Assert.Equal([4], Played(1));
    }

    /// <summary>RFC 4733 section 2.5.1.1: audio may go on while a key is held. baresip sends both, one behind the other.</summary>
    [Theory]
    [InlineData(-1), InlineData(7), InlineData(8), InlineData(11)]
    public void Events_beside_which_audio_goes_on_take_no_time(int lost)
    {
        uint timestamp = 0;
        int sequence = 0;
        var played = new List<Popped>();
        for (int tick = 0; tick < 40; tick++)
        {
            PutAudio();
            if (tick is >= 4 and < 30) PutNext(PacketKind.Gap, 4 * 160);
            played.Add(Pop());
        }
        Assert.DoesNotContain(Popped.Gap, played);
        Assert.Equal(lost < 0 ? 0 : 1, played.Count(popped => popped is Popped.Lost));
        Assert.InRange(_buffer.Count, 0, 4);

        void PutAudio() => PutNext(PacketKind.Audio, timestamp += 160);

        void PutNext(PacketKind kind, uint at)
        {
            if (sequence++ != lost) _buffer.Put((ushort)sequence, at, kind, [1, 2, 3, 4], _now);
        }
    }

    [Fact]
    public void Events_in_place_of_audio_take_their_time_also_where_a_packet_of_them_is_lost()
    {
        for (int i = 1; i <= 4; i++) Put(i);
        foreach (int sequence in (int[])[5, 6, 8, 9]) _buffer.Put((ushort)sequence, 5 * 160, PacketKind.Gap, default, _now);
        Put(10);
        Assert.Equal([1, 2, 3, 4], Played(4));
        Assert.Equal([Popped.Gap, Popped.Gap, Popped.Lost, Popped.Gap, Popped.Gap], Enumerable.Range(0, 5).Select(_ => Pop()));
        Assert.Equal([10], Played(1));
    }

    [Fact]
    public void A_fast_sender_is_caught_up_with_one_packet_at_a_time()
    {
        int sequence = 0;
        for (; sequence < 12; sequence++) Put(sequence);
        for (int tick = 0; tick < 1000; tick++)
        {
            Pop();
            Put(sequence++);
        }
        Assert.InRange(_buffer.Count, 2, 4);
        Assert.InRange(_buffer.Skipped, 8, 10);
    }

    [Fact]
    public void A_packet_whose_sound_is_not_kept_has_its_length_and_its_head_also_when_others_are_kept_again()
    {
        byte[] sound = [.. Enumerable.Range(1, 160).Select(i => (byte)i)];
        _buffer.KeepsSound = false;
        _buffer.Put(1, 160, PacketKind.Audio, sound, _now);
        _buffer.KeepsSound = true;
        _buffer.Put(2, 320, PacketKind.Audio, sound, _now);
        _buffer.Put(3, 480, PacketKind.Audio, [.. sound, .. sound], _now);
        Assert.Equal(Popped.Audio, _buffer.Pop(_now, out var unheard));
        Assert.Equal((160, false), (unheard.Length, _buffer.PoppedWhole));
        Assert.Equal(sound[..4], unheard[..4].ToArray());
        foreach (byte[] kept in (byte[][])[sound, [.. sound, .. sound]])
        {
            Assert.Equal(Popped.Audio, _buffer.Pop(_now, out var heard));
            Assert.True(_buffer.PoppedWhole);
            Assert.Equal(kept, heard.ToArray());
        }
    }

    [Theory]
    [InlineData(0, 2), InlineData(5, 2), InlineData(21, 4), InlineData(60, 7), InlineData(5000, 12)]
    public void The_delay_follows_the_jitter(double milliseconds, int target)
    {
        _buffer.Adapt(milliseconds);
        Assert.Equal(target, _buffer.Target);
    }

    private void Put(int sequence) =>
        _buffer.Put((ushort)sequence, 160 * (uint)sequence, PacketKind.Audio, [(byte)(sequence >> 8), (byte)sequence], _now);

    private Popped Pop()
    {
        var popped = _buffer.Pop(_now, out _);
        _now += TimeSpan.FromMilliseconds(20);
        return popped;
    }

    private int[] Played(int count)
    {
        var played = new int[count];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(Popped.Audio, _buffer.Pop(_now, out var payload));
            played[i] = payload[0] << 8 | payload[1];
            _now += TimeSpan.FromMilliseconds(20);
        }
        return played;
    }
}
