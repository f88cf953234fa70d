using System.Net;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>Two ports of two shards, each with a far end of its own, joined by links as whoever runs the shards does it.</summary>
public sealed class BridgeTests
{
    private readonly ShardWorld _a, _b;

    public BridgeTests() => (_a, _b) = (new(), new());

    private void Join(string codecOfA = "PCMU", string codecOfB = "PCMU", bool passesDigits = true, StreamPlan? planOfB = null)
    {
        _a.Connected(ShardWorld.Plan(codecOfA));
        _b.Connected(planOfB ?? ShardWorld.Plan(codecOfB));
        Link(_a, _b, passesDigits);
        Link(_b, _a, passesDigits);
        Tick(5);
        _a.Out.Clear();
        _b.Out.Clear();
    }

    private static void Link(ShardWorld hearer, ShardWorld speaker, bool passesDigits)
    {
        var link = new AudioLink(passesDigits);
        hearer.Shard.Hear(hearer.Port, link);
        speaker.Shard.Speak(speaker.Port, link);
    }

    private void Tick(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            _a.Tick();
            _b.Tick();
        }
    }

    [Fact]
    public void Equal_sides_pass_packets_byte_for_byte_in_numbers_of_their_own()
    {
        Join();
        var said = Enumerable.Range(0, 20).Select(i => Enumerable.Repeat((byte)(i + 1), 160).ToArray()).ToArray();
        foreach (byte[] payload in said)
        {
            _a.Hear(payload, marker: payload[0] == 7);
            Tick();
        }
        var heard = _b.Rtp;
        Assert.Equal(said, heard.Select(p => p.Payload.ToArray()));
        Assert.Single(heard.Select(p => p.Source).Distinct());
        Assert.NotEqual(_a.Source, heard[0].Source);
        for (int i = 1; i < heard.Length; i++)
        {
            Assert.Equal((ushort)(heard[i - 1].Sequence + 1), heard[i].Sequence);
            Assert.Equal(heard[i - 1].Timestamp + 160, heard[i].Timestamp);
            Assert.Equal(i == 6, heard[i].HasMarker);
        }
    }

    [Fact]
    public void A_lost_packet_stays_a_gap_and_an_overtaken_one_stays_overtaken()
    {
        Join();
        _a.Sequence = 100;
        _a.Hear(Filled(1));
        Tick();
        _a.Sequence = 103;
        _a.Hear(Filled(2));
        _a.Sequence = 102;
        _a.Hear(Filled(3));
        Tick();
        var heard = _b.Rtp;
        Assert.Equal([1, 2, 3], heard.Select(p => (int)p.Payload[0]));
        Assert.Equal([0, 3, 2], heard.Select(p => (ushort)(p.Sequence - heard[0].Sequence)).Select(d => (int)d));
    }

    [Fact]
    public void Numbers_go_on_behind_a_prompt_that_came_between()
    {
        Join();
        _b.Files["prompt"] = [.. Enumerable.Repeat((byte)0x55, 480)];
        for (int i = 0; i < 5; i++) Speak(1);
        _b.Do(new MediaCommand.Play(_b.Port, Guid.NewGuid(), "prompt", 1));
        for (int i = 0; i < 8; i++) Speak(2);

        var heard = _b.Rtp;
        Assert.Equal("1111155522222", string.Concat(heard.Select(p => p.Payload[0] == 0x55 ? '5' : (char)('0' + p.Payload[0]))));
        for (int i = 1; i < heard.Length; i++)
        {
            Assert.Equal((ushort)(heard[i - 1].Sequence + 1), heard[i].Sequence);
            Assert.True((int)(heard[i].Timestamp - heard[i - 1].Timestamp) >= 160, $"time at {i}");
        }

        void Speak(byte value)
        {
            _a.Hear(Filled(value));
            Tick();
        }
    }

    [Theory]
    [InlineData("PCMU", "PCMA")]
    [InlineData("PCMU", "G722")]
    [InlineData("G722", "PCMA")]
    public void Other_codecs_are_encoded_anew(string from, string to)
    {
        Join(from, to);
        var codec = Codecs.Find(from)!;
        var tone = ShardWorld.Encode(from, Signals.Sine(1_000, codec.SampleRate, codec.FrameSamples * 100));
        for (int i = 0; i < 100; i++)
        {
            _a.Hear(tone[(i * codec.FrameBytes)..((i + 1) * codec.FrameBytes)], codec.PayloadType);
            Tick();
        }
        var heard = ShardWorld.Decode(to, _b.Rtp)[(Codecs.Find(to)!.SampleRate / 2)..];
        Assert.All(_b.Rtp, p => Assert.Equal(Codecs.Find(to)!.PayloadType, p.PayloadType));
        Assert.InRange(Signals.LevelAt(1_000, Codecs.Find(to)!.SampleRate, heard), 8_000, 12_000);
    }

    [Theory]
    [InlineData(40, 320, 20, 30), InlineData(10, 80, 80, 120)]
    public void Another_packet_time_is_packed_anew(int milliseconds, int bytes, int least, int most)
    {
        Join(planOfB: ShardWorld.Plan() with { PacketMilliseconds = milliseconds });
        for (int i = 0; i < 50; i++)
        {
            _a.Hear(ShardWorld.Encode("PCMU", Signals.Sine(500, 8_000, 160)));
            Tick();
        }
        Assert.All(_b.Rtp[5..], p => Assert.Equal(bytes, p.Payload.Length));
        Assert.InRange(_b.Rtp.Length, least, most);
    }

    [Theory, InlineData("PCMU"), InlineData("G722")]
    public void Digits_pass_as_the_events_that_they_are(string codecOfB)
    {
        Join("PCMU", codecOfB);
        Press('5');
        var events = _b.Rtp.Where(p => p.PayloadType == 101).ToArray();
        Assert.Equal(7, events.Length);
        Assert.All(events, p => Assert.Equal(5, p.Payload[0]));
        Assert.Single(events.Select(p => p.Timestamp).Distinct());
        Assert.True(events[0].HasMarker);
        Assert.Equal(3, events.Count(p => (p.Payload[1] & 0x80) != 0));
        Assert.Contains(_a.Events, e => e is MediaEvent.Digit { Key: '5' });
        Assert.Empty(_b.Events);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_key_that_is_said_in_both_ways_is_heard_in_one(bool isEnded)
    {
        const byte tone = 0x55, voice = 0x40;
        const uint start = 900_000;
        const int held = 8, silent = 7;
        Join();
        for (int i = 0; i < held; i++)
        {
            _a.Hear([5, 10, (byte)((i + 1) * 160 >> 8), (byte)((i + 1) * 160)], 101, marker: i == 0, timestamp: start);
            _a.Hear(Filled(tone), timestamp: (uint)(start + 160 * i));
            Tick();
        }
        for (int i = 0; isEnded && i < 3; i++) _a.Hear([5, 0x8A, held * 160 >> 8, held * 160 & 0xFF], 101, timestamp: start);
        // Ends that are lost are not waited for for long.
        for (int i = isEnded ? silent : 0; i < silent + 5; i++)
        {
            _a.Hear(Filled(i < silent ? tone : voice), timestamp: (uint)(start + 160 * (held + i)));
            Tick();
        }
        var heard = _b.Rtp;
        Assert.DoesNotContain(heard, p => p.PayloadType == 0 && p.Payload[0] == tone);
        Assert.Equal(5, heard.Count(p => p.PayloadType == 0 && p.Payload[0] == voice));
        Assert.Equal(held + (isEnded ? 3 : 0), heard.Count(p => p.PayloadType == 101));
        for (int i = 1; i < heard.Length; i++) Assert.Equal((ushort)(heard[i - 1].Sequence + 1), heard[i].Sequence);
    }

    [Fact]
    public void Muted_digits_leave_neither_events_nor_a_gap()
    {
        Join(passesDigits: false);
        Press('5');
        var heard = _b.Rtp;
        Assert.DoesNotContain(heard, p => p.PayloadType == 101);
        Assert.Contains(_a.Events, e => e is MediaEvent.Digit { Key: '5' });
        for (int i = 1; i < heard.Length; i++) Assert.Equal((ushort)(heard[i - 1].Sequence + 1), heard[i].Sequence);
    }

    [Theory, InlineData(null, DigitMethod.Events), InlineData(101, DigitMethod.Tones)]
    public void A_peer_without_telephone_events_or_that_wants_tones_hears_them(int? events, DigitMethod method)
    {
        Join(planOfB: ShardWorld.Plan() with { TelephoneEventType = (byte?)events, Digits = method });
        Press('5');
        Tick(10);
        var heard = ShardWorld.Decode("PCMU", _b.Rtp);
        Assert.True(Signals.LevelAt(770, 8_000, heard) > 300 && Signals.LevelAt(1336, 8_000, heard) > 300);
        Assert.Empty(_b.Events);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_key_for_a_peer_that_takes_INFO_is_told_and_not_heard(bool passesDigits)
    {
        Join(passesDigits: passesDigits, planOfB: ShardWorld.Plan() with { Digits = DigitMethod.Info });
        Press('5');
        Tick(10);
        Assert.DoesNotContain(_b.Rtp, p => p.PayloadType == 101);
        Assert.Equal(passesDigits ? [new MediaEvent.KeyPassed(ShardWorld.Leg, _b.Port, '5')] : [], _b.Events);
    }

    [Fact]
    public void A_peer_that_falls_silent_is_replaced_by_silence_after_a_moment()
    {
        Join();
        for (int i = 0; i < 5; i++)
        {
            _a.Hear(Filled(1));
            Tick();
        }
        Tick(30);
        Assert.Equal(5 + 20, _b.Rtp.Length);
        Assert.Equal(0xFF, _b.Rtp[^1].Payload[0]);
    }

    [Fact]
    public void Unbridged_or_without_its_peer_a_port_speaks_for_itself()
    {
        Join();
        _b.Do(new MediaCommand.Unbridge(_b.Port));
        _a.Hear(Filled(1));
        Tick(2);
        Assert.All(_b.Rtp, p => Assert.Equal(0xFF, p.Payload[0]));

        _b.Do(new MediaCommand.Close(_b.Port));
        Tick(20);
        Assert.Equal(0xFF, _a.Rtp[^1].Payload[0]);
    }

    [Fact]
    public void A_ring_tone_sounds_until_the_peer_is_heard()
    {
        _b.Connected();
        _b.Do(new MediaCommand.Ringback(_b.Port, Ringwright.Calls.RingTone.Usual));
        _b.Tick(150);
        var ringing = ShardWorld.Decode("PCMU", _b.Rtp);
        Assert.True(Signals.LevelAt(440, 8_000, ringing.AsSpan(0, 15_000)) > 4_000);
        Assert.True(Signals.Rms(ringing.AsSpan(17_000, 6_000)) < 20);
    }

    [Theory] // by packets as they are, and decoded
    [InlineData("PCMU"), InlineData("G722")]
    public void A_tone_sounds_in_place_of_a_peer_that_says_nothing_and_never_once_it_has(string codecOfA)
    {
        Join(codecOfA);
        _b.Do(new MediaCommand.Ringback(_b.Port, Ringwright.Calls.RingTone.Usual));
        Tick(15);
        Assert.True(Signals.Rms(ShardWorld.Decode("PCMU", _b.Rtp)) < 20);       // it may be on its way
        Tick(60);
        Assert.True(Signals.LevelAt(440, 8_000, ShardWorld.Decode("PCMU", _b.Rtp)[^8_000..]) > 4_000);

        var codec = Codecs.Find(codecOfA)!;
        var tone = ShardWorld.Encode(codecOfA, Signals.Sine(1_000, codec.SampleRate, codec.FrameSamples * 10));
        for (int i = 0; i < 10; i++)
        {
            _a.Hear(tone[(i * codec.FrameBytes)..((i + 1) * codec.FrameBytes)], codec.PayloadType);
            Tick();
        }
        Tick(45);       // less than the ring that was broken off had left
        Assert.True(Signals.Rms(ShardWorld.Decode("PCMU", _b.Rtp)[^3_200..]) < 20);
    }

    [Theory]
    [InlineData("PCMU", "PCMU")]
    [InlineData("PCMU", "G722")]
    [InlineData("G722", "PCMA")]
    public void A_thousand_ticks_of_a_bridge_keep_to_their_budget(string from, string to)
    {
        Join(from, to);
        var packet = new byte[RtpPacket.HeaderBytes + 160];
        packet[1] = Codecs.Find(from)!.PayloadType;
        Run(500);
        AllocationBudget.Holds("tick: bridge", 1_000, () => Run(1_000));

        void Run(int ticks)
        {
            for (int i = 0; i < ticks; i++)
            {
                _a.Run(1, packet);
                _b.Run(1);
            }
        }
    }

    /// <summary>Four ticks of key, three ends in the last, audio around them.</summary>
    private void Press(char key)
    {
        for (int i = 0; i < 5; i++) Say();
        uint start = 900_000;
        for (int i = 1; i <= 5; i++)
        {
            bool isEnd = i == 5;
            for (int repeat = 0; repeat < (isEnd ? 3 : 1); repeat++)
                _a.Hear([(byte)(key - '0'), (byte)(isEnd ? 0x8A : 0x0A), (byte)(i * 160 >> 8), (byte)(i * 160)], 101,
                    marker: i == 1, timestamp: start);
            Tick();
        }
        for (int i = 0; i < 5; i++) Say();

        void Say()
        {
            _a.Hear(Filled(0x40));
            Tick();
        }
    }

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 160)];
}
