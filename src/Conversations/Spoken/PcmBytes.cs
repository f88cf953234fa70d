using System.Buffers.Binary;

namespace Ringwright.Conversations.Spoken;

/// <summary>Samples of 16 bits, the low byte first, out of bytes that may be cut anywhere.</summary>
internal sealed class PcmBytes
{
    private byte _half;
    private bool _hasHalf;

    public short[] Read(ReadOnlySpan<byte> bytes)
    {
        var samples = new short[(bytes.Length + (_hasHalf ? 1 : 0)) / 2];
        int at = 0;
        if (_hasHalf && bytes.Length > 0)
        {
            samples[at++] = (short)(_half | bytes[0] << 8);
            bytes = bytes[1..];
            _hasHalf = false;
        }
        for (; bytes.Length > 1; bytes = bytes[2..]) samples[at++] = BinaryPrimitives.ReadInt16LittleEndian(bytes);
        if (bytes.Length == 1) (_half, _hasHalf) = (bytes[0], true);
        return samples;
    }

    /// <summary>What follows is another sound.</summary>
    public void Reset() => _hasHalf = false;

    public static void Write(ReadOnlySpan<short> samples, Span<byte> into)
    {
        for (int i = 0; i < samples.Length; i++) BinaryPrimitives.WriteInt16LittleEndian(into[(2 * i)..], samples[i]);
    }
}
