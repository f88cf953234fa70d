namespace Ringwright.Media.Dsp;

/// <summary>Loudness as arithmetic on samples.</summary>
public static class Gain
{
    /// <summary>Scales in place, saturated.</summary>
    public static void Apply(Span<short> samples, float factor)
    {
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (short)Math.Clamp(samples[i] * factor, short.MinValue, short.MaxValue);
    }

    /// <summary>Mean square.</summary>
    public static double Power(ReadOnlySpan<short> samples)
    {
        if (samples.IsEmpty) return 0;
        long sum = 0;
        foreach (short sample in samples) sum += sample * sample;
        return (double)sum / samples.Length;
    }

    /// <summary>Decibels below full scale; -100 for silence.</summary>
    public static double Decibels(ReadOnlySpan<short> samples)
    {
        double power = Power(samples);
        return power < 1e-10 ? -100 : Math.Max(-100, 10 * Math.Log10(power / (32768.0 * 32768.0)));
    }
}
