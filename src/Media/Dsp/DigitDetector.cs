namespace Ringwright.Media.Dsp;

/// <summary>
/// Hears digits as pairs of tones (ITU-T Q.23), within about the limits of Q.24: a key counts once both tones stand alone for 25 ms, and
/// again after a pause of 25 ms. Voices seldom put four fifths of their power into one row and one column, and less often twice in a row.
/// </summary>
internal sealed class DigitDetector
{
    private const string Pad = "123A456B789C*0#D";
    private const int Rows = 4, Tones = 8;
    /// <summary>12.75 ms: the least that still tells two rows apart (102 samples at 8 kHz).</summary>
    private const int BlockPerMillion = 12_750;
    private const int HitsToPress = 2, MissesToRelease = 2;
    /// <summary>Amplitude of the weaker tone: -35 dBm0.</summary>
    private const double LeastLevel = 400;
    /// <summary>Share of the block's power that the two tones have.</summary>
    private const double LeastShare = 0.8;
    /// <summary>
    /// A column may be 4 dB stronger than its row and a row 8 dB stronger than its column: lines lose the high tones first.
    /// </summary>
    private const double ColumnTwist = 2.5, RowTwist = 6.3;
    /// <summary>Each tone over the next strongest of its group: 8 dB.</summary>
    private const double OverOthers = 6.3;

    private static ReadOnlySpan<double> Hertz => [697, 770, 852, 941, 1209, 1336, 1477, 1633];

    private readonly double[] _factors = new double[Tones], _last = new double[Tones], _before = new double[Tones],
        _powers = new double[Tones];
    private double _energy;
    private int _blockSamples, _inBlock, _hits, _misses;
    private char _candidate, _pressed;

    public void Configure(int sampleRate)
    {
        _blockSamples = (int)((long)sampleRate * BlockPerMillion / 1_000_000);
        for (int i = 0; i < Tones; i++) _factors[i] = 2 * Math.Cos(2 * Math.PI * Hertz[i] / sampleRate);
        Reset();
    }

    public void Reset()
    {
        Clear();
        (_hits, _misses, _candidate, _pressed) = (0, 0, '\0', '\0');
    }

    /// <summary>Takes one tick. Gives the key that it made known; a tick is too short for two.</summary>
    public char? Handle(ReadOnlySpan<short> samples)
    {
        char? pressed = null;
        while (!samples.IsEmpty)
        {
            int take = Math.Min(samples.Length, _blockSamples - _inBlock);
            Filter(samples[..take]);
            samples = samples[take..];
            _inBlock += take;
            if (_inBlock < _blockSamples) break;
            pressed = Follow(Judge()) ?? pressed;
            Clear();
        }
        return pressed;
    }

    private void Filter(ReadOnlySpan<short> samples)
    {
        foreach (short sample in samples) _energy += (double)sample * sample;
        for (int i = 0; i < Tones; i++)
        {
            var (last, before, factor) = (_last[i], _before[i], _factors[i]);
            foreach (short sample in samples) (before, last) = (last, sample + factor * last - before);
            (_last[i], _before[i]) = (last, before);
        }
    }

    /// <summary>The key whose tones the block is made of, or zero.</summary>
    private char Judge()
    {
        for (int i = 0; i < Tones; i++) _powers[i] = _last[i] * _last[i] + _before[i] * _before[i] - _factors[i] * _last[i] * _before[i];
        var (row, rowPower, rowNext) = Strongest(_powers.AsSpan(0, Rows));
        var (column, columnPower, columnNext) = Strongest(_powers.AsSpan(Rows));
        // A sine of amplitude a has the power (a * samples / 2)^2 in its filter, and the energy a^2 * samples / 2.
        double least = LeastLevel * _blockSamples / 2;
        if (Math.Min(rowPower, columnPower) < least * least) return '\0';
        if (columnPower > rowPower * ColumnTwist || rowPower > columnPower * RowTwist) return '\0';
        if (rowPower < rowNext * OverOthers || columnPower < columnNext * OverOthers) return '\0';
        if (2 * (rowPower + columnPower) < LeastShare * _blockSamples * _energy) return '\0';
        return Pad[row * Rows + column];
    }

    private char? Follow(char key)
    {
        if (_pressed != '\0')
        {
            _misses = key == _pressed ? 0 : _misses + 1;
            if (_misses >= MissesToRelease) _pressed = '\0';
        }
        _hits = key == '\0' ? 0 : key == _candidate ? _hits + 1 : 1;
        _candidate = key;
        if (_hits < HitsToPress || key == _pressed) return null;
        (_pressed, _misses) = (key, 0);
        return key;
    }

    private static (int Index, double Power, double Next) Strongest(ReadOnlySpan<double> powers)
    {
        var (best, next) = (0, 0.0);
        for (int i = 1; i < powers.Length; i++)
        {
            if (powers[i] > powers[best]) (next, best) = (powers[best], i);
            else next = Math.Max(next, powers[i]);
        }
        return (best, powers[best], next);
    }

    private void Clear()
    {
        Array.Clear(_last);
        Array.Clear(_before);
        (_energy, _inBlock) = (0, 0);
    }
}
