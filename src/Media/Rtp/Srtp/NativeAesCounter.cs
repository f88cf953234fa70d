using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using X86Aes = System.Runtime.Intrinsics.X86.Aes;

namespace Ringwright.Media.Rtp;

/// <summary>By the processor's AES instructions, four blocks at a time: a packet of G.711 costs about 40 ns.</summary>
internal sealed class NativeAesCounter : AesCounter
{
    private const int Rounds = 10, LongRounds = 14, Lanes = 4;

    private readonly Vector128<byte>[] _keys = new Vector128<byte>[LongRounds + 1];
    private int _rounds;

    public static bool IsSupported => X86Aes.IsSupported;

    /// <summary>FIPS 197 section 5.2; the round constants must be literals of the instruction.</summary>
    public override void SetKey(ReadOnlySpan<byte> key)
    {
        var k = Vector128.Create<byte>(key[..BlockBytes]);
        if (key.Length > BlockBytes)
        {
            SetLongKey(k, Vector128.Create<byte>(key[BlockBytes..]));
            return;
        }
        _rounds = Rounds;
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
        var (keys, rounds) = (_keys, _rounds);
        while (data.Length >= Lanes * BlockBytes)
        {
            var blocks = MemoryMarshal.Cast<byte, Vector128<byte>>(data);
            var (a, b, c, d) = (Block(counter) ^ keys[0], Block(counter + 1) ^ keys[0], Block(counter + 2) ^ keys[0],
                Block(counter + 3) ^ keys[0]);
            for (int round = 1; round < rounds; round++)
            {
                var key = keys[round];
                (a, b, c, d) = (X86Aes.Encrypt(a, key), X86Aes.Encrypt(b, key), X86Aes.Encrypt(c, key), X86Aes.Encrypt(d, key));
            }
            blocks[0] ^= X86Aes.EncryptLast(a, keys[rounds]);
            blocks[1] ^= X86Aes.EncryptLast(b, keys[rounds]);
            blocks[2] ^= X86Aes.EncryptLast(c, keys[rounds]);
            blocks[3] ^= X86Aes.EncryptLast(d, keys[rounds]);
            counter += Lanes;
            data = data[(Lanes * BlockBytes)..];
        }
        Span<byte> last = stackalloc byte[BlockBytes];
        for (; !data.IsEmpty; counter++)
        {
            var block = Block(counter) ^ keys[0];
            for (int round = 1; round < rounds; round++) block = X86Aes.Encrypt(block, keys[round]);
            X86Aes.EncryptLast(block, keys[rounds]).CopyTo(last);
            int take = Math.Min(BlockBytes, data.Length);
            for (int i = 0; i < take; i++) data[i] ^= last[i];
            data = data[take..];
        }
    }

    /// <summary>Two keys at a time, of which the second is made without rotation and constant.</summary>
    private void SetLongKey(Vector128<byte> first, Vector128<byte> second)
    {
        _rounds = LongRounds;
        (_keys[0], _keys[1]) = (first, second);
        AddTwo(2, X86Aes.KeygenAssist(_keys[1], 0x01));
        AddTwo(4, X86Aes.KeygenAssist(_keys[3], 0x02));
        AddTwo(6, X86Aes.KeygenAssist(_keys[5], 0x04));
        AddTwo(8, X86Aes.KeygenAssist(_keys[7], 0x08));
        AddTwo(10, X86Aes.KeygenAssist(_keys[9], 0x10));
        AddTwo(12, X86Aes.KeygenAssist(_keys[11], 0x20));
        _keys[14] = Next(_keys[12], X86Aes.KeygenAssist(_keys[13], 0x40));

        void AddTwo(int at, Vector128<byte> assist)
        {
            _keys[at] = Next(_keys[at - 2], assist);
            _keys[at + 1] = Next(_keys[at - 1], X86Aes.KeygenAssist(_keys[at], 0x00).AsUInt32()[2]);
        }
    }

    private static Vector128<byte> Block(UInt128 counter) =>
        Vector128.Create(BinaryPrimitives.ReverseEndianness((ulong)(counter >> 64)), BinaryPrimitives.ReverseEndianness((ulong)counter))
            .AsByte();

    private static Vector128<byte> Next(Vector128<byte> key, Vector128<byte> assist) => Next(key, assist.AsUInt32()[3]);

    private static Vector128<byte> Next(Vector128<byte> key, uint word)
    {
        var k = key.AsUInt32();
        uint a = k[0] ^ word, b = k[1] ^ a, c = k[2] ^ b;
        return Vector128.Create(a, b, c, k[3] ^ c).AsByte();
    }
}
