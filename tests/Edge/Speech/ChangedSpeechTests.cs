using Ringwright.Edge.Detection;
using Ringwright.Media.Dsp;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

/// <summary>
/// Speech at another pitch is still the same words: each moment of it sounds as it did, with every frequency moved alike.
/// The voices are espeak-ng's, and the spectra are taken by a transform of the tests' own.
/// </summary>
public sealed class ChangedSpeechTests
{
    private const int Rate = Voice.SampleRate, Frame = 256, Hop = 128, Bands = 20;
    private const string Words = "The quick brown fox jumps over the lazy dog, and seven wizards quietly mix their purple jars.";

    public static TheoryData<string, int, double> Changes()
    {
        var rows = new TheoryData<string, int, double> { { "f2", 60, 0.7 } };
        if (!Depth.IsAll) return rows;
        rows.Add("m2", 45, 1.25);
        return rows;
    }

    [Theory, MemberData(nameof(Changes))]
    public void Its_words_its_length_and_its_loudness_stay(string variant, int pitch, double ratio)
    {
        Tool.Require("espeak-ng");
        short[] said = [.. new short[Rate / 4], .. new Voice(variant, 150, pitch).Say(Words, "en"), .. new short[Rate / 4]];
        var shifter = new PitchShifter(ratio, Rate);
        var heard = new short[said.Length];
        for (int at = 0; at + 160 <= said.Length; at += 160) shifter.Process(said.AsSpan(at, 160), heard.AsSpan(at, 160));

        double loudness = Gain.Decibels(heard) - Gain.Decibels(said);
        Assert.True(Math.Abs(loudness) < 1.5, $"{loudness:F2} dB");
        int before = Steepest(said), after = Steepest(heard);
        Assert.True(after <= 1.3 * Math.Max(1, ratio) * before, $"{after} from one sample to the next, where the voice has {before}");

        int delay = (int)(shifter.Delay.TotalSeconds * Rate);
        double moved = Distance(said, heard, delay, ratio), still = Distance(said, heard, delay, 1),
            others = Distance(said, heard, delay + Rate, ratio);
        Assert.True(moved < 5, $"{moved:F1} dB");
        Assert.True(moved < 0.8 * still && moved < 0.5 * others, $"{moved:F1} dB, {still:F1} unmoved, {others:F1} to other words");
    }

    [Theory, Depth("the gate lowers one voice, and PitchShifterTests raise tones there")]
    [InlineData("m2", 45, 0.8), InlineData("f2", 60, 1.4)]
    public void They_stay_the_other_way_too(string variant, int pitch, double ratio) =>
        Its_words_its_length_and_its_loudness_stay(variant, pitch, ratio);

    /// <summary>How much the bands of two sounds differ on average, in dB, where the first one says something.</summary>
    /// <param name="delay">Of the second, in samples.</param>
    /// <param name="ratio">What the frequencies of the second are higher by.</param>
    private static double Distance(short[] said, short[] heard, int delay, double ratio)
    {
        double sum = 0;
        int count = 0;
        double loudest = Frames(said, 0).Max(at => Power(said, at));
        foreach (int at in Frames(said, delay))
        {
            if (Power(said, at) < loudest / 1_000) continue;
            double[] one = Levels(said, at, 1), other = Levels(heard, at + delay, ratio);
            for (int band = 0; band < Bands; band++) sum += Math.Abs(one[band] - other[band]);
            count += Bands;
        }
        return sum / count;
    }

    private static IEnumerable<int> Frames(short[] samples, int delay)
    {
        for (int at = 0; at + Frame + delay <= samples.Length; at += Hop) yield return at;
    }

    private static double Power(short[] samples, int at) => Gain.Power(samples.AsSpan(at, Frame));

    /// <summary>In dB, of bands from 200 to 2,200 Hz as they were before they were moved.</summary>
    private static double[] Levels(short[] samples, int at, double ratio)
    {
        var levels = new double[Bands];
        for (int band = 0; band < Bands; band++)
        {
            double power = 1_000;
            for (int part = 0; part < 4; part++) power += PowerAt(samples, at, (200 + 100 * (band + part / 4.0)) * ratio);
            levels[band] = 10 * Math.Log10(power);
        }
        return levels;
    }

    private static double PowerAt(short[] samples, int at, double hertz)
    {
        double real = 0, imaginary = 0, step = 2 * Math.PI * hertz / Rate;
        for (int i = 0; i < Frame; i++)
        {
            double value = samples[at + i] * (0.5 - 0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / Frame));
            real += value * Math.Cos(step * i);
            imaginary += value * Math.Sin(step * i);
        }
        return (real * real + imaginary * imaginary) / Frame;
    }

    private static int Steepest(short[] samples)
    {
        int most = 0;
        for (int i = 1; i < samples.Length; i++) most = Math.Max(most, Math.Abs(samples[i] - samples[i - 1]));
        return most;
    }
}
