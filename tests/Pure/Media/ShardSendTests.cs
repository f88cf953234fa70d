using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Protocol;

namespace Ringwright.Pure.Media;

public sealed class ShardSendTests
{
    private static readonly Guid Id = Guid.Parse("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void An_idle_port_sends_silence_evenly_in_one_stream()
    {
        var world = new ShardWorld().Connected();
        world.Tick(100);

        var sent = world.Rtp;
        Assert.Equal(100, sent.Length);
        for (int i = 1; i < sent.Length; i++)
        {
            Assert.Equal((ushort)(sent[i - 1].Sequence + 1), sent[i].Sequence);
            Assert.Equal(sent[i - 1].Timestamp + 160, sent[i].Timestamp);
            Assert.Equal(sent[0].Source, sent[i].Source);
            Assert.False(sent[i].HasMarker);
        }
        Assert.True(sent[0].HasMarker);
        Assert.All(sent, p => Assert.Equal((ShardWorld.Phone, 0), (p.To, p.PayloadType)));
        Assert.Equal(0, Signals.Rms(ShardWorld.Decode("PCMU", sent)));
    }

    [Theory]
    [InlineData(20), InlineData(40), InlineData(60)]
    public void A_stream_that_omits_silence_shows_a_sign_of_life_at_once_and_every_five_seconds(int packetMilliseconds)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { OmitsSilence = true, PacketMilliseconds = packetMilliseconds });
        world.Tick(249);
        Assert.Equal(5, world.Rtp.Length);
        world.Tick(250);

        var sent = world.Rtp;
        Assert.Equal(10, sent.Length);
        Assert.Equal(new[] { 0, 5 }, Enumerable.Range(0, sent.Length).Where(i => sent[i].HasMarker));
        for (int i = 1; i < sent.Length; i++) Assert.Equal((ushort)(sent[i - 1].Sequence + 1), sent[i].Sequence);
        Assert.Equal(250u * 160, sent[5].Timestamp - sent[0].Timestamp);
        Assert.Equal(0, Signals.Rms(ShardWorld.Decode("PCMU", sent)));
    }

    [Fact]
    public void A_stream_that_omits_silence_falls_silent_behind_a_prompt()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { OmitsSilence = true });
        world.Files["f"] = ShardWorld.Encode("PCMU", Signals.Sine(440, 8000, 8000));
        world.Tick(100);
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1));
        world.Tick(100);

        Assert.Equal(5 + 50 + 5, world.Rtp.Length);
        Assert.True(world.Rtp[5].HasMarker);
        Assert.Equal(world.Files["f"], world.Rtp[5..55].SelectMany(p => p.Payload.ToArray()));
    }

    [Fact]
    public void A_stream_that_is_withheld_sends_neither_sound_nor_reports_and_hears_all_the_same()
    {
        var world = new ShardWorld(new() { ReportInterval = TimeSpan.FromMilliseconds(100) })
            .Connected(ShardWorld.Plan() with { IsWithheld = true });
        for (int i = 0; i < 20; i++) { world.Hear(); world.Tick(); }
        Assert.Empty(world.Out);

        world.Do(new MediaCommand.Connect(world.Port, ShardWorld.Plan()));
        for (int i = 0; i < 20; i++) { world.Hear(); world.Tick(); }
        Assert.InRange(world.Rtp.Length, 19, 20);
        Assert.Contains(world.Out, p => p.IsControl);
        world.Do(new MediaCommand.Close(world.Port));
        Assert.Equal(40, Assert.IsType<MediaEvent.Closed>(world.Events[^1]).Statistics.PacketsReceived);
    }

    [Fact]
    public void A_stream_that_moves_shows_itself_at_its_new_place()
    {
        var elsewhere = new System.Net.IPEndPoint(ShardWorld.Phone.Address, ShardWorld.Phone.Port + 100);
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { OmitsSilence = true });
        world.Tick(50);
        world.Do(new MediaCommand.Connect(world.Port, ShardWorld.Plan() with { OmitsSilence = true, Generation = 7, Remote = elsewhere }));
        world.Tick(50);
        Assert.Equal(5, world.Rtp.Count(p => p.To.Port == elsewhere.Port));
    }

    [Fact]
    public void Silence_is_not_sent_when_the_setting_says_so()
    {
        var world = new ShardWorld(new MediaSettings { SendsSilence = false }).Connected();
        world.Files["f"] = ShardWorld.Encode("PCMU", Signals.Sine(440, 8000, 320));
        world.Tick(50);
        Assert.Empty(world.Rtp);

        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1));
        world.Tick(10);
        Assert.Equal(2, world.Rtp.Length);
        Assert.True(world.Rtp[0].HasMarker);
    }

    [Theory]
    [InlineData("PCMU"), InlineData("PCMA"), InlineData("G722")]
    public void A_prompt_is_sent_as_it_lies_in_the_file_and_ends_once(string codec)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan(codec));
        int rate = Codecs.Find(codec)!.SampleRate;
        world.Files["f"] = ShardWorld.Encode(codec, Signals.Sine(1000, rate, rate));
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1));
        world.Tick(50);
        Assert.Empty(world.Events);
        Assert.Equal(world.Files["f"], world.Rtp.SelectMany(p => p.Payload.ToArray()));

        world.Tick(10);
        Assert.Equal(new MediaEvent.PlayEnded(ShardWorld.Leg, world.Port, Id, false), Assert.Single(world.Events));
        Assert.InRange(Signals.LevelAt(1000, rate, ShardWorld.Decode(codec, world.Rtp[..50]).AsSpan(rate / 10)), 9000, 11_000);
        Assert.Equal(60, world.Rtp.Length);
    }

    [Fact]
    public void A_prompt_loops_as_often_as_asked_and_zero_is_for_ever()
    {
        var world = new ShardWorld().Connected();
        world.Files["f"] = new byte[160];
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 3));
        world.Tick(3);
        Assert.Empty(world.Events);
        world.Tick(1);
        Assert.Single(world.Events);

        world.Do(new MediaCommand.Play(world.Port, Id, "f", 0));
        world.Tick(1000);
        Assert.Single(world.Events);
        world.Do(new MediaCommand.StopPlay(world.Port, Id));
        Assert.Equal(2, world.Events.Count);
        world.Do(new MediaCommand.StopPlay(world.Port, Id));
        Assert.Equal(2, world.Events.Count);
    }

    [Fact]
    public void A_file_that_is_slow_is_waited_for_and_one_that_is_missing_fails()
    {
        var world = new ShardWorld().Connected();
        world.Loading.Add("f");
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1));
        world.Tick(20);
        Assert.Empty(world.Events);
        Assert.Equal(20, world.Rtp.Length);
        world.Loading.Clear();
        world.Tick(1);
        Assert.Equal(new MediaEvent.PlayEnded(ShardWorld.Leg, world.Port, Id, true), Assert.Single(world.Events));
    }

    [Fact]
    public void An_empty_file_ends_at_once_and_a_short_last_frame_is_filled_up()
    {
        var world = new ShardWorld().Connected();
        world.Files["empty"] = [];
        world.Files["short"] = [1, 2, 3];
        world.Do(new MediaCommand.Play(world.Port, Id, "empty", 0));
        world.Tick(1);
        Assert.Equal(new MediaEvent.PlayEnded(ShardWorld.Leg, world.Port, Id, false), Assert.Single(world.Events));

        world.Do(new MediaCommand.Play(world.Port, Id, "short", 1));
        world.Tick(1);
        Assert.Equal([1, 2, 3, 0xFF], world.Rtp[^1].Payload[..4].ToArray());
        Assert.Equal(160, world.Rtp[^1].Payload.Length);
    }

    [Fact]
    public void A_second_playback_ends_the_first()
    {
        var world = new ShardWorld().Connected();
        world.Files["f"] = new byte[16_000];
        var other = Guid.NewGuid();
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1));
        world.Tick(2);
        world.Do(new MediaCommand.Play(world.Port, other, "f", 1));
        Assert.Equal(Id, Assert.IsType<MediaEvent.PlayEnded>(Assert.Single(world.Events)).Id);
    }

    [Theory]
    [InlineData("PCMA"), InlineData("G722")]
    public void A_playback_survives_a_change_of_codec(string codec)
    {
        var world = new ShardWorld().Connected();
        world.Files["f"] = ShardWorld.Encode("PCMU", Signals.Sine(1000, 8000, 16_000));
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1) { Codec = "PCMU" });
        world.Tick(10);
        world.Connected(ShardWorld.Plan(codec) with { Generation = 1 });
        world.Tick(60);
        int rate = Codecs.Find(codec)!.SampleRate;
        Assert.InRange(Signals.LevelAt(1000, rate, ShardWorld.Decode(codec, world.Rtp[10..]).AsSpan(rate / 10, rate / 2)), 9000, 11_000);
        Assert.True(world.Rtp[10].HasMarker);
        Assert.Equal(world.Rtp[9].Timestamp + 160, world.Rtp[10].Timestamp);
    }

    [Fact]
    public void A_file_in_another_codec_is_transcoded_from_the_start()
    {
        var world = new ShardWorld().Connected();
        world.Files["f"] = ShardWorld.Encode("G722", Signals.Sine(1000, 16_000, 16_000));
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1) { Codec = "G722" });
        world.Tick(50);
        Assert.InRange(Signals.LevelAt(1000, 8000, ShardWorld.Decode("PCMU", world.Rtp).AsSpan(800)), 9000, 11_000);
    }

    [Theory]
    [InlineData(20, 160, 60), InlineData(40, 320, 30), InlineData(60, 480, 20), InlineData(30, 160, 60), InlineData(10, 80, 120),
        InlineData(200, 480, 20)]
    public void Packets_are_as_long_as_the_peer_wants_within_reason(int milliseconds, int bytes, int packets)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { PacketMilliseconds = milliseconds });
        world.Tick(60);
        Assert.Equal(packets, world.Rtp.Length);
        Assert.All(world.Rtp, p => Assert.Equal(bytes, p.Payload.Length));
        Assert.Equal(world.Rtp[0].Timestamp + (uint)bytes, world.Rtp[1].Timestamp);
    }

    [Fact]
    public void Digits_are_sent_as_events_within_the_stream()
    {
        var world = new ShardWorld().Connected();
        world.Tick(2);
        world.Do(new MediaCommand.SendDigits(world.Port, Id, "5#", 100));
        world.Tick(20);

        var sent = world.Rtp[2..];
        var events = sent.Where(p => p.PayloadType == 101).ToArray();
        Assert.Equal(14, events.Length);
        Assert.Equal((ushort)(sent[0].Sequence + sent.Length - 1), sent[^1].Sequence);
        Assert.All(events[..7], p => Assert.Equal((5, sent[0].Timestamp), (p.Payload[0], p.Timestamp)));
        Assert.Equal([160, 320, 480, 640, 800, 800, 800], events[..7].Select(p => p.Payload[2] << 8 | p.Payload[3]));
        Assert.Equal([false, false, false, false, true, true, true], events[..7].Select(p => (p.Payload[1] & 0x80) != 0));
        Assert.Equal([true, false, false, false, false, false, false], events[..7].Select(p => p.HasMarker));
        Assert.All(events[7..], p => Assert.Equal(11, p.Payload[0]));
        Assert.Equal(sent[0].Timestamp + 9 * 160, events[7].Timestamp);
        Assert.Equal(new MediaEvent.DigitsSent(ShardWorld.Leg, world.Port, Id), Assert.Single(world.Events));
        // Audio goes on where the clock is.
        Assert.Equal(sent[0].Timestamp + 7 * 160, sent[7].Timestamp);
        Assert.True(sent[7].HasMarker);
    }

    [Fact]
    public void A_playback_waits_while_a_digit_is_sent()
    {
        var world = new ShardWorld().Connected();
        world.Files["f"] = ShardWorld.Encode("PCMU", Signals.Sine(700, 8000, 8000));
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1));
        world.Tick(10);
        world.Do(new MediaCommand.SendDigits(world.Port, Id, "1", 100));
        world.Tick(47);
        Assert.Equal(world.Files["f"], world.Rtp.Where(p => p.PayloadType == 0).SelectMany(p => p.Payload.ToArray()));
    }

    [Theory, InlineData(null, DigitMethod.Events), InlineData(101, DigitMethod.Tones)]
    public void A_peer_without_events_or_that_wants_tones_hears_them(int? events, DigitMethod method)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { TelephoneEventType = (byte?)events, Digits = method });
        world.Do(new MediaCommand.SendDigits(world.Port, Id, "5", 200));
        world.Tick(12);
        Assert.All(world.Rtp, p => Assert.Equal(0, p.PayloadType));
        var heard = ShardWorld.Decode("PCMU", world.Rtp);
        Assert.True(Signals.LevelAt(770, 8000, heard.AsSpan(0, 1440)) > 5000);
        Assert.True(Signals.LevelAt(1336, 8000, heard.AsSpan(0, 1440)) > 5000);
        Assert.True(Signals.LevelAt(697, 8000, heard.AsSpan(0, 1440)) < 800);
        Assert.True(Signals.Rms(heard.AsSpan(1700)) < 50);
        world.Tick(3);
        Assert.IsType<MediaEvent.DigitsSent>(Assert.Single(world.Events));
    }

    [Theory]
    [InlineData(StreamDirection.ReceiveOnly), InlineData(StreamDirection.Inactive)]
    public void On_hold_nothing_is_sent_and_a_playback_goes_on_unheard(StreamDirection direction)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { Direction = direction });
        world.Files["f"] = new byte[320];
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1));
        world.Tick(10);
        Assert.Empty(world.Rtp);
        Assert.Single(world.Events);

        world.Connected(ShardWorld.Plan() with { Generation = 1 });
        world.Tick(1);
        Assert.True(Assert.Single(world.Rtp).HasMarker);
    }

    [Fact]
    public void Before_it_is_connected_a_port_sends_nothing_and_keeps_its_playback()
    {
        var world = new ShardWorld();
        world.Files["f"] = new byte[320];
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 1));
        world.Tick(10);
        Assert.Empty(world.Out);
        Assert.Empty(world.Events);
        world.Connected();
        world.Tick(3);
        Assert.Single(world.Events);
    }

    [Fact]
    public void Closing_ends_everything_once_and_frees_the_port()
    {
        var world = new ShardWorld().Connected();
        world.Files["f"] = new byte[16_000];
        world.Do(new MediaCommand.Play(world.Port, Id, "f", 0));
        world.Do(new MediaCommand.SendDigits(world.Port, Guid.NewGuid(), "123", 100));
        world.Tick(3);
        world.Do(new MediaCommand.Close(world.Port));

        Assert.Equal([typeof(MediaEvent.PlayEnded), typeof(MediaEvent.DigitsSent), typeof(MediaEvent.Closed)],
            world.Events.Select(e => e.GetType()));
        Assert.Equal(0, world.Shard.OpenPorts);
        Assert.Equal(3, ((MediaEvent.Closed)world.Events[^1]).Statistics.PacketsSent);
        int sent = world.Out.Count;
        world.Do(new MediaCommand.Close(world.Port));
        world.Tick(10);
        Assert.Equal((sent, 3), (world.Out.Count, world.Events.Count));
    }

    [Fact]
    public void A_command_of_an_earlier_lease_does_not_touch_the_next()
    {
        var world = new ShardWorld().Connected();
        var old = world.Port;
        world.Do(new MediaCommand.Close(old));
        var next = PortId.Compose(old.Epoch, old.Index, (ushort)(old.Lease + 1));
        world.Shard.Open(next, new LegId(43), world.Now);
        world.Do(new MediaCommand.Close(old));
        Assert.Equal(1, world.Shard.OpenPorts);
        world.Do(new MediaCommand.Close(next));
        Assert.Equal(0, world.Shard.OpenPorts);
        Assert.Equal(new LegId(43), world.Events[^1].Owner);
    }

    [Fact]
    public void A_port_used_again_begins_a_stream_of_its_own()
    {
        var world = new ShardWorld().Connected();
        world.Do(new MediaCommand.Echo(world.Port, true));
        world.Tick(1);
        var first = world.Rtp[0];
        world.Do(new MediaCommand.Close(world.Port));
        world.Shard.Open(world.Port, ShardWorld.Leg, world.Now);
        world.Out.Clear();
        world.Connected();
        world.Tick(1);
        Assert.NotEqual(first.Source, world.Rtp[0].Source);
        world.Hear(ShardWorld.Encode("PCMU", Signals.Sine(500, 8000, 160)));
        world.Tick(5);
        Assert.Equal(0, Signals.Rms(ShardWorld.Decode("PCMU", world.Rtp)));
    }
}
