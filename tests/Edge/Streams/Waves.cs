namespace Ringwright.Edge.Streams;

/// <summary>Sound and its codings, by formulas that share nothing with the product.</summary>
internal static class Waves
{
    /// <summary>So many milliseconds of a sine.</summary>
    public static short[] Sine(int hertz, int rate, int milliseconds, double level = 8_000, int fromMilliseconds = 0) =>
        [.. Enumerable.Range(fromMilliseconds * rate / 1_000, milliseconds * rate / 1_000)
            .Select(n => (short)Math.Round(level * Math.Sin(2 * Math.PI * hertz * n / rate)))];

    /// <summary>Which share of the sound's power is at a frequency.</summary>
    public static double Share(ReadOnlySpan<short> samples, int hertz, int rate)
    {
        double real = 0, imaginary = 0, all = 0;
        for (int n = 0; n < samples.Length; n++)
        {
            double angle = 2 * Math.PI * hertz * n / rate;
            real += samples[n] * Math.Cos(angle);
            imaginary += samples[n] * Math.Sin(angle);
            all += (double)samples[n] * samples[n];
        }
        return all == 0 ? 0 : 2 * (real * real + imaginary * imaginary) / (samples.Length * all);
    }

    /// <summary>ITU-T G.711 table 2: what a mu-law code stands for, in 14 bits, here in 16.</summary>
    public static int MuLaw(byte code)
    {
        int turned = 0xFF - code, chord = turned % 128 / 16, step = turned % 16;
        int value = (int)((2 * step + 33) * Math.Pow(2, chord)) - 33;
        return (turned >= 128 ? -value : value) * 4;
    }

    /// <summary>ITU-T G.711 table 1: what an A-law code stands for, in 13 bits, here in 16.</summary>
    public static int ALaw(byte code)
    {
        int turned = code ^ 0x55, chord = turned % 128 / 16, step = turned % 16;
        int value = chord == 0 ? 2 * step + 1 : (int)((2 * step + 33) * Math.Pow(2, chord - 1));
        return (turned >= 128 ? value : -value) * 8;
    }

    /// <summary>Two bytes for each sample.</summary>
    public static byte[] Linear(short[] samples, bool isLittleEndian) =>
        [.. samples.SelectMany(s => isLittleEndian ? new[] { (byte)s, (byte)(s >> 8) } : [(byte)(s >> 8), (byte)s])];

    /// <summary>The code that stands for what is nearest.</summary>
    public static byte Nearest(Func<byte, int> law, short sample) =>
        (byte)Enumerable.Range(0, 256).MinBy(code => Math.Abs(law((byte)code) - sample));
}
