using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Graph;
using Ringwright.Media.Native;
using Ringwright.Media.Protocol;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>Opus on ports: in samples inside, in packets of varying length outside.</summary>
public sealed class OpusTests
{
    private readonly ShardWorld _a = new(), _b = new();

    public OpusTests() => Tool.Require(OpusLibrary.Name);

    [Fact]
    public void A_prompt_in_L16_is_sent_as_Opus_and_sounds_the_same()
    {
        _a.Files["f"] = ShardWorld.Encode("L16", Signals.Sine(800, 16_000, 32_000, 8_000));
        _a.Connected(ShardWorld.Plan("OPUS"));
        _a.Do(new MediaCommand.Play(_a.Port, Guid.NewGuid(), "f", 1) { Codec = "OPUS" });
        _a.Tick(100);
        var sent = _a.Rtp.Take(95).ToArray();
        Assert.All(sent, p => Assert.InRange(p.Payload.Length, 3, 300));
        Assert.Equal(960u, sent[1].Timestamp - sent[0].Timestamp);
        short[] heard = ShardWorld.Decode("OPUS", sent);
        Assert.InRange(Signals.LevelAt(800, 16_000, heard.AsSpan(8_000, 16_000)), 6_500, 9_500);
    }

    [Fact]
    public void A_bridge_turns_Opus_into_G711_and_back()
    {
        Join("OPUS", "PCMU");
        Talk(_a, "OPUS", 600, out short[] atB, _b, "PCMU");
        Assert.InRange(Signals.LevelAt(600, 8_000, atB.AsSpan(atB.Length / 2)), 6_000, 10_000);
        Talk(_b, "PCMU", 900, out short[] atA, _a, "OPUS");
        Assert.InRange(Signals.LevelAt(900, 16_000, atA.AsSpan(atA.Length / 2)), 6_000, 10_000);
    }

    [Fact]
    public void Two_channels_of_a_file_are_two_streams_and_nothing_of_one_is_in_the_other()
    {
        short[] one = Signals.Sine(500, 16_000, 32_000, 8_000), other = Signals.Sine(1_200, 16_000, 32_000, 8_000);
        var heard = (Left: new List<short>(), Right: new List<short>());
        Assert.True(OpusPackets.TryCreate(16_000, 2, out var packets, out string? problem), problem);
        using var coder = packets;
        using OpusDecoder left = new(), right = new();
        short[] frame = new short[640], samples = new short[320];
        byte[] into = new byte[OpusPackets.MostBytes(2)];
        for (int at = 0; at < one.Length; at += 320)
        {
            for (int i = 0; i < 320; i++) (frame[2 * i], frame[2 * i + 1]) = (one[at + i], other[at + i]);
            byte[] packet = into[..coder.Encode(frame, into)];
            // RFC 6716 appendix B: the length of the first stands behind its first byte.
            bool isShort = packet[1] < 252;
            int length = isShort ? packet[1] : packet[1] + 4 * packet[2], from = isShort ? 2 : 3;
            Assert.Equal(320, left.Decode([packet[0], .. packet[from..(from + length)]], samples));
            heard.Left.AddRange(samples);
            Assert.Equal(320, right.Decode(packet.AsSpan(from + length), samples));
            heard.Right.AddRange(samples);
        }
        foreach (var (sound, loud, quiet) in new[] { (heard.Left, 500, 1_200), (heard.Right, 1_200, 500) })
        {
            var later = sound.ToArray().AsSpan(8_000, 16_000);
            Assert.InRange(Signals.LevelAt(loud, 16_000, later), 6_000, 10_000);
            Assert.InRange(Signals.LevelAt(quiet, 16_000, later), 0, 800);
        }
        Assert.False(OpusPackets.TryCreate(11_025, 1, out _, out problem));
        Assert.Contains("11025", problem, StringComparison.Ordinal);
    }

    /// <summary>The first five bits of a packet say its bandwidth (RFC 6716 section 3.1).</summary>
    [Theory]
    [InlineData("PCMU", true)]
    [InlineData("G722", false)]
    public void What_a_narrowband_codec_brought_costs_no_wideband(string codec, bool isNarrow)
    {
        Join("OPUS", codec);
        Talk(_b, codec, 900, out _, _a, "OPUS");
        Assert.All(_a.Rtp.Skip(10), packet => Assert.Equal(isNarrow, IsNarrowband(packet.Payload)));

        _a.Out.Clear();
        _a.Files["f"] = ShardWorld.Encode("L16", Signals.SpeechLike(16_000, 16_000, 7));
        _a.Do(new MediaCommand.Play(_a.Port, Guid.NewGuid(), "f", 1) { Codec = "OPUS" });
        _a.Tick(45);
        Assert.All(_a.Rtp.Skip(20), packet => Assert.False(IsNarrowband(packet.Payload)));        // a prompt of ours is heard whole
    }

    [Fact]
    public void A_bridge_of_two_Opus_sides_passes_packets_whatever_their_length()
    {
        Join("OPUS", "OPUS");
        byte[][] said = [.. Enumerable.Range(0, 30).Select(i => ShardWorld.Encode("OPUS", Signals.SpeechLike(16_000, 320, (ulong)i + 1)))];
        Assert.True(said.Select(p => p.Length).Distinct().Count() > 1);
        foreach (byte[] packet in said)
        {
            _a.Hear(packet, 111);
            Tick();
        }
        Assert.Equal(said, _b.Rtp.Select(p => p.Payload.ToArray()));
    }

    [Fact]
    public void What_is_lost_is_made_up()
    {
        var tap = Listening();
        byte[][] packets = Stream(Signals.Sine(500, 16_000, 32_000, 8_000));
        for (int i = 0; i < packets.Length; i++)
        {
            if (i % 10 == 5) _a.Sequence++;
            else _a.Hear(packets[i], 111);
            _a.Tick();
        }
        short[] heard = new short[16_000];
        int read = tap.Read(heard);
        Assert.InRange(Signals.LevelAt(500, 16_000, heard.AsSpan(read - 8_000, 8_000)), 6_000, 9_500);
    }

    [Theory, Seeds(30)]
    public void Nonsense_packets_hurt_nobody(ulong seed)
    {
        Listening();
        var random = new Rng(seed);
        for (int i = 0; i < 200; i++)
        {
            byte[] payload = new byte[1 + random.Next(400)];
            random.Fill(payload);
            _a.Hear(payload, 111);
            _a.Tick();
        }
        Assert.Equal(200, _a.Shard.Counters.Ticks);
    }

    /// <summary>Peers choose their own length.</summary>
    [Fact]
    public void Packets_of_60_ms_are_heard_whole()
    {
        var encoder = OpusHandle.Encoder();
        var tap = Listening();
        short[] sound = Signals.Sine(700, 16_000, 16_000, 8_000);
        byte[] packet = new byte[1_000];
        for (int at = 0; at + 960 <= sound.Length; at += 960)
        {
            _a.Hear(packet[..Encode60(encoder, sound.AsSpan(at, 960), packet)], 111);
            _a.Tick(3);
        }
        short[] heard = new short[16_000];
        int read = tap.Read(heard);
        Assert.InRange(Signals.LevelAt(700, 16_000, heard.AsSpan(read - 6_000, 6_000)), 6_000, 9_500);
    }

    [Fact]
    public void A_peers_wishes_reach_the_encoder()
    {
        _a.Connected(ShardWorld.Plan("OPUS") with { PlaybackRate = 8_000, WantsRedundancy = true });
        _a.Files["f"] = ShardWorld.Encode("L16", Signals.Sine(6_000, 16_000, 16_000, 8_000));
        _a.Do(new MediaCommand.Play(_a.Port, Guid.NewGuid(), "f", 1) { Codec = "OPUS" });
        _a.Tick(50);
        short[] heard = ShardWorld.Decode("OPUS", _a.Rtp.Take(45));
        Assert.True(Signals.LevelAt(6_000, 16_000, heard) < 800);        // nothing above 4 kHz is of use to such a peer
    }

    [Fact]
    public void No_more_bits_are_sent_than_a_peer_takes()
    {
        _a.Connected(ShardWorld.Plan("OPUS") with { MostBitsPerSecond = 8_000 });
        _a.Files["f"] = ShardWorld.Encode("L16", Signals.SpeechLike(16_000, 32_000));
        _a.Do(new MediaCommand.Play(_a.Port, Guid.NewGuid(), "f", 1) { Codec = "OPUS" });
        _a.Tick(100);
        var sent = _a.Rtp[..90];
        // A variable rate is one on average.
        Assert.InRange(sent.Sum(packet => packet.Payload.Length) * 8 / (sent.Length * 0.02), 2_000, 14_000);
    }

    private static bool IsNarrowband(ReadOnlySpan<byte> packet) => packet[0] >> 3 is <= 3 or (>= 16 and <= 19);

    private static unsafe int Encode60(OpusHandle encoder, ReadOnlySpan<short> samples, byte[] into)
    {
        fixed (short* from = samples)
        fixed (byte* to = into) return OpusLibrary.opus_encode(encoder, from, samples.Length, to, into.Length);
    }

    private Ear Listening()
    {
        _a.Connected(ShardWorld.Plan("OPUS"));
        return new(_a, 16_000);
    }

    private static byte[][] Stream(short[] sound)
    {
        var encoder = Codecs.Find("OPUS")!.CreateEncoder();
        byte[] packet = new byte[400];
        return [.. Enumerable.Range(0, sound.Length / 320).Select(i => packet[..encoder.Encode(sound.AsSpan(320 * i, 320), packet)])];
    }

    private void Join(string a, string b)
    {
        _a.Connected(ShardWorld.Plan(a));
        _b.Connected(ShardWorld.Plan(b));
        foreach (var (hearer, speaker) in ((ShardWorld, ShardWorld)[])[(_a, _b), (_b, _a)])
        {
            var link = new AudioLink(passesDigits: true);
            hearer.Shard.Hear(hearer.Port, link);
            speaker.Shard.Speak(speaker.Port, link);
        }
        for (int i = 0; i < 5; i++) Tick();
        _a.Out.Clear();
        _b.Out.Clear();
    }

    private void Tick()
    {
        _a.Tick();
        _b.Tick();
    }

    private void Talk(ShardWorld speaker, string codec, int hertz, out short[] heard, ShardWorld hearer, string heardIn)
    {
        int rate = ShardWorld.Plan(codec).Codec.SampleRate;
        short[] sound = Signals.Sine(hertz, rate, rate, 8_000);
        byte[][] packets = codec == "OPUS" ? Stream(sound)
            : [.. Enumerable.Range(0, 50).Select(i => ShardWorld.Encode(codec, sound[(i * rate / 50)..((i + 1) * rate / 50)]))];
        hearer.Out.Clear();
        foreach (byte[] packet in packets)
        {
            speaker.Hear(packet, ShardWorld.Plan(codec).Codec.PayloadType);
            Tick();
        }
        heard = ShardWorld.Decode(heardIn, hearer.Rtp);
    }
}
