namespace Ringwright.Core;

/// <summary>What protects the packets of a stream (RFC 3711, RFC 7714).</summary>
public enum CryptoSuite { AesCm128HmacSha1Tag80, AesCm128HmacSha1Tag32, AeadAes128Gcm }

/// <summary>
/// Master key and salt of one direction. The salt's octets (14, or 12 for GCM) are the leading ones of <paramref name="Salt"/>,
/// zeros follow. Never written to a log: its text says the suite only.
/// </summary>
public readonly record struct MediaKey(CryptoSuite Suite, UInt128 Key, UInt128 Salt)
{
    /// <summary>So many bytes of its packets are a master key identifier (RFC 3711 section 3.1), if their sender keeps his word.</summary>
    public byte IdentifierBytes { get; init; }

    public override string ToString() => Suite.ToString();
}

/// <summary>Both directions of an encrypted stream, seen from us.</summary>
public readonly record struct MediaKeys(MediaKey Send, MediaKey Receive);
