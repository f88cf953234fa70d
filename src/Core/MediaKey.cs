using System.Buffers.Binary;

namespace Ringwright.Core;

/// <summary>What protects the packets of a stream (RFC 3711, RFC 7714, RFC 6188).</summary>
public enum CryptoSuite
{
    AesCm128HmacSha1Tag80, AesCm128HmacSha1Tag32, AeadAes128Gcm, AesCm256HmacSha1Tag80, AesCm256HmacSha1Tag32, AeadAes256Gcm
}

/// <summary>
/// Master key and salt of one direction. <paramref name="Key"/> is the key, or the first half of one of 256 bits. The salt's octets (14, or
/// 12 for GCM) are the leading ones of <paramref name="Salt"/>, zeros follow. Never written to a log: its text says the suite only.
/// </summary>
public readonly record struct MediaKey(CryptoSuite Suite, UInt128 Key, UInt128 Salt)
{
    private const int HalfBytes = 16;

    /// <summary>The longest key and its salt.</summary>
    public const int MostBytes = 2 * HalfBytes + 14;

    /// <summary>The second half of a key of 256 bits; zero where there is none.</summary>
    public UInt128 KeyRest { get; init; }

    /// <summary>So many bytes of its packets are a master key identifier (RFC 3711 section 3.1), if their sender keeps his word.</summary>
    public byte IdentifierBytes { get; init; }

    /// <summary>Of the master key, and of the session keys that encrypt.</summary>
    public static int KeyBytes(CryptoSuite suite) => suite switch
    {
        CryptoSuite.AesCm256HmacSha1Tag80 or CryptoSuite.AesCm256HmacSha1Tag32 or CryptoSuite.AeadAes256Gcm => 2 * HalfBytes,
        _ => HalfBytes,
    };

    /// <summary>14 octets (RFC 4568 section 6.2, RFC 6188), 12 for GCM (RFC 7714 section 14.1).</summary>
    public static int SaltBytes(CryptoSuite suite) => suite is CryptoSuite.AeadAes128Gcm or CryptoSuite.AeadAes256Gcm ? 12 : 14;

    /// <summary>From the octets of the key, then those of the salt, as SDP has them; what stands behind them is passed over.</summary>
    public static MediaKey Read(CryptoSuite suite, ReadOnlySpan<byte> octets)
    {
        int length = KeyBytes(suite);
        Span<byte> whole = stackalloc byte[3 * HalfBytes];
        whole.Clear();
        octets[..length].CopyTo(whole);
        octets.Slice(length, SaltBytes(suite)).CopyTo(whole[(2 * HalfBytes)..]);
        return new(suite, BinaryPrimitives.ReadUInt128BigEndian(whole), BinaryPrimitives.ReadUInt128BigEndian(whole[(2 * HalfBytes)..]))
        {
            KeyRest = BinaryPrimitives.ReadUInt128BigEndian(whole[HalfBytes..]),
        };
    }

    /// <summary>Its octets, as <see cref="Read"/> takes them.</summary>
    /// <returns>How many there are.</returns>
    public int Write(Span<byte> into)
    {
        int key = KeyBytes(Suite), salt = SaltBytes(Suite);
        Span<byte> whole = stackalloc byte[3 * HalfBytes];
        BinaryPrimitives.WriteUInt128BigEndian(whole, Key);
        BinaryPrimitives.WriteUInt128BigEndian(whole[HalfBytes..], KeyRest);
        BinaryPrimitives.WriteUInt128BigEndian(whole[(2 * HalfBytes)..], Salt);
        whole[..key].CopyTo(into);
        whole.Slice(2 * HalfBytes, salt).CopyTo(into[key..]);
        return key + salt;
    }

    public override string ToString() => Suite.ToString();
}

/// <summary>Both directions of an encrypted stream, seen from us.</summary>
public readonly record struct MediaKeys(MediaKey Send, MediaKey Receive);
