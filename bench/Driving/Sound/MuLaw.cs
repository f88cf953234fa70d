namespace Ringwright.Bench.Driving.Sound;

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

    public static short Decode(byte code)
    {
        int bits = ~code, magnitude = (((bits & 0x0F) << 3) + Bias << ((bits & 0x70) >> 4)) - Bias;
        return (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
    }
}

/// <summary>ITU-T G.711, A-law.</summary>
internal static class ALaw
{
    private const int EvenBits = 0x55, Positive = 0x80;

    public static byte Encode(short sample)
    {
        int magnitude = (sample < 0 ? ~sample : sample) >> 3, segment = 0;
        while (magnitude >> segment + 5 != 0) segment++;
        int code = segment << 4 | magnitude >> Math.Max(1, segment) & 0x0F;
        return (byte)((sample < 0 ? code : code | Positive) ^ EvenBits);
    }

    public static short Decode(byte code)
    {
        int bits = code ^ EvenBits, segment = (bits & 0x70) >> 4, magnitude = ((bits & 0x0F) << 4) + 8;
        if (segment > 0) magnitude = magnitude + 0x100 << segment - 1;
        return (short)((bits & Positive) != 0 ? magnitude : -magnitude);
    }
}
