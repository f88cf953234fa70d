namespace Ringwright.Interop.Cases;

/// <summary>
/// Sounds for a phone to play, 8 kHz: something with the buzz, the formants and the syllables of a voice, beeps, silence.
/// </summary>
internal static class PhoneVoice
{
    private const int Rate = 8_000, SyllableMillis = 220, GapMillis = 30;
    private const double Pitch = 118;

    /// <summary>Somebody who talks without a rest.</summary>
    public static short[] Talk(int millis)
    {
        var samples = new short[millis * Rate / 1000];
        (int First, int Second)[] vowels = [(700, 1_150), (300, 2_200), (520, 900), (450, 1_900)];
        for (int i = 0; i < samples.Length; i++)
        {
            int at = i * 1000 / Rate % SyllableMillis;
            if (at >= SyllableMillis - GapMillis) continue;
            var (first, second) = vowels[i * 1000 / Rate / SyllableMillis % vowels.Length];
            double value = 0, edge = Math.Sin(Math.PI * at / (SyllableMillis - GapMillis));
            for (double hertz = Pitch; hertz < 3_200; hertz += Pitch)
                value += Math.Sin(2 * Math.PI * hertz * i / Rate)
                    * (1 / (1 + Math.Pow((hertz - first) / 120, 2)) + 0.5 / (1 + Math.Pow((hertz - second) / 180, 2)));
            samples[i] = (short)(3_500 * edge * value);
        }
        return samples;
    }

    public static short[] Beep(int hertz, int millis)
    {
        var samples = new short[millis * Rate / 1000];
        for (int i = 0; i < samples.Length; i++) samples[i] = (short)(9_000 * Math.Sin(2 * Math.PI * hertz * i / Rate));
        return samples;
    }

    public static short[] Silence(int millis) => new short[millis * Rate / 1000];
}
