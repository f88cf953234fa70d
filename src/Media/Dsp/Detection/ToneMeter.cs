using System.Numerics;

namespace Ringwright.Media.Dsp.Detection;

/// <summary>The strongest frequency of a tick, and how much of the tick's energy (0 to 1) lies within 50 Hz of it.</summary>
internal readonly record struct Peak(double Hertz, double Share);

/// <summary>
/// Asks of a tick whether it is one tone: a row of Goertzel filters, 50 Hz apart, over a Hann window of 20 ms. All filters step together, a vector of them at a time.
/// </summary>
internal sealed class ToneMeter
{
    private const int Lowest = 300, Highest = 2_200, Step = 50;
    private const int Filters = (Highest - Lowest) / Step + 1;

    private static readonly int Padded = (Filters + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    private readonly float[] _factors = new float[Padded], _last = new float[Padded], _before = new float[Padded], _power = new float[Padded];
    private float[] _window = [];
    private int _sampleRate;

    public void Configure(int sampleRate)
    {
        if (sampleRate == _sampleRate) return;
        _sampleRate = sampleRate;
        _window = new float[sampleRate * Limits.TickMilliseconds / 1000];
        for (int i = 0; i < _window.Length; i++) _window[i] = 0.5f - 0.5f * MathF.Cos(2 * MathF.PI * (i + 0.5f) / _window.Length);
        for (int i = 0; i < Filters; i++) _factors[i] = 2 * MathF.Cos(2 * MathF.PI * (Lowest + i * Step) / sampleRate);
    }

    /// <param name="samples">One tick at the rate that was configured.</param>
    public Peak Measure(ReadOnlySpan<short> samples)
    {
        Array.Clear(_last);
        Array.Clear(_before);
        float energy = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            float sample = samples[i] * _window[i];
            energy += sample * sample;
            var input = new Vector<float>(sample);
            for (int at = 0; at < Padded; at += Vector<float>.Count)
            {
                var last = new Vector<float>(_last, at);
                (input + new Vector<float>(_factors, at) * last - new Vector<float>(_before, at)).CopyTo(_last, at);
                last.CopyTo(_before, at);
            }
        }
        if (energy < 1) return default;

        int best = 1;
        for (int i = 0; i < Filters; i++)
        {
            _power[i] = _last[i] * _last[i] + _before[i] * _before[i] - _factors[i] * _last[i] * _before[i];
            if (i > 0 && i < Filters - 1 && _power[i] > _power[best]) best = i;
        }
        if (best + 1 == Filters - 1 && _power[best + 1] > _power[best]) return default;      // outside the row
        double left = Math.Sqrt(Math.Max(0, _power[best - 1])), middle = Math.Sqrt(Math.Max(1e-9, _power[best])), right = Math.Sqrt(Math.Max(0, _power[best + 1]));
        // Between two filters a Hann window leans by the amplitudes of both neighbours.
        double lean = 2 * (right - left) / (left + 2 * middle + right);
        double share = (_power[best - 1] + _power[best] + _power[best + 1]) / (energy * samples.Length / 2.0);
        return new(Lowest + (best + Math.Clamp(lean, -0.5, 0.5)) * Step, Math.Min(1, share));
    }
}
