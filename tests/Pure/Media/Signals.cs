using Ringwright.Core;

namespace Ringwright.Pure.Media;

/// <summary>Sounds to test with, and what to measure of them.</summary>
internal static class Signals
{
    public static short[] Sine(double hertz, int rate, int count, double level = 10_000)
    {
        var samples = new short[count];
        for (int i = 0; i < count; i++) samples[i] = (short)Math.Round(level * Math.Sin(2 * Math.PI * hertz * i / rate));
        return samples;
    }

    /// <summary>Noise with the slope and the syllables of speech.</summary>
    public static short[] SpeechLike(int rate, int count, ulong seed = 5)
    {
        var random = new Rng(seed);
        var samples = new short[count];
        double low = 0;
        for (int i = 0; i < count; i++)
        {
            low += (random.NextDouble() * 2 - 1 - low) * 0.25;
            samples[i] = (short)(low * 16_000 * (0.55 + 0.45 * Math.Sin(2 * Math.PI * 4 * i / rate)));
        }
        return samples;
    }

    /// <summary>Level of one frequency (Goertzel), as the amplitude of a sine.</summary>
    public static double LevelAt(double hertz, int rate, ReadOnlySpan<short> samples)
    {
        double factor = 2 * Math.Cos(2 * Math.PI * hertz / rate), before = 0, last = 0;
        foreach (short sample in samples) (before, last) = (last, sample + factor * last - before);
        double power = last * last + before * before - factor * last * before;
        return 2 * Math.Sqrt(Math.Max(0, power)) / samples.Length;
    }

    public static double Rms(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (short sample in samples) sum += (double)sample * sample;
        return samples.IsEmpty ? 0 : Math.Sqrt(sum / samples.Length);
    }

    /// <summary>Signal to noise in dB, at the delay (0 to <paramref name="mostDelay"/>) where it is best.</summary>
    public static double Snr(ReadOnlySpan<short> clean, ReadOnlySpan<short> heard, int mostDelay)
    {
        double best = double.MinValue;
        for (int delay = 0; delay <= mostDelay; delay++)
        {
            double signal = 0, noise = 0;
            for (int i = 0; i + delay < heard.Length && i < clean.Length; i++)
            {
                double error = heard[i + delay] - clean[i];
                (signal, noise) = (signal + (double)clean[i] * clean[i], noise + error * error);
            }
            best = Math.Max(best, 10 * Math.Log10(signal / Math.Max(1, noise)));
        }
        return best;
    }

    public static ulong Fnv(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte value in bytes) hash = (hash ^ value) * 0x100000001B3;
        return hash;
    }
}
