using Ringwright.Edge.Detection;
using Ringwright.Media.Dsp;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

/// <summary>
/// Voices of espeak-ng in noise of the runtime and in a crowd of other voices: what docs/reference/media.md promises of noise suppression.
/// </summary>
public sealed class SuppressedNoiseTests
{
    private const int Rate = Voice.SampleRate, Settling = 2 * Rate;
    private static readonly int Delay = (int)(NoiseSuppressor.Delay.TotalSeconds * Rate);
    private const string Words = "The quick brown fox jumps over the lazy dog, and seven wizards quietly mix their purple jars. "
        + "Please hold the line, somebody will be with you shortly, we are looking for your order now.";

    [Theory]
    [InlineData("m2", 45, "white", 5, 4), InlineData("m2", 45, "white", 15, 2)]
    [InlineData("m2", 45, "dull", 5, 3), InlineData("m2", 45, "dull", 15, 0)]
    [InlineData("f2", 60, "white", 5, 6), InlineData("f2", 60, "white", 15, 3)]
    [InlineData("f2", 60, "dull", 5, 5), InlineData("f2", 60, "dull", 15, 2)]
    [InlineData("m2", 45, "crowd", 5, 1), InlineData("f2", 60, "crowd", 5, 1)]
    public void A_voice_stands_out_more(string variant, int pitch, string kind, double before, double gain)
    {
        Tool.Require("espeak-ng");
        short[] voice = Say(variant, pitch);
        double[] noise = Noise(kind, voice.Length);
        double scale = Math.Sqrt(Power(voice) / noise.Average(v => v * v) / Math.Pow(10, before / 10));
        short[] mixed = [.. voice.Zip(noise, (v, n) => (short)Math.Clamp(v + scale * n, short.MinValue, short.MaxValue))];
        short[] heard = Suppress(mixed);
        double better = Snr(voice, heard, Delay) - Snr(voice, mixed, 0);
        Assert.True(better >= gain, $"{better:F2} dB better");
        // Before the words there is noise alone.
        double pause = Gain.Decibels(heard.AsSpan(Settling / 2, Settling / 2)) - Gain.Decibels(mixed.AsSpan(Settling / 2, Settling / 2));
        Assert.True(pause < (kind is "crowd" ? -1 : -6), $"{pause:F1} dB in the pause");
    }

    [Theory, InlineData("m2", 45), InlineData("f2", 60), InlineData("f4", 50)]
    public void A_voice_without_noise_stays_as_it_is(string variant, int pitch)
    {
        Tool.Require("espeak-ng");
        short[] voice = Say(variant, pitch);
        double same = Snr(voice, Suppress(voice), Delay);
        Assert.True(same > 22, $"{same:F1} dB");
    }

    /// <summary>Words behind a pause in which noise can be learnt.</summary>
    private static short[] Say(string variant, int pitch)
    {
        short[] words = [.. new short[Settling], .. new Voice(variant, 150, pitch).Say(Words, "en"), .. new short[Rate / 2]];
        return words[..(words.Length / 160 * 160)];
    }

    private static double[] Noise(string kind, int count)
    {
        var random = new Random(7);
        var noise = new double[count];
        double low = 0;
        (string Variant, int Pitch)[] voices = [("m1", 40), ("m3", 55), ("f1", 60), ("f3", 45), ("m5", 35), ("f5", 65)];
        if (kind is not "crowd") voices = [];
        short[][] crowd = [.. voices.Select(v => new Voice(v.Variant, 160, v.Pitch).Say(Words, "en"))];
        for (int i = 0; i < count; i++)
        {
            double white = random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
            low = 0.9 * low + white;
            noise[i] = kind is "white" ? white : low;
            if (kind is "crowd") noise[i] = crowd.Select((voice, at) => (double)voice[(i + 9_770 * (at + 1)) % voice.Length]).Sum();
        }
        return noise;
    }

    private static short[] Suppress(short[] said)
    {
        var suppressor = new NoiseSuppressor(Rate);
        var heard = new short[said.Length];
        for (int at = 0; at < said.Length; at += 160) suppressor.Process(said.AsSpan(at, 160), heard.AsSpan(at, 160));
        return heard;
    }

    private static double Power(short[] samples) => samples.Skip(Settling).Average(v => (double)v * v);

    private static double Snr(short[] clean, short[] heard, int delay)
    {
        double signal = 0, error = 0;
        for (int i = Settling; i + delay < heard.Length; i++)
        {
            double off = heard[i + delay] - clean[i];
            (signal, error) = (signal + (double)clean[i] * clean[i], error + off * off);
        }
        return 10 * Math.Log10(signal / error);
    }
}
