using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ringwright.Media.Rtp;

/// <summary>
/// The hash of GCM (NIST SP 800-38D section 6.4). The framework's AesGcm throws on every forged packet, at some 20 µs each:
/// a flood of them would hold up the tick. Multiplication is by the processor's carry-less instruction, else by integer products with gaps
/// between the bits, which also takes the same time for all values.
/// </summary>
internal struct Ghash(UInt128 key, bool isPortable = false)
{
    private const int BlockBytes = 16;

    private readonly ulong _high = (ulong)(key >> 64), _low = (ulong)key;
    private readonly bool _isPortable = isPortable || !Pclmulqdq.IsSupported;
    private ulong _y1, _y0;

    public readonly UInt128 Value => new(_y1, _y0);

    /// <summary>A run of octets, filled up with zeros to whole blocks.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        for (; data.Length >= BlockBytes; data = data[BlockBytes..]) Add(BinaryPrimitives.ReadUInt128BigEndian(data));
        if (data.IsEmpty) return;
        Span<byte> last = stackalloc byte[BlockBytes];
        last.Clear();
        data.CopyTo(last);
        Add(BinaryPrimitives.ReadUInt128BigEndian(last));
    }

    /// <summary>Both parts' lengths in bits.</summary>
    public void AddLengths(int clearBytes, int sealedBytes) => Add(new UInt128(8 * (ulong)clearBytes, 8 * (ulong)sealedBytes));

    private void Add(UInt128 block)
    {
        ulong y1 = _y1 ^ (ulong)(block >> 64), y0 = _y0 ^ (ulong)block;

        // Karatsuba: three products of 64 bits make one of 128.
        var (highHigh, highLow) = Multiply(y1, _high);
        var (lowHigh, lowLow) = Multiply(y0, _low);
        var (middleHigh, middleLow) = Multiply(y1 ^ y0, _high ^ _low);
        middleHigh ^= highHigh ^ lowHigh;
        middleLow ^= highLow ^ lowLow;

        // GCM's bits run the other way, so the product stands one place too low; then reduction by x^128 + x^7 + x^2 + x + 1, mirrored.
        ulong v0 = lowLow, v1 = lowHigh ^ middleLow, v2 = highLow ^ middleHigh, v3 = highHigh;
        v3 = v3 << 1 | v2 >> 63;
        v2 = v2 << 1 | v1 >> 63;
        v1 = v1 << 1 | v0 >> 63;
        v0 <<= 1;
        v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7;
        v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57;
        v3 ^= v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7;
        v2 ^= v1 << 63 ^ v1 << 62 ^ v1 << 57;
        (_y1, _y0) = (v3, v2);
    }

    private readonly (ulong High, ulong Low) Multiply(ulong a, ulong b)
    {
        if (_isPortable) return (Reverse(MultiplyLow(Reverse(a), Reverse(b))) >> 1, MultiplyLow(a, b));
        var product = Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(a), Vector128.CreateScalar(b), 0);
        return (product[1], product[0]);
    }

    /// <summary>
    /// The lower half: every fourth bit at a time, so that sums of an integer product do not reach the next one (T. Pornin's method).
    /// </summary>
    private static ulong MultiplyLow(ulong a, ulong b)
    {
        const ulong m0 = 0x1111111111111111, m1 = m0 << 1, m2 = m0 << 2, m3 = m0 << 3;
        var (a0, a1, a2, a3) = (a & m0, a & m1, a & m2, a & m3);
        var (b0, b1, b2, b3) = (b & m0, b & m1, b & m2, b & m3);
        unchecked
        {
            return ((a0 * b0 ^ a1 * b3 ^ a2 * b2 ^ a3 * b1) & m0)
                | ((a0 * b1 ^ a1 * b0 ^ a2 * b3 ^ a3 * b2) & m1)
                | ((a0 * b2 ^ a1 * b1 ^ a2 * b0 ^ a3 * b3) & m2)
                | ((a0 * b3 ^ a1 * b2 ^ a2 * b1 ^ a3 * b0) & m3);
        }
    }

    private static ulong Reverse(ulong x)
    {
        x = (x & 0x5555555555555555) << 1 | x >> 1 & 0x5555555555555555;
        x = (x & 0x3333333333333333) << 2 | x >> 2 & 0x3333333333333333;
        x = (x & 0x0F0F0F0F0F0F0F0F) << 4 | x >> 4 & 0x0F0F0F0F0F0F0F0F;
        return BinaryPrimitives.ReverseEndianness(x);
    }
}
