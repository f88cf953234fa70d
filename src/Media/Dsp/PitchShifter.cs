using System.Diagnostics;
using Ringwright.Core;

namespace Ringwright.Media.Dsp;

/// <summary>
/// Changes the pitch of a voice and not its length. A head reads what has come slower or faster than it comes; before it falls too far
/// behind, or catches up, it jumps to where the sound is most like that where it is (by correlation: over whole periods of a voice), and
/// one fades into the other. Gives as many samples as it takes, in a stream; allocates nothing.
/// </summary>
public sealed class PitchShifter
{
    private const double FadeSeconds = 0.005, LeastLagSeconds = 0.0025;
    /// <summary>So much longer may the longest jump be than the shortest: a period of the lowest voice is among them.</summary>
    private const double LagRangeSeconds = 0.016;
    /// <summary>Of the windowed sinc that reads between samples, and keeps out what would be higher than there is room for.</summary>
    private const int Crossings = 16, Phases = 32;
    private const double Pass = 0.92;
    private const int Block = Limits.FrameSamples;
    /// <summary>Rounding, and one step of the head beyond the bound.</summary>
    private const int Margin = 8;

    private readonly double _ratio;
    private readonly int _fade, _after, _leastLag, _mostLag, _half, _taps, _leastDelay, _mostDelay, _history;
    private readonly float[] _filter, _line, _likeness;
    private int _written, _fading;
    /// <summary>Places in the line where the head reads, and where it was before the jump.</summary>
    private double _position, _before;
    private float _alike;
    private bool _isClear;

    public PitchShifter(double ratio, int sampleRate)
    {
        Debug.Assert(ratio is >= SoundModification.LeastPitch and <= SoundModification.MostPitch);
        _ratio = ratio;
        _fade = (int)(FadeSeconds * sampleRate * Math.Min(1, 2 / ratio));
        int span = (int)Math.Ceiling(ratio * _fade);
        _after = Math.Max(span, _fade);
        // The head must not be where it jumps from again before it has faded in.
        _leastLag = Math.Max((int)(LeastLagSeconds * sampleRate), (int)(Math.Abs(ratio - 1) * _fade) + Margin);
        _mostLag = _leastLag + (int)(LagRangeSeconds * sampleRate);
        _half = (int)Math.Ceiling(Crossings * Math.Max(1, ratio));
        _taps = 2 * _half;
        _leastDelay = _half + _after + Margin;
        _mostDelay = _leastDelay + _mostLag;
        _history = _mostDelay + _fade + _half + 2 * Margin;
        _filter = Design(_half, Pass * Math.Min(1, 1 / ratio));
        _line = new float[_history + Block];
        _likeness = new float[_mostLag - _leastLag + 1];
        double jump = (_leastLag + _mostLag) / 2.0;
        Delay = TimeSpan.FromSeconds((ratio > 1 ? _leastDelay + jump / 2 : _mostDelay - jump / 2) / sampleRate);
        // A slow head falls back a little more while it fades out.
        MostDelay = TimeSpan.FromSeconds((_mostDelay + Math.Max(0, 1 - ratio) * _fade + _half + Margin) / sampleRate);
        Clear();
    }

    /// <summary>How far what comes out is behind what goes in, on average; it wavers with the jumps.</summary>
    public TimeSpan Delay { get; }

    public TimeSpan MostDelay { get; }

    /// <summary>What came before is forgotten.</summary>
    public void Clear()
    {
        if (_isClear) return;
        Array.Clear(_line);
        (_written, _fading, _isClear) = (_history, 0, true);
        _position = _written - _leastDelay;
    }

    /// <param name="output">As long as the input, and may be the same.</param>
    public void Process(ReadOnlySpan<short> input, Span<short> output)
    {
        while (!input.IsEmpty)
        {
            int take = Math.Min(input.Length, Block);
            Take(input[..take]);
            for (int i = 0; i < take; i++)
                output[i] = (short)Math.Clamp(MathF.Round(Next(_written + i + 1)), short.MinValue, short.MaxValue);
            _written += take;
            input = input[take..];
            output = output[take..];
        }
    }

    private void Take(ReadOnlySpan<short> input)
    {
        _isClear = false;
        if (_written + input.Length > _line.Length)
        {
            int gone = _written - _history;
            Array.Copy(_line, gone, _line, 0, _history);
            (_written, _position, _before) = (_history, _position - gone, _before - gone);
        }
        for (int i = 0; i < input.Length; i++) _line[_written + i] = input[i];
    }

    /// <param name="now">Where the sample stands that has just come: nothing behind it is looked at, however long the block is.</param>
    private float Next(int now)
    {
        if (_fading == 0 && (_ratio > 1 ? now - _position <= _leastDelay : now - _position >= _mostDelay)) Jump();
        float value = Read(_position);
        _position += _ratio;
        if (_fading == 0) return value;
        // Two sounds that are alike add up, others only their powers do.
        float old = (float)_fading / (_fade + 1), fresh = 1 - old;
        float level = MathF.Sqrt(old * old + fresh * fresh + 2 * old * fresh * _alike);
        value = (fresh * value + old * Read(_before)) / level;
        _before += _ratio;
        _fading--;
        return value;
    }

    /// <summary>Back where the head is too fast, forward where it is too slow.</summary>
    private void Jump()
    {
        int direction = _ratio > 1 ? -1 : 1, from = (int)Math.Round(_position) - _fade, length = _fade + _after;
        var here = _line.AsSpan(from, length);
        double own = DotProduct.Of(here, here), energy = 0;
        int best = 0;
        for (int i = 0; i < _likeness.Length; i++)
        {
            int at = from + direction * (_leastLag + i);
            var there = _line.AsSpan(at, length);
            if (i == 0) energy = DotProduct.Of(there, there);
            else if (direction > 0) energy += Square(_line[at + length - 1]) - Square(_line[at - 1]);
            else energy += Square(_line[at]) - Square(_line[at + length]);
            // 1 for the same sound, less for one that is louder or quieter: out of silence it goes to silence.
            _likeness[i] = (float)((2 * DotProduct.Of(here, there) + 1) / (own + energy + 1));
            if (_likeness[i] >= _likeness[best]) best = i;
        }
        _before = _position;
        _position += direction * (_leastLag + best + Between(best));
        _alike = Math.Clamp(_likeness[best], 0, 1);
        _fading = _fade;
    }

    /// <summary>Where between its neighbours the likeness is greatest, by a parabola through the three.</summary>
    private double Between(int best)
    {
        if (best == 0 || best == _likeness.Length - 1) return 0;
        double left = _likeness[best - 1], middle = _likeness[best], right = _likeness[best + 1], bend = left - 2 * middle + right;
        return bend >= 0 ? 0 : Math.Clamp((left - right) / (2 * bend), -0.5, 0.5);
    }

    private float Read(double position)
    {
        int whole = (int)position;
        double phase = (position - whole) * Phases;
        int row = (int)phase;
        var samples = _line.AsSpan(whole - _half + 1, _taps);
        float low = DotProduct.Of(_filter.AsSpan(row * _taps, _taps), samples);
        float high = DotProduct.Of(_filter.AsSpan((row + 1) * _taps, _taps), samples);
        return low + (float)(phase - row) * (high - low);
    }

    private static double Square(float value) => (double)value * value;

    /// <summary>One row for each part of the way to the next sample, and that sample's own.</summary>
    private static float[] Design(int half, double pass)
    {
        var filter = new float[(Phases + 1) * 2 * half];
        for (int phase = 0; phase <= Phases; phase++)
        {
            var row = filter.AsSpan(phase * 2 * half, 2 * half);
            float sum = 0;
            for (int tap = 0; tap < row.Length; tap++)
            {
                double time = tap - half + 1 - (double)phase / Phases, place = time / half;
                double sinc = time == 0 ? 1 : Math.Sin(Math.PI * pass * time) / (Math.PI * pass * time);
                row[tap] = Math.Abs(place) >= 1 ? 0 : (float)(sinc * (0.5 + 0.5 * Math.Cos(Math.PI * place)));
                sum += row[tap];
            }
            for (int tap = 0; tap < row.Length; tap++) row[tap] /= sum;
        }
        return filter;
    }
}
