namespace Ringwright.Media;

/// <summary>
/// ITU-T G.722 at 64 kbit/s: 16 kHz audio in two bands, 6 bits for the lower and 2 for the higher.
/// Its RTP clock is 8000 by an old mistake (RFC 3551 section 4.5.2).
/// </summary>
internal static class G722
{
    public static readonly Codec Codec = new()
    {
        Name = "G722",
        PayloadType = 9,
        ClockRate = 8000,
        SampleRate = 16000,
        FrameSamples = 320,
        FrameBytes = 160,
        CreateEncoder = () => new G722Encoder(),
        CreateDecoder = () => new G722Decoder(),
        Silence = EncodeSilence(),
        HasMemory = true,
    };

    /// <summary>What the encoder settles on after half a second of zeros.</summary>
    private static byte[] EncodeSilence()
    {
        var encoder = new G722Encoder();
        var frame = new byte[160];
        for (int i = 0; i < 25; i++) encoder.Encode(new short[320], frame);
        return frame;
    }
}

/// <summary>Splits into bands (G.722 section 3.1) and quantises each (3.2 to 3.6).</summary>
internal sealed class G722Encoder : IAudioEncoder
{
    private readonly G722Band _low = new(G722Band.LowStep), _high = new(G722Band.HighStep);
    private readonly G722Filter _filter = new();

    public int Encode(ReadOnlySpan<short> samples, Span<byte> into)
    {
        int bytes = samples.Length / 2;
        for (int i = 0; i < bytes; i++)
        {
            var (even, odd) = _filter.Push(samples[2 * i], samples[2 * i + 1]);
            int low = EncodeLow(even + odd >> 14);
            int high = EncodeHigh(even - odd >> 14);
            into[i] = (byte)(high << 6 | low);
        }
        return bytes;
    }

    private int EncodeLow(int input)
    {
        int error = G722Band.Saturate(input - _low.Prediction);
        int magnitude = error >= 0 ? error : ~error;
        int level = 1;
        while (level < 30 && magnitude >= G722Tables.LowLevels[level] * _low.Step >> 12) level++;
        int code = (error < 0 ? G722Tables.LowNegativeCodes : G722Tables.LowPositiveCodes)[level];
        _low.AdaptLow(code >> 2);
        return code;
    }

    private int EncodeHigh(int input)
    {
        int error = G722Band.Saturate(input - _high.Prediction);
        int magnitude = error >= 0 ? error : ~error;
        bool isLarge = magnitude >= 564 * _high.Step >> 12;
        int code = (error < 0, isLarge) switch { (true, true) => 0, (true, false) => 1, (false, true) => 2, _ => 3 };
        _high.AdaptHigh(code);
        return code;
    }
}

/// <summary>Restores each band (G.722 section 4) and joins them.</summary>
internal sealed class G722Decoder : IAudioDecoder
{
    private readonly G722Band _low = new(G722Band.LowStep), _high = new(G722Band.HighStep);
    private readonly G722Filter _filter = new();

    public int Decode(ReadOnlySpan<byte> payload, Span<short> into)
    {
        for (int i = 0; i < payload.Length; i++)
        {
            int lowCode = payload[i] & 0x3F, highCode = payload[i] >> 6;
            int low = Limit(_low.Prediction + (_low.Step * G722Tables.LowValues[lowCode] >> 15));
            _low.AdaptLow(lowCode >> 2);
            int high = Limit((_high.Step * G722Tables.HighValues[highCode] >> 15) + _high.Prediction);
            _high.AdaptHigh(highCode);
            var (even, odd) = _filter.Push(low + high, low - high);
            into[2 * i] = (short)G722Band.Saturate(even >> 11);
            into[2 * i + 1] = (short)G722Band.Saturate(odd >> 11);
        }
        return 2 * payload.Length;
    }

    /// <summary>The bands have 15 bits.</summary>
    private static int Limit(int value) => Math.Clamp(value, -16384, 16383);
}
