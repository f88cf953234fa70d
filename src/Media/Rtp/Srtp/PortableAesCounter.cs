using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ringwright.Media.Rtp;

/// <summary>
/// By the framework's AES, for processors without instructions of their own that we know:
/// all blocks of a packet in one call, on a context that lives on.
/// </summary>
internal sealed class PortableAesCounter : AesCounter
{
    /// <summary>Blocks of one call; a packet of 1500 bytes.</summary>
    private const int Blocks = 94;

    private readonly byte[] _counters = new byte[Blocks * BlockBytes], _stream = new byte[Blocks * BlockBytes];
    private ICryptoTransform? _cipher;

    public override void SetKey(ReadOnlySpan<byte> key)
    {
        _cipher?.Dispose();
        byte[] bytes = key.ToArray();
        using var aes = Aes.Create();
        (aes.Mode, aes.Padding) = (CipherMode.ECB, PaddingMode.None);
        _cipher = aes.CreateEncryptor(bytes, null);
        CryptographicOperations.ZeroMemory(bytes);
    }

    public override void Apply(UInt128 counter, Span<byte> data)
    {
        if (_cipher is not { } cipher) throw new InvalidOperationException("No key is set.");
        while (!data.IsEmpty)
        {
            int blocks = Math.Min(Blocks, (data.Length + BlockBytes - 1) / BlockBytes);
            for (int i = 0; i < blocks; i++) BinaryPrimitives.WriteUInt128BigEndian(_counters.AsSpan(i * BlockBytes), counter++);
            cipher.TransformBlock(_counters, 0, blocks * BlockBytes, _stream, 0);
            int take = Math.Min(data.Length, blocks * BlockBytes);
            for (int i = 0; i < take; i++) data[i] ^= _stream[i];
            data = data[take..];
        }
    }
}
