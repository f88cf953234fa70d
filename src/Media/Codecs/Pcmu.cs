using System.Numerics;

namespace Ringwright.Media;

/// <summary>ITU-T G.711 mu-law.</summary>
internal static class Pcmu
{
    /// <summary>Added before the logarithm so that segments begin at powers of two.</summary>
    private const int Bias = 132;
    private const int Clip = 32635;

    // Stateless, so one instance serves every stream.
    private static readonly TableCodec Tables = new(Compress, Expand);

    public static readonly Codec Codec = new()
    {
        Name = "PCMU",
        PayloadType = 0,
        ClockRate = 8000,
        SampleRate = 8000,
        FrameSamples = 160,
        FrameBytes = 160,
        CreateEncoder = () => Tables,
        CreateDecoder = () => Tables,
        Silence = TableCodec.Repeat(0xFF, 160),
    };

    internal static byte Compress(short sample)
    {
        int sign = sample < 0 ? 0x80 : 0;
        int magnitude = Math.Min(Math.Abs((int)sample), Clip) + Bias;
        int segment = BitOperations.Log2((uint)magnitude) - 7;
        int step = (magnitude >> (segment + 3)) & 0x0F;
        return (byte)~(sign | segment << 4 | step);
    }

    internal static short Expand(byte code)
    {
        int bits = ~code;
        int magnitude = (((bits & 0x0F) << 3) + Bias << ((bits >> 4) & 0x07)) - Bias;
        return (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
    }
}
