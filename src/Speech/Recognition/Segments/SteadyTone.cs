using System.Numerics;
using Ringwright.Media.Dsp;

namespace Ringwright.Speech.Recognition.Segments;

/// <summary>
/// Tells the sounds of networks and of mains, for which recognisers write words, from speech: for a quarter of a second and more their
/// power stands on two frequencies that do not move, or lies deeper than any voice, and their level stays as it is.
/// </summary>
internal static class SteadyTone
{
    /// <summary>Short enough for a burst of ring-back; and its lines are narrower than a voice wavers.</summary>
    private const int WindowsPerSecond = 8;

    /// <summary>Bins at each side of a line that are part of it, as a Hann window has them.</summary>
    private const int Lobe = 2;

    /// <summary>Ring-back, busy and dial tones have one or two, and so have keys.</summary>
    private const int Lines = 2;

    private const double LeastSeconds = 0.25, LineShare = 0.98, HumHertz = 160;

    /// <summary>Of the loudest window's power, for one of the tone; and what share these have of all power. The rest are edges.</summary>
    private const double Loud = 0.85, LoudShare = 0.6;

    public static bool Is(ReadOnlySpan<short> samples, int sampleRate)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)(sampleRate / WindowsPerSecond)), hop = size / 2;
        if (samples.Length < size) return false;
        double[] powers = new double[(samples.Length - size) / hop + 1];
        for (int i = 0; i < powers.Length; i++) powers[i] = Gain.Power(samples.Slice(i * hop, size));
        double least = powers.Max() * Loud;
        int[] loud = [.. Enumerable.Range(0, powers.Length).Where(i => powers[i] >= least && powers[i] > 0)];
        return loud.Length * hop >= LeastSeconds * sampleRate && loud.Sum(i => powers[i]) >= LoudShare * powers.Sum()
            && StandsStill(SpectrumOf(samples, loud, size), sampleRate / (double)size);
    }

    private static bool StandsStill(double[] spectrum, double hertzOfBin)
    {
        double all = spectrum.Sum(), lines = 0;
        if (spectrum.Take((int)(HumHertz / hertzOfBin) + 1).Sum() >= LineShare * all) return true;
        for (int line = 0; line < Lines; line++)
        {
            int top = Array.IndexOf(spectrum, spectrum.Max());
            for (int bin = Math.Max(0, top - Lobe); bin <= Math.Min(spectrum.Length - 1, top + Lobe); bin++)
                (lines, spectrum[bin]) = (lines + spectrum[bin], 0);
        }
        return lines >= LineShare * all;
    }

    private static double[] SpectrumOf(ReadOnlySpan<short> samples, int[] windows, int size)
    {
        var fourier = new Fourier(size);
        float[] real = new float[size], imaginary = new float[size];
        double[] sum = new double[size / 2];
        double[] hann = [.. Enumerable.Range(0, size).Select(i => 0.5 - 0.5 * Math.Cos(2 * Math.PI * i / size))];
        foreach (int window in windows)
        {
            var heard = samples.Slice(window * (size / 2), size);
            for (int i = 0; i < size; i++) real[i] = (float)(heard[i] * hann[i]);
            Array.Clear(imaginary);
            fourier.Forward(real, imaginary);
            for (int bin = 0; bin < sum.Length; bin++) sum[bin] += real[bin] * (double)real[bin] + imaginary[bin] * (double)imaginary[bin];
        }
        return sum;
    }
}
