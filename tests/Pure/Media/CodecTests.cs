using System.Runtime.InteropServices;
using Ringwright.Media;

namespace Ringwright.Pure.Media;

public sealed class CodecTests
{
    /// <summary>Of those whose frames all have one length.</summary>
    public static TheoryData<string> Names => [.. Codecs.All.Where(c => c.Inner is null).Select(c => c.Name).Distinct()];

    [Theory, MemberData(nameof(Names))]
    public void A_frame_is_20_ms_in_samples_and_bytes(string name)
    {
        var codec = Codecs.Find(name)!;

        Assert.Equal(codec.SampleRate / 50, codec.FrameSamples);
        Assert.Equal(codec.FrameBytes, codec.Silence.Length);
        Assert.Equal(codec.FrameBytes, codec.CreateEncoder().Encode(new short[codec.FrameSamples], new byte[codec.FrameBytes]));
        Assert.Equal(codec.FrameSamples, codec.CreateDecoder().Decode(codec.Silence.Span, new short[codec.FrameSamples]));
        Assert.Equal(2 * codec.FrameSamples, codec.Samples(new byte[2 * codec.FrameBytes]));
    }

    [Fact]
    public void Static_payload_types_and_clocks_are_those_of_RFC_3551()
    {
        Assert.Equal([("PCMU", 0, 8000, 8000), ("PCMA", 8, 8000, 8000), ("G722", 9, 8000, 16000)],
            Codecs.All.Take(3).Select(c => (c.Name, (int)c.PayloadType, c.ClockRate, c.SampleRate)));
        Assert.Same(Codecs.All[0], Codecs.Find("pcmu"));
        Assert.Equal([16_000, 8_000], new[] { Codecs.Find("L16", 16_000)!.SampleRate, Codecs.Find("l16", 8_000)!.SampleRate });
        Assert.Null(Codecs.Find("G729"));
    }

    [Theory, MemberData(nameof(Names))]
    public void Silence_decodes_to_silence(string name)
    {
        var codec = Codecs.Find(name)!;
        var decoder = codec.CreateDecoder();
        var samples = new short[codec.FrameSamples];
        for (int i = 0; i < 20; i++) decoder.Decode(codec.Silence.Span, samples);
        Assert.InRange(Signals.Rms(samples), 0, 20);
    }

    [Theory, MemberData(nameof(Names))]
    public void Tones_and_speech_survive_a_round_trip(string name)
    {
        var codec = Codecs.Find(name)!;
        int count = codec.SampleRate;
        foreach (short[] clean in (short[][])[Signals.Sine(1000, codec.SampleRate, count), Signals.Sine(300, codec.SampleRate, count, 3000),
            Signals.SpeechLike(codec.SampleRate, count)])
        {
            var encoded = new byte[codec.FrameBytes * 50];
            var heard = new short[count];
            codec.CreateEncoder().Encode(clean, encoded);
            codec.CreateDecoder().Decode(encoded, heard);
            double snr = Signals.Snr(clean.AsSpan(800), heard.AsSpan(800), mostDelay: 30);
            Assert.True(snr > 15, $"{name} has {snr} dB");
        }
    }

    [Theory]
    [InlineData("PCMU", 0, 0xFF), InlineData("PCMU", 32767, 0x80), InlineData("PCMU", -32768, 0x00), InlineData("PCMU", 1000, 0xCE),
        InlineData("PCMU", -1000, 0x4E)]
    [InlineData("PCMA", 0, 0xD5), InlineData("PCMA", 32767, 0xAA), InlineData("PCMA", -32768, 0x2A), InlineData("PCMA", -1, 0x55),
        InlineData("PCMA", 1000, 0xFA)]
    public void G711_codes_are_those_of_the_tables(string name, int sample, int code)
    {
        var encoded = new byte[1];
        Codecs.Find(name)!.CreateEncoder().Encode([(short)sample], encoded);
        Assert.Equal((byte)code, encoded[0]);
    }

    [Theory]
    [InlineData("PCMU"), InlineData("PCMA")]
    public void G711_restores_every_code_and_never_turns_louder_into_quieter(string name)
    {
        var codec = Codecs.Find(name)!;
        var (encoder, decoder) = (codec.CreateEncoder(), codec.CreateDecoder());
        var value = new short[1];
        var again = new short[1];
        var code = new byte[1];
        for (int i = 0; i < 256; i++)
        {
            decoder.Decode([(byte)i], value);
            encoder.Encode(value, code);
            decoder.Decode(code, again);
            Assert.Equal(value[0], again[0]);
        }
        int last = int.MinValue;
        for (int sample = short.MinValue; sample <= short.MaxValue; sample++)
        {
            encoder.Encode([(short)sample], code);
            decoder.Decode(code, value);
            Assert.True(value[0] >= last);
            Assert.True(Math.Abs(value[0] - sample) <= Math.Max(16, Math.Abs(sample) / 16));
            last = value[0];
        }
    }

    /// <summary>The hashes come from an independent implementation of the recommendation, fed with the same numbers.</summary>
    [Fact]
    public void G722_is_bit_exact_on_noise_clipping_squares_and_ramps()
    {
        var samples = new short[32_000];
        uint state = 1;
        for (int i = 0; i < samples.Length; i++)
        {
            state = state * 1103515245 + 12345;
            int noise = (int)(state >> 16 & 0x7FFF) - 16384;
            samples[i] = (short)((i / 1600 % 4) switch
            {
                0 => Math.Floor(noise / 8.0),
                1 => Math.Clamp(noise * 2, short.MinValue, short.MaxValue),
                2 => i / 20 % 2 == 0 ? 12_000 : -12_000,
                _ => i * 37 % 4001 - 2000,
            });
        }
        var encoded = new byte[16_000];
        G722.Codec.CreateEncoder().Encode(samples, encoded);
        Assert.Equal(0xC44174AFB8D82998, Signals.Fnv(encoded));

        var decoded = new short[32_000];
        G722.Codec.CreateDecoder().Decode(encoded, decoded);
        Assert.Equal(0xB8FAEEAD18344CF0, Signals.Fnv(MemoryMarshal.AsBytes<short>(decoded)));
    }

    [Fact]
    public void G722_decodes_any_bytes_like_the_recommendation()
    {
        var bytes = new byte[8000];
        uint state = 7;
        for (int i = 0; i < bytes.Length; i++)
        {
            state = state * 1103515245 + 12345;
            bytes[i] = (byte)(state >> 16);
        }
        var decoded = new short[16_000];
        G722.Codec.CreateDecoder().Decode(bytes, decoded);
        Assert.Equal(0xFB8EC998DB326945, Signals.Fnv(MemoryMarshal.AsBytes<short>(decoded)));
    }

    [Fact]
    public void G722_carries_what_G711_cannot()
    {
        var encoded = new byte[8000];
        var heard = new short[16_000];
        G722.Codec.CreateEncoder().Encode(Signals.Sine(6000, 16_000, 16_000), encoded);
        G722.Codec.CreateDecoder().Decode(encoded, heard);
        Assert.InRange(Signals.LevelAt(6000, 16_000, heard.AsSpan(1600)), 7000, 12_000);
    }
}
