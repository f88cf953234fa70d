namespace Ringwright.Media.Dsp;

/// <summary>One or two sine waves, switched on and off without clicks.</summary>
public sealed class ToneGenerator
{
    private const double SingleLevel = 0.35 * short.MaxValue, DoubleLevel = 0.25 * short.MaxValue;
    /// <summary>Rise and fall time.</summary>
    private const double RampSeconds = 0.004;

    private static ReadOnlySpan<short> Rows => [697, 770, 852, 941];
    private static ReadOnlySpan<short> Columns => [1209, 1336, 1477, 1633];
    private const string Pad = "123A456B789C*0#D";

    private double _step1, _step2, _phase1, _phase2, _level, _ramp, _gain;
    private bool _isOn;

    /// <param name="secondHertz">0 for a single tone.</param>
    public void Start(int hertz, int secondHertz, int sampleRate)
    {
        (_step1, _step2) = (2 * Math.PI * hertz / sampleRate, 2 * Math.PI * secondHertz / sampleRate);
        (_phase1, _phase2, _gain, _isOn) = (0, 0, 0, true);
        _level = secondHertz > 0 ? DoubleLevel : SingleLevel;
        _ramp = 1 / (RampSeconds * sampleRate);
    }

    /// <summary>The pair of a key (ITU-T Q.23).</summary>
    public static bool TryKey(char key, out int low, out int high)
    {
        int index = Pad.IndexOf(char.ToUpperInvariant(key), StringComparison.Ordinal);
        (low, high) = index < 0 ? (0, 0) : (Rows[index / 4], Columns[index % 4]);
        return index >= 0;
    }

    /// <summary>Lets the tone fall away; what follows is silence.</summary>
    public void Stop() => _isOn = false;

    public void Read(Span<short> into)
    {
        for (int i = 0; i < into.Length; i++)
        {
            _gain = Math.Clamp(_gain + (_isOn ? _ramp : -_ramp), 0, 1);
            double value = Math.Sin(_phase1) + (_step2 > 0 ? Math.Sin(_phase2) : 0);
            into[i] = (short)(value * _level * _gain);
            _phase1 = (_phase1 + _step1) % (2 * Math.PI);
            _phase2 = (_phase2 + _step2) % (2 * Math.PI);
        }
    }

    /// <summary>A whole cadence: on, off, repeated for the total.</summary>
    public static short[] Render(int hertz, int secondHertz, int onMilliseconds, int offMilliseconds, int totalMilliseconds, int sampleRate)
    {
        var samples = new short[Math.Max(0, totalMilliseconds) * (long)sampleRate / 1000];
        int on = (int)(Math.Max(0, onMilliseconds) * (long)sampleRate / 1000),
            off = (int)(Math.Max(0, offMilliseconds) * (long)sampleRate / 1000);
        if (on == 0) return samples;
        int ramp = (int)(RampSeconds * sampleRate);
        var tone = new ToneGenerator();
        for (int at = 0; at < samples.Length; at += on + off)
        {
            var burst = samples.AsSpan(at, Math.Min(on, samples.Length - at));
            tone.Start(hertz, secondHertz, sampleRate);
            tone.Read(burst[..Math.Max(0, burst.Length - ramp)]);
            tone.Stop();
            tone.Read(burst[Math.Max(0, burst.Length - ramp)..]);
        }
        return samples;
    }
}
