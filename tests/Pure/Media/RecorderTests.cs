using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

/// <summary>What a recording of a port has in it, and how it ends.</summary>
public sealed class RecorderTests
{
    private readonly ShardWorld _world = new ShardWorld().Connected();
    private readonly short[] _read = new short[64_000];

    [Fact]
    public void The_party_is_on_the_left_and_what_it_hears_on_the_right()
    {
        var ring = Record(new() { Id = Id, IsDual = true });
        _world.Files["tone"] = ShardWorld.Encode("PCMU", Signals.Sine(1_200, 8_000, 8_000));
        _world.Do(new MediaCommand.Play(_world.Port, Guid.NewGuid(), "tone", 0));
        Talk(80, Signals.Sine(400, 8_000, 12_800));

        short[] left = Channel(ring, 0, out short[] right);
        Assert.True(Signals.LevelAt(400, 8_000, left) > 5_000);
        Assert.InRange(Signals.LevelAt(1_200, 8_000, left), 0, 200);
        Assert.True(Signals.LevelAt(1_200, 8_000, right) > 5_000);
        Assert.InRange(Signals.LevelAt(400, 8_000, right), 0, 200);
    }

    [Fact]
    public void One_channel_has_both_mixed()
    {
        var ring = Record(new() { Id = Id });
        _world.Files["tone"] = ShardWorld.Encode("PCMU", Signals.Sine(1_200, 8_000, 8_000));
        _world.Do(new MediaCommand.Play(_world.Port, Guid.NewGuid(), "tone", 0));
        Talk(80, Signals.Sine(400, 8_000, 12_800));

        var mixed = Mono(ring);
        Assert.True(Signals.LevelAt(400, 8_000, mixed) > 5_000);
        Assert.True(Signals.LevelAt(1_200, 8_000, mixed) > 5_000);
    }

    [Theory]
    [InlineData(RecordTrack.Inbound, 400, 1_200)]
    [InlineData(RecordTrack.Outbound, 1_200, 400)]
    public void A_single_track_has_one_channel_even_when_two_were_asked_for(RecordTrack track, int there, int absent)
    {
        var ring = Record(new() { Id = Id, IsDual = true, Track = track });
        Assert.Equal(1, ring.Channels);
        _world.Files["tone"] = ShardWorld.Encode("PCMU", Signals.Sine(1_200, 8_000, 8_000));
        _world.Do(new MediaCommand.Play(_world.Port, Guid.NewGuid(), "tone", 0));
        Talk(80, Signals.Sine(400, 8_000, 12_800));

        var heard = Mono(ring);
        Assert.True(Signals.LevelAt(there, 8_000, heard) > 5_000);
        Assert.InRange(Signals.LevelAt(absent, 8_000, heard), 0, 200);
    }

    [Fact]
    public void A_recording_lasts_as_long_as_it_ran()
    {
        var ring = Record(new() { Id = Id });
        Talk(50, Signals.Sine(400, 8_000, 8_000));
        _world.Do(new MediaCommand.StopRecord(_world.Port, Id));

        Assert.Equal(8_000 - 160, Mono(ring).Length);       // its last tick has just begun
        Assert.True(ring.HasEnded);
        Assert.Equal(RecordEndReason.Stopped, Ended().Reason);
        Assert.Equal(TimeSpan.FromMilliseconds(980), Ended().EndedAt - Ended().StartedAt);
    }

    [Fact]
    public void What_is_said_during_a_pause_is_absent()
    {
        var ring = Record(new() { Id = Id });
        Talk(40, Signals.Sine(400, 8_000, 6_400));
        _world.Do(new MediaCommand.PauseRecord(_world.Port, Id));
        Talk(40, Signals.Sine(900, 8_000, 6_400));
        _world.Do(new MediaCommand.ResumeRecord(_world.Port, Id));
        Talk(40, Signals.Sine(1_500, 8_000, 6_400));
        _world.Do(new MediaCommand.StopRecord(_world.Port, Id));

        var heard = Mono(ring);
        Assert.InRange(heard.Length, 12_000, 12_800);
        Assert.True(Signals.LevelAt(400, 8_000, heard.AsSpan(0, 6_000)) > 5_000);
        Assert.True(Signals.LevelAt(1_500, 8_000, heard.AsSpan(7_000, 5_000)) > 5_000);
        // Of the pause only what its beginning's jitter buffer held.
        Assert.True(Signals.LevelAt(900, 8_000, heard) < 1_000);
    }

    /// <summary>As whoever takes a card's number wants it: the recording lasts as long as the call did.</summary>
    [Fact]
    public void In_a_silent_pause_time_goes_on_and_nobody_is_heard()
    {
        var ring = Record(new() { Id = Id });
        Talk(40, Signals.Sine(400, 8_000, 6_400));
        short[] before = Mono(ring);
        _world.Do(new MediaCommand.PauseRecord(_world.Port, Id, IsSilent: true));
        Talk(40, Signals.Sine(900, 8_000, 6_400));
        short[] within = Mono(ring);
        _world.Do(new MediaCommand.ResumeRecord(_world.Port, Id));
        Talk(40, Signals.Sine(1_500, 8_000, 6_400));
        _world.Do(new MediaCommand.StopRecord(_world.Port, Id));

        short[] heard = [.. before, .. within, .. Mono(ring)];
        Assert.InRange(heard.Length, 19_000, 19_200);
        Assert.True(Signals.LevelAt(400, 8_000, heard.AsSpan(0, 6_000)) > 5_000);
        Assert.All(heard[7_200..12_200], sample => Assert.Equal(0, sample));
        Assert.True(Signals.LevelAt(1_500, 8_000, heard.AsSpan(14_000, 5_000)) > 5_000);
    }

    [Fact]
    public void It_ends_at_its_longest_to_the_sample()
    {
        var ring = Record(new() { Id = Id, MaximumLength = TimeSpan.FromSeconds(1) });
        var heard = new List<short>();
        for (int i = 0; i < 10; i++)
        {
            Talk(10, Signals.Sine(400, 8_000, 1_600));
            heard.AddRange(Mono(ring));
        }
        Assert.Equal(8_000, heard.Count);
        Assert.Equal(RecordEndReason.MaxLength, Ended().Reason);
    }

    [Fact]
    public void Silence_ends_it_only_when_somebody_has_spoken()
    {
        var ring = Record(new() { Id = Id, SilenceLimit = TimeSpan.FromSeconds(1) });
        for (int i = 0; i < 10; i++)
        {
            Talk(10, new short[1_600]);
            Mono(ring);
        }
        Assert.Empty(_world.Events);
        Talk(20, Signals.SpeechLike(8_000, 3_200));
        Mono(ring);
        for (int i = 0; i < 8; i++)
        {
            Talk(10, new short[1_600]);
            Mono(ring);
        }
        Assert.Equal(RecordEndReason.Silence, Ended().Reason);
    }

    [Fact]
    public void Closing_the_port_ends_it_before_the_port_says_so()
    {
        Record(new() { Id = Id });
        Talk(10, new short[1_600]);
        _world.Do(new MediaCommand.Close(_world.Port));

        Assert.Collection(_world.Events,
            ended => Assert.Equal(RecordEndReason.Hangup, Assert.IsType<MediaEvent.RecordEnded>(ended).Reason),
            closed => Assert.IsType<MediaEvent.Closed>(closed));
    }

    [Fact]
    public void A_reader_that_does_not_keep_up_hears_of_each_gap_in_its_place_and_the_recording_goes_on()
    {
        var ring = Record(new() { Id = Id, IsDual = true });
        Talk(200, Signals.Sine(400, 8_000, 32_000));
        Assert.Empty(_world.Events);
        Assert.Equal(0, ring.TakeGap());        // not before what lies in front of it
        int before = Mono(ring).Length;
        long gap = ring.TakeGap();
        Assert.InRange(gap, 1, 2 * 32_000);
        Assert.Equal((0, 0), (Mono(ring).Length, (int)ring.TakeGap()));
        Talk(20, Signals.Sine(400, 8_000, 3_200));
        _world.Do(new MediaCommand.StopRecord(_world.Port, Id));

        // Nothing is missing beside the gap.
        long after = Mono(ring).Length;
        Assert.Equal(RecordEndReason.Stopped, Ended().Reason);
        Assert.Equal((long)((Ended().EndedAt - Ended().StartedAt).TotalSeconds * 8_000) * 2, before + gap + after);
        Assert.Equal(0, ring.TakeGap());
    }

    [Fact]
    public void A_file_that_cannot_be_written_ends_it_and_not_the_port()
    {
        var ring = Record(new() { Id = Id });
        ring.Break();
        Talk(3, Signals.Sine(400, 8_000, 480));
        Assert.Equal(RecordEndReason.Failed, Ended().Reason);
        Assert.Equal(1, _world.Shard.OpenPorts);
    }

    [Fact]
    public void The_party_hears_a_beep_and_the_recording_begins_behind_it()
    {
        var ring = Record(new() { Id = Id, IsDual = true, Beeps = true });
        Talk(50, new short[8_000]);
        _world.Do(new MediaCommand.StopRecord(_world.Port, Id));

        short[] sent = ShardWorld.Decode("PCMU", _world.Rtp);
        Assert.True(Signals.LevelAt(1_000, 8_000, sent.AsSpan(0, 2_400)) > 5_000);
        Assert.True(Signals.LevelAt(1_000, 8_000, sent.AsSpan(4_000)) < 100);
        Channel(ring, 0, out short[] right);
        Assert.True(Signals.LevelAt(1_000, 8_000, right) < 100);
        Assert.InRange(right.Length, 4_000, 6_000);
    }

    [Fact]
    public void Several_run_at_once_and_end_each_for_itself()
    {
        var other = Guid.NewGuid();
        var first = Record(new() { Id = Id });
        Talk(10, new short[1_600]);
        var second = new RecordRing(1);
        _world.Shard.Record(new(_world.Port, new() { Id = other }), second);
        Talk(10, new short[1_600]);
        _world.Do(new MediaCommand.StopRecord(_world.Port, other));
        Assert.True(second.HasEnded);
        Assert.False(first.HasEnded);
        Talk(10, new short[1_600]);
        _world.Do(new MediaCommand.StopRecord(_world.Port, Id));
        Assert.Equal(new[] { other, Id }, _world.Events.OfType<MediaEvent.RecordEnded>().Select(e => e.Id));
    }

    [Fact]
    public void A_wideband_leg_is_recorded_wideband_and_keeps_its_rate_when_the_codec_changes()
    {
        var ring = Record(new() { Id = Id }, ShardWorld.Plan("G722"));
        Talk(20, [], "G722");
        Assert.Equal(16_000, ring.Rate);
        _world.Do(new MediaCommand.Connect(_world.Port, ShardWorld.Plan("PCMU") with { Generation = 1 }));
        Talk(30, Signals.Sine(400, 8_000, 4_800));
        _world.Do(new MediaCommand.StopRecord(_world.Port, Id));
        var heard = Mono(ring);
        Assert.Equal(16_000, ring.Rate);
        Assert.InRange(heard.Length, 15_000, 16_000);
        Assert.True(Signals.LevelAt(400, 16_000, heard.AsSpan(9_000)) > 5_000);
    }

    private static readonly Guid Id = Guid.Parse("5f0b0d6a-0000-4000-8000-000000000001");

    private MediaEvent.RecordEnded Ended() => Assert.Single(_world.Events.OfType<MediaEvent.RecordEnded>());

    private RecordRing Record(RecordPlan plan, StreamPlan? stream = null)
    {
        if (stream is not null) _world.Do(new MediaCommand.Connect(_world.Port, stream with { Generation = 9 }));
        var ring = new RecordRing(plan.Channels);
        _world.Shard.Record(new(_world.Port, plan), ring);
        return ring;
    }

    /// <summary>The party says this, 20 ms at a time.</summary>
    private void Talk(int ticks, short[] samples, string codec = "PCMU")
    {
        var found = Codecs.Find(codec)!;
        byte[] encoded = samples.Length == 0 ? [] : ShardWorld.Encode(codec, samples);
        for (int i = 0; i < ticks; i++)
        {
            byte[] frame = encoded.Length == 0 ? found.Silence.ToArray() : encoded[(i * found.FrameBytes)..((i + 1) * found.FrameBytes)];
            _world.Hear(frame, found.PayloadType);
            _world.Tick();
        }
    }

    private short[] Mono(RecordRing ring) => _read[..ring.Read(_read)];

    private short[] Channel(RecordRing ring, int channel, out short[] other)
    {
        short[] both = Mono(ring);
        other = [.. both.Where((_, i) => i % 2 != channel)];
        return [.. both.Where((_, i) => i % 2 == channel)];
    }
}
