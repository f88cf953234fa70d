namespace Ringwright.Media.Rtp;

/// <summary>AES in counter mode: all of AES that SRTP needs. Keeps one key and allocates nothing once that is set.</summary>
internal abstract class AesCounter
{
    public const int BlockBytes = 16, MostKeyBytes = 32;

    public static AesCounter Create() => NativeAesCounter.IsSupported ? new NativeAesCounter() : new PortableAesCounter();

    /// <param name="key">Of 128 or of 256 bits.</param>
    public abstract void SetKey(ReadOnlySpan<byte> key);

    /// <summary>
    /// XORs the key stream over the data; the first block of the stream is the encrypted
    /// <paramref name="counter"/>, each further one counts up.
    /// </summary>
    public abstract void Apply(UInt128 counter, Span<byte> data);

    /// <summary>One encrypted block.</summary>
    public UInt128 Encrypt(UInt128 block)
    {
        Span<byte> bytes = stackalloc byte[BlockBytes];
        bytes.Clear();
        Apply(block, bytes);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
