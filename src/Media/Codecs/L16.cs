using System.Buffers.Binary;

namespace Ringwright.Media;

/// <summary>
/// Uncompressed samples of 16 bits in network byte order (RFC 3551 section 4.5.11), at 16 and at 8 kHz. Always of a dynamic payload type.
/// </summary>
internal static class L16
{
    public const string Name = "L16";

    // Stateless, so one instance serves every stream.
    private static readonly LinearCodec Linear = new();

    public static readonly Codec Wide = At(16_000), Narrow = At(8_000);

    private static Codec At(int rate) => new()
    {
        Name = Name,
        PayloadType = 96,
        ClockRate = rate,
        SampleRate = rate,
        FrameSamples = rate / 50,
        FrameBytes = rate / 50 * sizeof(short),
        CreateEncoder = () => Linear,
        CreateDecoder = () => Linear,
        Silence = new byte[rate / 50 * sizeof(short)],
    };

    private sealed class LinearCodec : IAudioEncoder, IAudioDecoder
    {
        public int Encode(ReadOnlySpan<short> samples, Span<byte> into)
        {
            for (int i = 0; i < samples.Length; i++) BinaryPrimitives.WriteInt16BigEndian(into[(2 * i)..], samples[i]);
            return 2 * samples.Length;
        }

        public int Decode(ReadOnlySpan<byte> payload, Span<short> into)
        {
            int count = payload.Length / 2;
            for (int i = 0; i < count; i++) into[i] = BinaryPrimitives.ReadInt16BigEndian(payload[(2 * i)..]);
            return count;
        }
    }
}
