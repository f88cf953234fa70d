using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Ringwright.Media.Rtp;

/// <summary>By the processor's AES instructions, four blocks at a time: a packet of G.711 costs about 40 ns.</summary>
internal sealed class NativeAesCounter : AesCounter
{
    private const int Rounds = 10, Lanes = 4;

    private readonly Vector128<byte>[] _keys = new Vector128<byte>[Rounds + 1];

    public static bool IsSupported => X86Aes.IsSupported;

    /// <summary>FIPS 197 section 5.2; the round constants must be literals of the instruction.</summary>
    public override void SetKey(UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[BlockBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        var k = Vector128.Create<byte>(bytes);
        _keys[0] = k;
        _keys[1] = k = Next(k, X86Aes.KeygenAssist(k, 0x01));
        _keys[2] = k = Next(k, X86Aes.KeygenAssist(k, 0x02));
        _keys[3] = k = Next(k, X86Aes.KeygenAssist(k, 0x04));
        _keys[4] = k = Next(k, X86Aes.KeygenAssist(k, 0x08));
        _keys[5] = k = Next(k, X86Aes.KeygenAssist(k, 0x10));
        _keys[6] = k = Next(k, X86Aes.KeygenAssist(k, 0x20));
        _keys[7] = k = Next(k, X86Aes.KeygenAssist(k, 0x40));
        _keys[8] = k = Next(k, X86Aes.KeygenAssist(k, 0x80));
        _keys[9] = k = Next(k, X86Aes.KeygenAssist(k, 0x1B));
        _keys[10] = Next(k, X86Aes.KeygenAssist(k, 0x36));
    }

    public override void Apply(UInt128 counter, Span<byte> data)
    {
        var keys = _keys;
        while (data.Length >= Lanes * BlockBytes)
        {
            var blocks = MemoryMarshal.Cast<byte, Vector128<byte>>(data);
            var (a, b, c, d) = (Block(counter) ^ keys[0], Block(counter + 1) ^ keys[0], Block(counter + 2) ^ keys[0],
                Block(counter + 3) ^ keys[0]);
            for (int round = 1; round < Rounds; round++)
            {
                var key = keys[round];
                (a, b, c, d) = (X86Aes.Encrypt(a, key), X86Aes.Encrypt(b, key), X86Aes.Encrypt(c, key), X86Aes.Encrypt(d, key));
            }
            blocks[0] ^= X86Aes.EncryptLast(a, keys[Rounds]);
            blocks[1] ^= X86Aes.EncryptLast(b, keys[Rounds]);
            blocks[2] ^= X86Aes.EncryptLast(c, keys[Rounds]);
            blocks[3] ^= X86Aes.EncryptLast(d, keys[Rounds]);
            counter += Lanes;
            data = data[(Lanes * BlockBytes)..];
        }
        Span<byte> last = stackalloc byte[BlockBytes];
        for (; !data.IsEmpty; counter++)
        {
            var block = Block(counter) ^ keys[0];
            for (int round = 1; round < Rounds; round++) block = X86Aes.Encrypt(block, keys[round]);
            X86Aes.EncryptLast(block, keys[Rounds]).CopyTo(last);
            int take = Math.Min(BlockBytes, data.Length);
            for (int i = 0; i < take; i++) data[i] ^= last[i];
            data = data[take..];
        }
    }

    private static Vector128<byte> Block(UInt128 counter) =>
        Vector128.Create(BinaryPrimitives.ReverseEndianness((ulong)(counter >> 64)), BinaryPrimitives.ReverseEndianness((ulong)counter))
            .AsByte();

    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist)
    {
        var k = key.AsUInt32();
        uint word = assist.AsUInt32()[3];
        uint a = k[0] ^ word, b = k[1] ^ a, c = k[2] ^ b;
        return Vector128.Create(a, b, c, k[3] ^ c).AsByte();
    }
}
