using System.Numerics;

namespace Ringwright.Media;

/// <summary>ITU-T G.711 A-law.</summary>
internal static class Pcma
{
    /// <summary>Every second bit is inverted on the wire.</summary>
    private const int Inversion = 0x55;

    // Stateless, so one instance serves every stream.
    private static readonly TableCodec Tables = new(Compress, Expand);

    public static readonly Codec Codec = new()
    {
        Name = "PCMA",
        PayloadType = 8,
        ClockRate = 8000,
        SampleRate = 8000,
        FrameSamples = 160,
        FrameBytes = 160,
        CreateEncoder = () => Tables,
        CreateDecoder = () => Tables,
        Silence = TableCodec.Repeat(0xD5, 160),
    };

    internal static byte Compress(short sample)
    {
        // 13 bits; negative values are mirrored so that both halves have the same steps.
        int value = sample >> 3;
        int sign = value >= 0 ? 0x80 : 0;
        int magnitude = value >= 0 ? value : ~value;
        int segment = Math.Max(0, BitOperations.Log2((uint)magnitude | 1) - 4);
        int step = (segment < 2 ? magnitude >> 1 : magnitude >> segment) & 0x0F;
        return (byte)((sign | segment << 4 | step) ^ Inversion);
    }

    internal static short Expand(byte code)
    {
        int bits = code ^ Inversion;
        int segment = (bits >> 4) & 0x07;
        int magnitude = ((bits & 0x0F) << 4) + 8;
        if (segment > 0) magnitude = magnitude + 0x100 << (segment - 1);
        return (short)((bits & 0x80) != 0 ? magnitude : -magnitude);
    }
}
