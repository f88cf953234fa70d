using Ringwright.Media.Dsp;

namespace Ringwright.Speech.Recognition.BuiltIn;

/// <summary>
/// Mel cepstra of sound at 8 kHz: what a frame of 25 ms sounds like in 13 numbers, and how they change in 13 more, every 10 ms.
/// </summary>
internal sealed class Cepstra
{
    public const int SampleRate = 8_000, Numbers = 26;
    private const int Window = 200, Hop = 80, Size = 256, Filters = 24, Coefficients = 13, DeltaReach = 2;
    private const double LowHertz = 150, HighHertz = 3_700, Emphasis = 0.97;

    /// <summary>Finer cepstra tell more of the speaker and less of the word: each counts so much less than the one before it.</summary>
    private const double Fading = 0.1;

    /// <summary>Frames below the loudest by more than this are not the word: 35 dB, in nepers of power.</summary>
    private const double Quiet = 8.0;

    private readonly Fourier _fourier = new(Size);
    private readonly float[] _window = new float[Window];
    private readonly float[,] _filters = new float[Filters, Size / 2];
    private readonly float[,] _cosines = new float[Coefficients, Filters];

    /// <param name="length">Hears as if the speaker's mouth were so much longer than it is: resonances are so much higher by right.</param>
    public Cepstra(double length)
    {
        for (int i = 0; i < Window; i++) _window[i] = (float)(0.54 - 0.46 * Math.Cos(2 * Math.PI * i / (Window - 1)));
        double low = Mel(LowHertz), step = (Mel(HighHertz) - low) / (Filters + 1);
        for (int filter = 0; filter < Filters; filter++)
        {
            double from = low + filter * step, middle = from + step, to = middle + step;
            for (int bin = 1; bin < Size / 2; bin++)
            {
                double mel = Mel(length * bin * SampleRate / Size);
                _filters[filter, bin] = (float)Math.Max(0, Math.Min((mel - from) / step, (to - mel) / step));
            }
            for (int c = 0; c < Coefficients; c++) _cosines[c, filter] = (float)Math.Cos(Math.PI * c * (filter + 0.5) / Filters);
        }
    }

    /// <returns>
    /// Frames of <see cref="Numbers"/>, the quiet ends left out, each number with mean 0 and the same variance, but for
    /// <see cref="Fading"/>; none when too short.
    /// </returns>
    public float[][] Of(ReadOnlySpan<short> samples)
    {
        int count = samples.Length < Window ? 0 : (samples.Length - Window) / Hop + 1;
        var frames = new float[count][];
        var powers = new double[count];
        for (int i = 0; i < count; i++) (frames[i], powers[i]) = Frame(samples.Slice(i * Hop, Window));
        var word = Trim(frames, powers);
        AddDeltas(word);
        Normalise(word);
        return word;
    }

    private (float[] Frame, double Power) Frame(ReadOnlySpan<short> samples)
    {
        Span<float> real = stackalloc float[Size], imaginary = stackalloc float[Size];
        real.Clear();
        imaginary.Clear();
        double power = 1;
        for (int i = 0; i < Window; i++)
        {
            power += (double)samples[i] * samples[i] / Window;
            real[i] = (float)(samples[i] - Emphasis * samples[Math.Max(0, i - 1)]) * _window[i];
        }
        _fourier.Forward(real, imaginary);
        Span<float> bands = stackalloc float[Filters];
        for (int filter = 0; filter < Filters; filter++)
        {
            double sum = 1;
            for (int bin = 1; bin < Size / 2; bin++)
                if (_filters[filter, bin] > 0) sum += _filters[filter, bin] * (real[bin] * real[bin] + imaginary[bin] * imaginary[bin]);
            bands[filter] = (float)Math.Log(sum);
        }
        var frame = new float[Numbers];
        for (int c = 0; c < Coefficients; c++)
            for (int filter = 0; filter < Filters; filter++) frame[c] += _cosines[c, filter] * bands[filter];
        return (frame, Math.Log(power));
    }

    private static float[][] Trim(float[][] frames, double[] powers)
    {
        double least = (powers.Length == 0 ? 0 : powers.Max()) - Quiet;
        int first = Array.FindIndex(powers, power => power > least), last = Array.FindLastIndex(powers, power => power > least);
        return first < 0 ? [] : frames[first..(last + 1)];
    }

    private static void AddDeltas(float[][] frames)
    {
        for (int i = 0; i < frames.Length; i++)
        {
            for (int c = 0; c < Coefficients; c++)
            {
                float sum = 0;
                for (int reach = 1; reach <= DeltaReach; reach++)
                    sum += reach * (frames[Math.Min(i + reach, frames.Length - 1)][c] - frames[Math.Max(i - reach, 0)][c]);
                frames[i][Coefficients + c] = sum / 10;
            }
        }
    }

    private static void Normalise(float[][] frames)
    {
        for (int c = 0; c < Numbers; c++)
        {
            double mean = 0, square = 0;
            foreach (float[] frame in frames) (mean, square) = (mean + frame[c], square + frame[c] * (double)frame[c]);
            mean /= frames.Length;
            double deviation = Math.Sqrt(Math.Max(1e-6, square / frames.Length - mean * mean));
            double weight = Math.Exp(-Fading * (c % Coefficients));
            foreach (float[] frame in frames) frame[c] = (float)((frame[c] - mean) / deviation * weight);
        }
    }

    private static double Mel(double hertz) => 1127 * Math.Log(1 + hertz / 700);
}
