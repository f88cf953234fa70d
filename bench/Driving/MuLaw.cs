namespace Ringwright.Bench.Driving;

/// <summary>ITU-T G.711, mu-law.</summary>
internal static class MuLaw
{
    private const int Bias = 0x84, Most = 32_635;

    public static byte Encode(short sample)
    {
        int sign = sample < 0 ? 0x80 : 0, magnitude = Math.Min(Math.Abs((int)sample), Most) + Bias, exponent = 7;
        for (int mask = 0x4000; (magnitude & mask) == 0 && exponent > 0; mask >>= 1) exponent--;
        return (byte)~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F);
    }
}
