using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ringwright.Media.Rtp;

/// <summary>
/// HMAC-SHA1 (RFC 2104, FIPS 180-4) with the key's two blocks hashed in advance: a tag costs what its packet's bytes cost and one block
/// more. The framework's class sets a context up for each tag, which takes longer than the hash itself.
/// </summary>
internal sealed class HmacSha1
{
    public const int TagBytes = 20;
    private const int BlockBytes = 64, LengthBytes = 8;

    private Digest _inner, _outer;

    /// <param name="key">At most one block.</param>
    public void SetKey(ReadOnlySpan<byte> key)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        (_inner, _outer) = (Pad(block, key, 0x36), Pad(block, key, 0x5C));
        block.Clear();

        static Digest Pad(Span<byte> block, ReadOnlySpan<byte> key, byte with)
        {
            block.Fill(with);
            for (int i = 0; i < key.Length; i++) block[i] ^= key[i];
            var digest = Digest.Start;
            digest.Add(block);
            return digest;
        }
    }

    /// <summary>The tag of both parts, one behind the other.</summary>
    /// <param name="second">Less than a block.</param>
    public void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> tag)
    {
        var digest = _inner;
        int length = first.Length + second.Length;
        for (; first.Length >= BlockBytes; first = first[BlockBytes..]) digest.Add(first);

        // What is left, the end mark and the length fill two or three blocks.
        Span<byte> tail = stackalloc byte[3 * BlockBytes];
        tail.Clear();
        first.CopyTo(tail);
        second.CopyTo(tail[first.Length..]);
        int at = first.Length + second.Length;
        tail[at++] = 0x80;
        int end = (at + LengthBytes + BlockBytes - 1) / BlockBytes * BlockBytes;
        BinaryPrimitives.WriteUInt64BigEndian(tail[(end - LengthBytes)..], 8 * (ulong)(BlockBytes + length));
        for (at = 0; at < end; at += BlockBytes) digest.Add(tail[at..]);

        var last = tail[..BlockBytes];
        last.Clear();
        digest.Write(last);
        last[TagBytes] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(last[(BlockBytes - LengthBytes)..], 8 * (BlockBytes + TagBytes));
        var outer = _outer;
        outer.Add(last);
        outer.Write(tag);
    }

    /// <summary>The five words of SHA-1 between two blocks.</summary>
    private struct Digest
    {
        private uint _a, _b, _c, _d, _e;

        public static Digest Start => new() { _a = 0x67452301, _b = 0xEFCDAB89, _c = 0x98BADCFE, _d = 0x10325476, _e = 0xC3D2E1F0 };

        public readonly void Write(Span<byte> into)
        {
            BinaryPrimitives.WriteUInt32BigEndian(into, _a);
            BinaryPrimitives.WriteUInt32BigEndian(into[4..], _b);
            BinaryPrimitives.WriteUInt32BigEndian(into[8..], _c);
            BinaryPrimitives.WriteUInt32BigEndian(into[12..], _d);
            BinaryPrimitives.WriteUInt32BigEndian(into[16..], _e);
        }

        /// <summary>FIPS 180-4 section 6.1.2</summary>
        public void Add(ReadOnlySpan<byte> block)
        {
            Span<uint> words = stackalloc uint[80];
            for (int t = 0; t < 16; t++) words[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]);
            for (int t = 16; t < 80; t++)
                words[t] = BitOperations.RotateLeft(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);

            var (a, b, c, d, e) = (_a, _b, _c, _d, _e);
            // Four loops in place of one with a choice in it: half the time.
            foreach (uint word in words[..20]) Turn((d ^ (b & (c ^ d))) + 0x5A827999 + word);
            foreach (uint word in words[20..40]) Turn((b ^ c ^ d) + 0x6ED9EBA1 + word);
            foreach (uint word in words[40..60]) Turn(((b & c) | (d & (b | c))) + 0x8F1BBCDC + word);
            foreach (uint word in words[60..]) Turn((b ^ c ^ d) + 0xCA62C1D6 + word);
            (_a, _b, _c, _d, _e) = (_a + a, _b + b, _c + c, _d + d, _e + e);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            void Turn(uint mixed)
            {
                uint next = BitOperations.RotateLeft(a, 5) + mixed + e;
                (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
            }
        }
    }
}
