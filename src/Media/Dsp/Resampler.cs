using System.Numerics;

namespace Ringwright.Media.Dsp;

/// <summary>
/// Changes the sample rate by a windowed sinc (Kaiser, about 80 dB) of 32 zero crossings, in polyphase form. Works in a stream with a fixed
/// delay, or over a whole sound without any. Keeps its state between calls and allocates nothing.
/// </summary>
public sealed class Resampler
{
    private const int Crossings = 16;
    private const double Beta = 8.0;
    /// <summary>The share of the smaller band that passes; the rest is the filter's slope.</summary>
    private const double Pass = 0.92;
    /// <summary>Rates without a small common measure use the nearest of so many phases (error below -60 dB).</summary>
    private const int MostPhases = 1024;
    private const int Block = 1024;

    private readonly int _up, _down, _phases, _half, _taps;
    /// <summary>From one sample of the output to the next: whole samples of the input, and a rest in parts of <see cref="_up"/>.</summary>
    private readonly int _step, _fractionStep;
    private readonly float[] _filter;
    private readonly float[] _line;
    private int _held, _at, _fraction;

    public Resampler(int fromRate, int toRate)
    {
        int common = (int)BigInteger.GreatestCommonDivisor(fromRate, toRate);
        (_up, _down) = (toRate / common, fromRate / common);
        (_step, _fractionStep) = (_down / _up, _down % _up);
        _phases = Math.Min(_up, MostPhases);
        _half = (int)Math.Ceiling(Crossings * Math.Max(1.0, (double)fromRate / toRate));
        _taps = 2 * _half;
        _filter = Design(_phases, _half, Pass * Math.Min(1.0, (double)toRate / fromRate));
        _line = new float[_taps + Block];
        // A window of zeros before the first sample: each call then gives all that its input is worth.
        _held = _taps - 1;
    }

    /// <summary>Takes a block and gives what it is worth, <c>input.Length * to / from</c> samples on average.</summary>
    /// <returns>Samples written.</returns>
    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        int written = 0;
        while (!input.IsEmpty)
        {
            int take = Math.Min(input.Length, _line.Length - _held);
            for (int i = 0; i < take; i++) _line[_held + i] = input[i];
            _held += take;
            input = input[take..];
            written += Run(output[written..]);
        }
        return written;
    }

    /// <summary>A whole sound, without delay: sample n of the result is at the time of sample n of the source.</summary>
    public static short[] Convert(ReadOnlySpan<short> samples, int fromRate, int toRate)
    {
        if (fromRate == toRate || samples.IsEmpty) return samples.ToArray();
        var resampler = new Resampler(fromRate, toRate);
        resampler._held = resampler._half - 1;
        long length = (samples.Length * (long)toRate + fromRate - 1) / fromRate;
        var all = new short[length + (resampler._half * (long)toRate + fromRate - 1) / fromRate + 2];
        int written = resampler.Process(samples, all);
        resampler.Process(new short[resampler._half + 1], all.AsSpan(written));
        return all[..(int)length];
    }

    private int Run(Span<short> output)
    {
        int written = 0;
        while (_at + _taps <= _held && written < output.Length)
        {
            // A division for each sample would take longer than all the rest.
            int phase = _phases == _up ? _fraction : (int)((long)_fraction * _phases / _up);
            var filter = _filter.AsSpan(phase * _taps, _taps);
            float sum = DotProduct.Of(filter, _line.AsSpan(_at, _taps));
            output[written++] = (short)Math.Clamp(MathF.Round(sum), short.MinValue, short.MaxValue);
            (_at, _fraction) = (_at + _step, _fraction + _fractionStep);
            if (_fraction < _up) continue;
            _at++;
            _fraction -= _up;
        }
        int keep = Math.Max(0, _held - _at);
        if (_at > 0 && keep > 0) Array.Copy(_line, _at, _line, 0, keep);
        _at = Math.Max(0, _at - _held);
        _held = keep;
        return written;
    }

    private static float[] Design(int phases, int half, double pass)
    {
        var filter = new float[phases * 2 * half];
        double window0 = Bessel(Beta);
        for (int phase = 0; phase < phases; phase++)
        {
            double sum = 0;
            var row = filter.AsSpan(phase * 2 * half, 2 * half);
            for (int tap = 0; tap < row.Length; tap++)
            {
                double time = tap - half + 1 - (double)phase / phases;
                double place = time / half;
                double sinc = time == 0 ? 1 : Math.Sin(Math.PI * pass * time) / (Math.PI * pass * time);
                double value = Math.Abs(place) >= 1 ? 0 : sinc * Bessel(Beta * Math.Sqrt(1 - place * place)) / window0;
                row[tap] = (float)value;
                sum += value;
            }
            for (int tap = 0; tap < row.Length; tap++) row[tap] = (float)(row[tap] / sum);
        }
        return filter;
    }

    /// <summary>Modified Bessel function of order zero.</summary>
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (int i = 1; term > sum * 1e-12; i++)
        {
            term *= x / (2 * i) * (x / (2 * i));
            sum += term;
        }
        return sum;
    }
}
