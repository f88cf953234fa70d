namespace Ringwright.Media;

/// <summary>A codec of one byte per sample, as two tables: 64 KiB to encode, 256 entries to decode.</summary>
internal sealed class TableCodec : IAudioEncoder, IAudioDecoder
{
    private readonly byte[] _encode = new byte[1 << 16];
    private readonly short[] _decode = new short[256];

    public TableCodec(Func<short, byte> encode, Func<byte, short> decode)
    {
        for (int sample = short.MinValue; sample <= short.MaxValue; sample++) _encode[(ushort)sample] = encode((short)sample);
        for (int code = 0; code < 256; code++) _decode[code] = decode((byte)code);
    }

    public int Encode(ReadOnlySpan<short> samples, Span<byte> into)
    {
        for (int i = 0; i < samples.Length; i++) into[i] = _encode[(ushort)samples[i]];
        return samples.Length;
    }

    public int Decode(ReadOnlySpan<byte> payload, Span<short> into)
    {
        for (int i = 0; i < payload.Length; i++) into[i] = _decode[payload[i]];
        return payload.Length;
    }

    public static byte[] Repeat(byte code, int count)
    {
        var frame = new byte[count];
        Array.Fill(frame, code);
        return frame;
    }
}
