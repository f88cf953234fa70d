using System.Numerics;

namespace Ringwright.Media.Dsp.Detection;

/// <summary>
/// What one tick is made of: its strongest line, and the strongest that stands apart from it. Shares are of the tick's energy, 0 to 1;
/// a line is what lies within 50 Hz. A tick below the gate has none.
/// </summary>
/// <param name="Hertz">The strongest line, and its <paramref name="Share"/>.</param>
/// <param name="Low">The lower of the two strongest lines, and <paramref name="High"/> the other one.</param>
/// <param name="Pair">The share of both, and <paramref name="Weaker"/> the smaller one's part in it.</param>
/// <param name="Centre">The centre of what lies within 150 Hz of the strongest line, and <paramref name="Around"/> its share.</param>
internal readonly record struct Lines(float Hertz, float Share, float Low, float High, float Pair, float Weaker,
    float Centre, float Around);

/// <summary>
/// Finds the lines of a tick: a row of Goertzel filters, 50 Hz apart, over a Hann window of 20 ms.
/// All filters step together, a vector of them at a time.
/// </summary>
internal sealed class ToneMeter
{
    private const int Lowest = 300, Highest = 3_000, Step = 50;
    private const int Filters = (Highest - Lowest) / Step + 1;
    /// <summary>Filters on either side of a line that hear it too, and that lie within 150 Hz.</summary>
    private const int Lobe = 2, Near = 3;

    private static readonly int Padded = (Filters + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;

    private readonly float[] _factors = new float[Padded], _last = new float[Padded], _before = new float[Padded],
        _power = new float[Padded];
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
    public Lines Measure(ReadOnlySpan<float> samples)
    {
        float energy = Filter(samples);
        if (energy < 1) return default;
        for (int i = 0; i < Filters; i++)
            _power[i] = Math.Max(0, _last[i] * _last[i] + _before[i] * _before[i] - _factors[i] * _last[i] * _before[i]);

        // The filters at both ends only say whether a line lies beyond them.
        int best = 1;
        for (int i = 2; i < Filters - 1; i++)
            if (_power[i] > _power[best]) best = i;
        if (_power[best - 1] > _power[best] || _power[best + 1] > _power[best]) return default;
        int next = -1;
        for (int i = 1; i < Filters - 1; i++)
            if (Math.Abs(i - best) > Lobe && (next < 0 || _power[i] > _power[next]) && _power[i] >= _power[i - 1]
                && _power[i] >= _power[i + 1]) next = i;

        // A sine's energy in three filters, under this window, is its energy in the tick times half the number of samples.
        float whole = energy * samples.Length / 2, first = Sum(best, 1) / whole, second = next < 0 ? 0 : Sum(next, 1) / whole;
        float hertz = HertzOf(best), other = next < 0 ? 0 : HertzOf(next);
        float moment = 0;
        for (int i = Math.Max(0, best - Near); i <= Math.Min(Filters - 1, best + Near); i++) moment += _power[i] * (i - best);
        float around = Sum(best, Near);
        return new(hertz, Math.Min(1, first), Math.Min(hertz, other), Math.Max(hertz, other), Math.Min(1, first + second),
            Math.Min(first, second) / (first + second), Lowest + (best + moment / around) * Step, Math.Min(1, around / whole));
    }

    /// <returns>The energy under the window.</returns>
    private float Filter(ReadOnlySpan<float> samples)
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
        return energy;
    }

    private float Sum(int middle, int beside)
    {
        float sum = 0;
        for (int i = Math.Max(0, middle - beside); i <= Math.Min(Filters - 1, middle + beside); i++) sum += _power[i];
        return sum;
    }

    /// <summary>Between two filters a Hann window leans by the amplitudes of both neighbours.</summary>
    private float HertzOf(int filter)
    {
        float left = MathF.Sqrt(_power[filter - 1]), middle = MathF.Sqrt(Math.Max(1e-9f, _power[filter])),
            right = MathF.Sqrt(_power[filter + 1]);
        return Lowest + (filter + Math.Clamp(2 * (right - left) / (left + 2 * middle + right), -0.5f, 0.5f)) * Step;
    }
}
