using System.Net;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class ShardReceiveTests
{
    [Theory]
    [InlineData("PCMU", 0), InlineData("PCMA", 8), InlineData("G722", 9)]
    public void An_echo_sends_back_what_is_heard(string codec, byte type)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan(codec));
        world.Do(new MediaCommand.Echo(world.Port, true));
        int rate = Codecs.Find(codec)!.SampleRate;
        byte[] tone = ShardWorld.Encode(codec, Signals.Sine(1000, rate, rate));
        for (int i = 0; i < 50; i++)
        {
            world.Hear(tone[(i * 160)..((i + 1) * 160)], type);
            world.Tick();
        }
        var heard = ShardWorld.Decode(codec, world.Rtp);
        Assert.InRange(Signals.LevelAt(1000, rate, heard.AsSpan(rate / 10)), 9000, 11_000);

        world.Do(new MediaCommand.Echo(world.Port, false));
        world.Out.Clear();
        world.Hear(tone[..160], type);
        world.Tick(5);
        Assert.InRange(Signals.Rms(ShardWorld.Decode(codec, world.Rtp).AsSpan(rate / 50)), 0, 200);
    }

    [Theory]
    [InlineData(10), InlineData(20), InlineData(30), InlineData(60), InlineData(120)]
    public void Packets_of_any_length_are_heard_without_gaps(int milliseconds)
    {
        var world = new ShardWorld().Connected();
        var tap = new Ear(world, 8000);
        byte[] tone = ShardWorld.Encode("PCMU", Signals.Sine(1000, 8000, 8000 * 2));
        int bytes = 8 * milliseconds;
        double due = 0;
        int at = 0;
        for (int tick = 0; tick < 60; tick++)
        {
            for (; due <= 20 * tick && at + bytes <= tone.Length; due += milliseconds, at += bytes) world.Hear(tone[at..(at + bytes)]);
            world.Tick();
            if (tick == 14) tap.Read(new short[8000]);
        }
        var heard = new short[8000];
        int count = tap.Read(heard);
        Assert.Equal(45 * 160, count);
        Assert.InRange(Signals.LevelAt(1000, 8000, heard.AsSpan(0, 45 * 160)), 9800, 10_200);
    }

    [Fact]
    public void On_hold_an_echo_falls_silent()
    {
        var world = new ShardWorld().Connected();
        world.Do(new MediaCommand.Echo(world.Port, true));
        byte[] tone = ShardWorld.Encode("PCMU", Signals.Sine(400, 8000, 160));
        for (int i = 0; i < 10; i++) { world.Hear(tone); world.Tick(); }
        world.Connected(ShardWorld.Plan() with { Direction = StreamDirection.SendOnly, Generation = 1 });
        world.Out.Clear();
        for (int i = 0; i < 10; i++) { world.Hear(tone); world.Tick(); }
        Assert.Equal(0, Signals.Rms(ShardWorld.Decode("PCMU", world.Rtp)));
    }

    [Fact]
    public void A_tap_keeps_its_rate_whatever_the_codec()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan("G722"));
        var tap = new Ear(world, 8000);
        byte[] tone = ShardWorld.Encode("G722", Signals.Sine(1000, 16_000, 16_000));
        for (int i = 0; i < 50; i++) { world.Hear(tone[(i * 160)..((i + 1) * 160)], 9); world.Tick(); }
        var heard = new short[9000];
        Assert.InRange(tap.Read(heard), 7900, 8000);
        Assert.InRange(Signals.LevelAt(1000, 8000, heard.AsSpan(1600, 4800)), 9000, 11_000);
    }

    [Fact]
    public void The_unspecified_address_is_sent_nothing()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { Remote = new IPEndPoint(IPAddress.Any, 4000) });
        world.Tick(500);
        Assert.Empty(world.Out);
    }

    [Fact]
    public void One_lost_packet_of_a_tone_is_not_a_hole()
    {
        var (whole, holed) = (Energy(lost: -1), Energy(lost: 25));
        Assert.InRange(holed, 0.95 * whole, 1.02 * whole);

        static double Energy(int lost)
        {
            var world = new ShardWorld().Connected();
            var tap = new Ear(world, 8000);
            byte[] tone = ShardWorld.Encode("PCMU", Signals.Sine(400, 8000, 8000));
            for (int i = 0; i < 50; i++)
            {
                if (i == lost) world.Sequence++;
                else world.Hear(tone[(i * 160)..((i + 1) * 160)]);
                world.Tick();
            }
            var heard = new short[8000];
            tap.Read(heard);
            return Signals.Rms(heard.AsSpan(20 * 160, 20 * 160));
        }
    }

    [Fact]
    public void Digits_come_under_the_number_of_the_answer_and_under_that_of_our_offer()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { TelephoneEventType = 96, Heard = new([], [new(101, 8_000)]) });
        world.Hear([7, 0x80, 0, 160], 96, timestamp: 777, marker: true);
        world.Hear([8, 0x80, 0, 160], 101, timestamp: 7_777, marker: true);
        world.Hear([9, 0x80, 0, 160], 97, timestamp: 77_777, marker: true);
        world.Tick();
        Assert.Equal("78", string.Concat(world.Events.OfType<MediaEvent.Digit>().Select(e => e.Key)));
    }

    [Fact]
    public void A_digit_is_reported_once_at_its_start()
    {
        var world = new ShardWorld().Connected();
        for (int i = 0; i < 9; i++)
        {
            world.Hear([7, (byte)(i >= 6 ? 0x80 : 0), (byte)(160 * Math.Min(7, i + 1) >> 8), (byte)(160 * Math.Min(7, i + 1))], 101,
                timestamp: 777, marker: i == 0);
            world.Tick();
        }
        Assert.Equal(new MediaEvent.Digit(ShardWorld.Leg, world.Port, '7', 20), Assert.Single(world.Events));
    }

    [Fact]
    public void A_stream_may_change_its_source_and_a_stray_packet_may_not()
    {
        var world = new ShardWorld().Connected();
        var tap = new Ear(world, 8000);
        for (int i = 0; i < 20; i++) { world.Hear(); world.Tick(); }
        (world.Source, world.Sequence) = (0xBAD, 9);
        world.Hear();
        (world.Source, world.Sequence) = (0x5EED, (ushort)(65_500 + 20));
        for (int i = 0; i < 20; i++) { world.Hear(); world.Tick(); }

        (world.Source, world.Sequence) = (0xF00D, 5);
        byte[] tone = ShardWorld.Encode("PCMU", Signals.Sine(400, 8000, 160));
        for (int i = 0; i < 20; i++) { world.Hear(tone); world.Tick(); }
        var heard = new short[8000];
        tap.Read(heard);
        Assert.InRange(Signals.Rms(heard.AsSpan(50 * 160 - 800, 800)), 5000, 8000);

        world.Do(new MediaCommand.Close(world.Port));
        var statistics = Assert.IsType<MediaEvent.Closed>(Assert.Single(world.Events)).Statistics;
        Assert.Equal((59, 0, 2), (statistics.PacketsReceived, statistics.PacketsLost, statistics.PacketsSkipped));
    }

    [Fact]
    public void The_signalling_host_is_learnt_after_a_second_of_silence_and_told_once_and_a_stranger_never()
    {
        foreach (var signalling in (IPEndPoint[])[new(ShardWorld.Elsewhere.Address, 5060), new(ShardWorld.Phone.Address, 5060)])
        {
            var world = new ShardWorld().Connected(ShardWorld.Plan() with { AdjustsRtp = true, Signalling = signalling });
            for (int i = 0; i < 50; i++) { world.Hear(from: ShardWorld.Elsewhere); world.Tick(); }
            Assert.Equal(ShardWorld.Phone, world.Rtp[^1].To);
            for (int i = 0; i < 10; i++) { world.Hear(from: ShardWorld.Elsewhere); world.Tick(); }
            bool isHost = signalling.Address.Equals(ShardWorld.Elsewhere.Address);
            MediaEvent[] told = isHost ? [new MediaEvent.RemoteLearnt(ShardWorld.Leg, world.Port, ShardWorld.Elsewhere)] : [];
            Assert.Equal(told, world.Events);
            Assert.Equal(isHost ? ShardWorld.Elsewhere : ShardWorld.Phone, world.Rtp[^1].To);
        }
    }

    [Fact]
    public void Packets_of_another_payload_type_teach_nothing()
    {
        var world = new ShardWorld().Connected();
        for (int i = 0; i < 20; i++) world.Hear(payloadType: 18, from: ShardWorld.Elsewhere);
        world.Tick();
        Assert.Equal(ShardWorld.Phone, world.Rtp[^1].To);
        Assert.Equal(20, world.Shard.Counters.PacketsUnexpected);
    }

    [Fact]
    public void An_untrusted_remote_is_sent_nothing_before_it_spoke_and_no_report_either()
    {
        var world = new ShardWorld()
            .Connected(ShardWorld.Plan() with { Remote = new(new RemoteCandidate(ShardWorld.Phone) { IsTrusted = false }) });
        world.Tick(1000);
        Assert.Empty(world.Out);
        for (int i = 0; i < 100; i++) { world.Hear(from: ShardWorld.Elsewhere); world.Tick(); }
        Assert.Empty(world.Out);
        world.Hear();
        world.Tick();
        Assert.Equal(ShardWorld.Phone, Assert.Single(world.Out).To);
    }

    [Fact]
    public void A_phone_behind_NAT_is_sent_to_where_it_speaks_from_its_first_packet_on()
    {
        var behindNat = new RemoteCandidate(new(IPAddress.Parse("192.168.1.7"), 4000)) { IsTrusted = false };
        var world = new ShardWorld()
            .Connected(ShardWorld.Plan() with { Remote = new(behindNat), Signalling = new(ShardWorld.Elsewhere.Address, 5060) });
        world.Tick(50);
        Assert.Empty(world.Out);
        world.Hear(from: ShardWorld.Elsewhere);
        world.Tick();
        Assert.Equal(ShardWorld.Elsewhere, Assert.Single(world.Out).To);
        Assert.Equal(new MediaEvent.RemoteLearnt(ShardWorld.Leg, world.Port, ShardWorld.Elsewhere), Assert.Single(world.Events));
    }

    [Fact]
    public void A_source_that_comes_back_is_heard_from_its_first_packet_whatever_its_SSRC()
    {
        var world = new ShardWorld()
            .Connected(ShardWorld.Plan() with { AdjustsRtp = true, Signalling = new(ShardWorld.Elsewhere.Address, 5060) });
        for (int i = 0; i < 60; i++) { world.Hear(from: ShardWorld.Elsewhere); world.Tick(); }
        Assert.Equal(ShardWorld.Elsewhere, world.Rtp[^1].To);
        world.Source = 0xF00D;
        long foreign = world.Shard.Counters.PacketsForeign;
        world.Hear([5, 0x80, 0, 160], 101, timestamp: 777, marker: true);
        world.Tick();
        Assert.Equal('5', world.Events.OfType<MediaEvent.Digit>().Single().Key);
        Assert.Equal((ShardWorld.Phone, foreign), (world.Rtp[^1].To, world.Shard.Counters.PacketsForeign));
    }

    [Fact]
    public void A_stranger_says_no_report_no_goodbye_and_shows_no_life()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { SilenceLimit = TimeSpan.FromSeconds(2) });
        for (int i = 0; i < 20; i++) { world.Hear(); world.Tick(); }
        var bytes = new byte[RtcpWriter.MostBytes];
        int length = RtcpWriter.Write(bytes, world.Source, null, null, "x"u8, isBye: true);
        long foreign = world.Shard.Counters.PacketsForeign;
        for (int i = 0; i < 98; i++)
        {
            world.HearRaw(bytes[..length], ShardWorld.Elsewhere, isControl: true);
            world.Tick();
        }
        Assert.Equal(98, world.Shard.Counters.PacketsForeign - foreign);
        Assert.Empty(world.Events);
        world.Tick(2);
        Assert.IsType<MediaEvent.Silent>(Assert.Single(world.Events));

        // Nobody said goodbye: one packet of another stream is still one too few.
        (world.Source, world.Sequence) = (0xBAD, 9);
        world.Hear();
        world.Do(new MediaCommand.Close(world.Port));
        Assert.Equal((20, 1),
            Assert.IsType<MediaEvent.Closed>(world.Events[^1]).Statistics is var s ? (s.PacketsReceived, s.PacketsSkipped) : default);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Reports_and_comfort_noise_of_the_peer_are_signs_of_life(bool isReport)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { SilenceLimit = TimeSpan.FromSeconds(2) });
        world.Hear();
        var bytes = new byte[RtcpWriter.MostBytes];
        int length = RtcpWriter.Write(bytes, world.Source, null, null, "x"u8, isBye: false);
        for (int i = 0; i < 10; i++)
        {
            world.Tick(90);
            if (isReport) world.HearRaw(bytes[..length], new(ShardWorld.Phone.Address, ShardWorld.Phone.Port + 1), isControl: true);
            else world.Hear([40], payloadType: 13);
        }
        Assert.DoesNotContain(world.Events, e => e is MediaEvent.Silent);
    }

    [Theory]
    [InlineData(""), InlineData("00"), InlineData("0D0A0D0A"), InlineData("001100002112A442000102030405060708090A0B")]
    public void What_keeps_the_peers_NAT_open_is_a_sign_of_life(string hex)
    {
        byte[] bytes = Convert.FromHexString(hex);
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { SilenceLimit = TimeSpan.FromSeconds(2) });
        world.Hear();
        for (int i = 0; i < 10; i++)
        {
            world.Tick(90);
            world.HearRaw(bytes);
        }
        Assert.Empty(world.Events);
        world.Tick(90);
        world.HearRaw(bytes, ShardWorld.Elsewhere);
        world.Tick(20);
        Assert.IsType<MediaEvent.Silent>(Assert.Single(world.Events));
    }

    [Fact]
    public void Silence_is_told_once_until_something_is_heard_again()
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { SilenceLimit = TimeSpan.FromSeconds(2) });
        world.Tick(99);
        Assert.Empty(world.Events);
        world.Tick(300);
        Assert.IsType<MediaEvent.Silent>(Assert.Single(world.Events));
        world.Hear();
        world.Tick(99);
        Assert.Single(world.Events);
        world.Tick(2);
        Assert.Equal(2, world.Events.Count);
    }

    [Theory]
    [InlineData(StreamDirection.SendOnly), InlineData(StreamDirection.Inactive)]
    public void Silence_is_expected_where_nothing_is(StreamDirection direction)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { Direction = direction, SilenceLimit = TimeSpan.FromSeconds(2) });
        world.Tick(500);
        Assert.Empty(world.Events);
        world.Connected(ShardWorld.Plan() with { Generation = 1, SilenceLimit = TimeSpan.FromSeconds(2) });
        world.Tick(99);
        Assert.Empty(world.Events);
        world.Tick(1);
        Assert.Single(world.Events);
    }

    [Fact]
    public void Voice_is_told_when_it_begins_and_when_it_has_paused_even_if_the_stream_stops()
    {
        var world = new ShardWorld().Connected();
        world.Do(new MediaCommand.WatchVoice(world.Port, 400));
        byte[] speech = ShardWorld.Encode("PCMU", Signals.SpeechLike(8000, 8000));
        for (int i = 0; i < 50; i++) { world.Hear(speech[(i * 160)..((i + 1) * 160)]); world.Tick(); }
        Assert.Equal(new MediaEvent.Voice(ShardWorld.Leg, world.Port, true), Assert.Single(world.Events));
        world.Tick(40);
        Assert.Equal(new MediaEvent.Voice(ShardWorld.Leg, world.Port, false), world.Events[^1]);
        Assert.Equal(2, world.Events.Count);
    }

    [Theory]
    [InlineData(StreamDirection.SendOnly), InlineData(StreamDirection.Inactive)]
    public void Who_puts_the_call_on_hold_in_the_middle_of_a_word_has_paused(StreamDirection direction)
    {
        var world = new ShardWorld().Connected();
        world.Do(new MediaCommand.WatchVoice(world.Port, 400));
        byte[] speech = ShardWorld.Encode("PCMU", Signals.SpeechLike(8000, 8000));
        for (int i = 0; i < 50; i++) { world.Hear(speech[(i * 160)..((i + 1) * 160)]); world.Tick(); }
        world.Connected(ShardWorld.Plan() with { Direction = direction, Generation = 1 });
        world.Tick(40);
        Assert.Equal([true, false], world.Events.OfType<MediaEvent.Voice>().Select(voice => voice.IsTalking));
    }

    [Fact]
    public void A_network_that_doubles_every_packet_takes_nothing_from_the_quality()
    {
        var world = new ShardWorld().Connected();
        for (int i = 0; i < 100; i++)
        {
            world.Hear();
            world.Sequence--;
            world.Hear();
            world.Tick();
        }
        world.Do(new MediaCommand.Close(world.Port));
        var statistics = Assert.IsType<MediaEvent.Closed>(world.Events[^1]).Statistics;
        Assert.Equal((200, 0, 0), (statistics.PacketsReceived, statistics.PacketsLost, statistics.PacketsSkipped));
        Assert.InRange(statistics.Mos, 4.2, 4.5);
    }

    [Fact]
    public void Statistics_count_loss_duplicates_and_jitter()
    {
        var world = new ShardWorld().Connected();
        for (int i = 0; i < 100; i++)
        {
            if (i == 50) world.Sequence += 5;
            world.Hear();
            if (i == 60) { world.Sequence--; world.Hear(); }
            world.Tick(i % 2 == 0 ? 2 : 0);
        }
        world.Do(new MediaCommand.Close(world.Port));
        var statistics = Assert.IsType<MediaEvent.Closed>(world.Events[^1]).Statistics;
        Assert.Equal(101, statistics.PacketsReceived);
        Assert.Equal(4, statistics.PacketsLost);
        Assert.Equal(0, statistics.PacketsSkipped);
        Assert.InRange(statistics.JitterMaxMilliseconds, 15, 20);
        Assert.InRange(statistics.Mos, 3, 4.3);
        Assert.Equal(100, statistics.PacketsSent);
    }

    [Fact]
    public void A_port_that_heard_nothing_has_no_score()
    {
        var world = new ShardWorld().Connected();
        world.Do(new MediaCommand.Close(world.Port));
        Assert.Equal(new PortStatistics(0, 0, 0, 0, 0, 0), Assert.IsType<MediaEvent.Closed>(Assert.Single(world.Events)).Statistics);
        Assert.Empty(world.Out);
    }

    [Fact]
    public void Reports_go_out_every_five_seconds_to_the_port_after_and_say_goodbye()
    {
        var world = new ShardWorld().Connected();
        for (int i = 0; i < 1000; i++) { world.Hear(); world.Tick(); }
        world.Do(new MediaCommand.Close(world.Port));

        var reports = world.Out.Where(p => p.IsControl).ToArray();
        Assert.InRange(reports.Length, 4, 5);
        Assert.All(reports, p => Assert.Equal(new(ShardWorld.Phone.Address, ShardWorld.Phone.Port + 1), p.To));
        var reader = new RtcpReader(reports[^1].Bytes);
        Assert.True(reader.TryNext(out var report));
        Assert.Equal((RtcpType.SenderReport, world.Rtp[0].Source), (report.Type, report.Source));
        Assert.True(report.TryBlock(0, out var block));
        Assert.Equal((world.Source, 0, 0), (block.Source, (int)block.FractionLost, block.CumulativeLost));
        Assert.Equal((uint)(65_500 + 999), block.HighestSequence);
        Assert.True(reader.TryNext(out _));
        Assert.True(reader.TryNext(out var bye));
        Assert.Equal(RtcpType.Bye, bye.Type);
    }

    [Fact]
    public void Reports_share_the_port_with_mux_and_follow_an_address_of_their_own()
    {
        var muxed = new ShardWorld().Connected(ShardWorld.Plan() with { IsRtcpMux = true });
        muxed.Tick(400);
        Assert.Contains(muxed.Out, p => !p.IsControl && RtpPacket.IsControl(p.Bytes) && p.To.Equals(ShardWorld.Phone));

        var ninth = new RemoteCandidate(ShardWorld.Phone) { Control = new(IPAddress.Parse("192.0.2.7"), 9) };
        var apart = new ShardWorld().Connected(ShardWorld.Plan() with { Remote = new(ninth) });
        apart.Tick(400);
        Assert.Contains(apart.Out, p => p.IsControl && p.To.Port == 9);
    }

    [Fact]
    public void A_report_of_the_peer_gives_the_round_trip_and_lowers_the_score()
    {
        double Score(bool isSlow)
        {
            var world = new ShardWorld().Connected();
            for (int i = 0; i < 300; i++) { world.Hear(); world.Tick(); }
            var report = new RtcpReader(world.Out.Last(p => p.IsControl).Bytes);
            report.TryNext(out var ours);
            if (isSlow)
            {
                world.Tick(50);
                var bytes = new byte[RtcpWriter.MostBytes];
                int length = RtcpWriter.Write(bytes, world.Source, new(1, 2, 3, 4), new(ours.Source, 0, 0, 1, 0, ours.MiddleTime, 0),
                    "x"u8, isBye: false);
                world.HearRaw(bytes[..length], isControl: true);
            }
            world.Do(new MediaCommand.Close(world.Port));
            return Assert.IsType<MediaEvent.Closed>(world.Events[^1]).Statistics.Mos;
        }
        Assert.True(Score(isSlow: true) < Score(isSlow: false) - 0.3);
    }

    [Fact]
    public void Garbage_and_strangers_are_counted_and_never_throw()
    {
        var world = new ShardWorld().Connected();
        world.Do(new MediaCommand.Echo(world.Port, true));
        var random = new Rng(77);
        for (int i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.Fill(bytes);
            if (bytes.Length > 1 && random.Chance(0.9))
            {
                bytes[0] = (byte)(0x80 | bytes[0] & 0x1F);
                bytes[1] = random.Next(5) switch { 0 => 0, 1 => 101, 2 => 0x80, 3 => 200, _ => bytes[1] };
            }
            world.HearRaw(bytes, random.Chance(0.2) ? ShardWorld.Elsewhere : null, random.Chance(0.1));
            if (i % 3 == 0) world.Tick();
        }
        Assert.True(world.Shard.Counters.PacketsMalformed > 0 && world.Shard.Counters.PacketsForeign > 0);
    }

    [Fact]
    public void A_payload_of_960_bytes_is_heard_and_one_more_is_not()
    {
        var world = new ShardWorld().Connected();
        world.Hear(new byte[960]);
        world.Hear(new byte[961]);
        world.Do(new MediaCommand.Close(world.Port));
        Assert.Equal(1, Assert.IsType<MediaEvent.Closed>(Assert.Single(world.Events)).Statistics.PacketsSkipped);
    }
}
