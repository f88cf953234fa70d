using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>The peer changes its codec within what was agreed, from one packet to the next, and numbers events as it likes.</summary>
public sealed class SeveralFormatsTests
{
    private const int Packets = 50;

    private static readonly HeardFormats All = new(
        [.. Codecs.All.Where(codec => codec.Inner is null).Select(codec => Choice(codec, Number(codec)))],
        [new(101, 8_000), new(102, 48_000)]);

    private static CodecChoice Choice(Codec codec, byte number) => new(codec.Name, number, codec.ClockRate, codec.SampleRate);

    private static byte Number(Codec codec) => codec == Codecs.Find("L16", 8_000) ? (byte)98 : codec.PayloadType;

    private static Codec Of(string name) => name == "L16/8000" ? Codecs.Find("L16", 8_000)! : Codecs.Find(name)!;

    /// <summary>A second of 400 Hz, packet by packet in one codec or another.</summary>
    private static List<(byte Number, byte[] Payload)> Say(Func<int, string> codecOf)
    {
        Dictionary<Codec, IAudioEncoder> encoders = [];
        List<(byte, byte[])> said = [];
        for (int i = 0; i < Packets; i++)
        {
            var codec = Of(codecOf(i));
            if (!encoders.TryGetValue(codec, out var encoder)) encoders.Add(codec, encoder = codec.CreateEncoder());
            var samples = Signals.Sine(400, codec.SampleRate, (i + 1) * codec.FrameSamples)[^codec.FrameSamples..];
            var bytes = new byte[codec.FrameBytes];
            said.Add((Number(codec), bytes[..encoder.Encode(samples, bytes)]));
        }
        return said;
    }

    [Theory]
    [InlineData("PCMU", "PCMA"), InlineData("PCMU", "G722"), InlineData("G722", "PCMA"), InlineData("PCMA", "L16"),
        InlineData("L16", "PCMU"), InlineData("PCMU", "L16/8000")]
    public void Each_of_the_agreed_codecs_is_heard_and_changed_to_without_a_gap(string sent, string other)
    {
        foreach (var codecOf in (Func<int, string>[])[_ => other, i => i < 25 ? sent : other, i => i < 25 ? other : sent,
            i => i % 2 == 0 ? sent : other])
        {
            var world = new ShardWorld().Connected(ShardWorld.Plan(sent) with { Heard = All });
            int rate = Codecs.Find(sent)!.SampleRate, frame = rate / 50;
            var tap = new Ear(world, rate);
            foreach (var (number, payload) in Say(codecOf))
            {
                world.Hear(payload, number);
                world.Tick();
            }
            var heard = new short[Packets * frame];
            tap.Read(heard);
            for (int tick = 10; tick <= Packets - 10; tick += 5)
                Assert.True(Signals.LevelAt(400, rate, heard.AsSpan(tick * frame, 5 * frame)) > 2_000, $"{sent} {other} tick {tick}");
        }
    }

    [Fact]
    public void What_was_not_agreed_is_not_heard()
    {
        var world = new ShardWorld().Connected();
        var tap = new Ear(world, 8_000);
        foreach (var (number, payload) in Say(_ => "PCMA"))
        {
            world.Hear(payload, number);
            world.Tick();
        }
        var heard = new short[8_000];
        tap.Read(heard);
        Assert.Equal(0, Signals.Rms(heard));
    }

    /// <summary>Some equipment describes no events, and sends its keys by them.</summary>
    [Fact]
    public void Keys_by_the_usual_number_are_heard_where_nothing_was_said_of_events_and_the_number_means_nothing_else()
    {
        var silent = ShardWorld.Plan() with { TelephoneEventType = null };
        foreach (var (plan, isHeard) in ((StreamPlan, bool)[])[(silent, true), (silent with { TelephoneEventType = 96 }, false),
            (silent with { Heard = new([new("PCMA", 101, 8_000, 8_000)], []) }, false)])
        {
            var world = new ShardWorld().Connected(plan);
            for (int i = 0; i < 10; i++)
            {
                world.Hear();
                world.Tick();
            }
            for (int k = 1; k <= 8; k++)
            {
                int duration = 160 * Math.Min(k, 6);
                world.Hear([5, (byte)(k >= 6 ? 0x8A : 0x0A), (byte)(duration >> 8), (byte)duration], 101, timestamp: 80_000);
                world.Tick();
            }
            // What is no event by its length is none.
            world.Hear([6, 0x0A, 0, 160, 0], 101, timestamp: 90_000);
            world.Tick();
            Assert.Equal(isHeard ? "5" : "", string.Concat(world.Events.OfType<MediaEvent.Digit>().Select(digit => digit.Key)));
        }
    }

    [Theory, InlineData("PCMU", "PCMA"), InlineData("PCMU", "G722")]
    public void A_bridged_peer_goes_on_hearing_by_its_own_codec(string sent, string other)
    {
        ShardWorld a = new(), b = new();
        a.Connected(ShardWorld.Plan(sent) with { Heard = All });
        b.Connected(ShardWorld.Plan(sent));
        Link(b, a);
        int count = 0;
        foreach (var (number, payload) in Say(i => i is >= 15 and < 30 ? other : sent))
        {
            a.Hear(payload, number);
            a.Tick();
            b.Tick();
            if (++count == 10) b.Out.Clear();
        }
        Assert.All(b.Rtp, packet => Assert.Equal(Number(Of(sent)), packet.PayloadType));
        Assert.All(b.Rtp, packet => Assert.Equal(160, packet.Payload.Length));
        var heard = ShardWorld.Decode(sent, b.Rtp);
        // What is decoded is late by the jitter buffer and the filters: a few ticks' worth at the change.
        for (int tick = 0; tick < 30; tick += 5)
            Assert.True(Signals.LevelAt(400, 8_000, heard.AsSpan(tick * 160, 800)) > (tick == 5 ? 500 : 1_500), $"tick {tick}");
    }

    [Theory, InlineData(96), InlineData(101)]
    public void A_bridge_renumbers_events_by_whichever_number_they_come(byte number)
    {
        ShardWorld a = new(), b = new();
        a.Connected(ShardWorld.Plan() with { TelephoneEventType = 96, Heard = new([], [new(101, 8_000)]) });
        b.Connected(ShardWorld.Plan() with { TelephoneEventType = 110 });
        Link(b, a);
        Press(a, b, number, moves: false);
        Assert.Equal([(byte)0, (byte)110], b.Rtp.Select(packet => packet.PayloadType).Distinct().Order());
        Assert.All(b.Rtp.Where(packet => packet.PayloadType == 0), packet => Assert.Equal(160, packet.Payload.Length));
        Assert.Equal(new MediaEvent.Digit(ShardWorld.Leg, a.Port, '5', 20), Assert.Single(a.Events));
    }

    [Fact]
    public void A_key_with_moving_timestamps_is_one_event_at_the_other_end()
    {
        ShardWorld a = new(), b = new();
        a.Connected();
        b.Connected();
        Link(b, a);
        Press(a, b, 101, moves: true);
        var events = b.Rtp.Where(packet => packet.PayloadType == 101).ToList();
        Assert.Equal(9, events.Count);
        Assert.Single(events.Select(packet => packet.Timestamp).Distinct());
        Assert.Single(a.Events);
    }

    [Fact]
    public void Events_by_another_clock_are_pressed_anew()
    {
        ShardWorld a = new(), b = new();
        a.Connected(ShardWorld.Plan() with { Heard = All });
        b.Connected();
        Link(b, a);
        Press(a, b, 102, moves: false);
        for (int i = 0; i < 10; i++) b.Tick();
        var events = b.Rtp.Where(packet => packet.PayloadType == 101).ToList();
        Assert.Single(events.Select(packet => packet.Timestamp).Distinct());
        Assert.Equal(160, events[0].Payload[2] << 8 | events[0].Payload[3]);
    }

    [Fact]
    public void Keys_of_a_source_of_their_own_are_heard_and_the_audio_goes_on()
    {
        var world = new ShardWorld().Connected();
        for (int i = 0; i < 5; i++) { world.Hear(); world.Tick(); }
        (uint audio, ushort next) = (world.Source, world.Sequence);
        for (int i = 0; i < 6; i++)
        {
            (world.Source, world.Sequence) = (0xBEEF, (ushort)(7 + i));
            world.Hear([5, (byte)(i > 3 ? 0x80 : 0), 0, (byte)(40 * i)], 101, timestamp: 99, marker: i == 0);
            (world.Source, world.Sequence) = (audio, next++);
            world.Hear();
            world.Tick();
        }
        Assert.Equal('5', Assert.IsType<MediaEvent.Digit>(Assert.Single(world.Events)).Key);
        world.Do(new MediaCommand.Close(world.Port));
        var counted = world.Events.OfType<MediaEvent.Closed>().Single().Statistics;
        Assert.Equal((11L, 0L, 0L), (counted.PacketsReceived, counted.PacketsLost, counted.PacketsSkipped));
    }

    [Fact]
    public void A_key_by_event_and_by_signalling_reaches_a_bridged_peer_once()
    {
        foreach (bool isFirst in (bool[])[true, false])
        {
            ShardWorld a = new(), b = new();
            a.Connected();
            b.Connected();
            Link(b, a);
            if (isFirst) a.Do(new MediaCommand.SignalledDtmf(a.Port, '5', 160));
            Press(a, b, 101, moves: false);
            if (!isFirst) a.Do(new MediaCommand.SignalledDtmf(a.Port, '5', 160));
            for (int i = 0; i < 10; i++) { a.Tick(); b.Tick(); }
            Assert.Single(b.Rtp.Where(packet => packet.PayloadType == 101).Select(packet => packet.Timestamp).Distinct());
        }
    }

    [Theory, InlineData(8_000, 800), InlineData(48_000, 4_800)]
    public void Sent_durations_count_by_the_clock_of_the_events(int clock, int duration)
    {
        var world = new ShardWorld().Connected(ShardWorld.Plan() with { TelephoneEventClock = clock });
        world.Do(new MediaCommand.SendDigits(world.Port, Guid.NewGuid(), "5", 100));
        world.Tick(20);
        var end = world.Rtp.Last(packet => packet.PayloadType == 101).Payload;
        Assert.Equal(duration, end[2] << 8 | end[3]);
    }

    private static void Press(ShardWorld a, ShardWorld b, byte number, bool moves)
    {
        for (int i = 0; i < 8; i++) Both(() => a.Hear());
        for (int i = 0; i < 9; i++)
        {
            int duration = 160 * Math.Min(7, i + 1) * (number == 102 ? 6 : 1);
            uint at = moves ? (uint)(77_000 + 160 * i) : 77_000;
            bool isFirst = i == 0, isEnd = i >= 6;
            byte[] payload = [5, (byte)(isEnd ? 0x80 : 0), (byte)(duration >> 8), (byte)duration];
            Both(() => a.Hear(payload, number, timestamp: at, marker: isFirst));
        }
        for (int i = 0; i < 8; i++) Both(() => a.Hear());

        void Both(Action say)
        {
            say();
            a.Tick();
            b.Tick();
        }
    }

    private static void Link(ShardWorld hearer, ShardWorld speaker)
    {
        var link = new AudioLink(passesDigits: true);
        hearer.Shard.Hear(hearer.Port, link);
        speaker.Shard.Speak(speaker.Port, link);
        for (int i = 0; i < 5; i++)
        {
            speaker.Tick();
            hearer.Tick();
        }
        hearer.Out.Clear();
    }
}
