using System.Buffers.Binary;
using System.Security.Cryptography;
using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>Session keys of one direction and what is done with them to one packet. Knows nothing of order or sources.</summary>
internal abstract class SrtpCipher
{
    /// <summary>What a protected packet is longer by, at most: GCM's tag, and the index of RTCP.</summary>
    public const int MostBytes = 16 + ControlIndexBytes;
    /// <summary>Type, length and source of an RTCP packet stay readable.</summary>
    protected const int ControlHeaderBytes = 8;
    protected const int ControlIndexBytes = 4;
    protected const uint EncryptedFlag = 0x8000_0000;

    // RFC 3711 section 4.3.2
    internal enum Label : byte { RtpEncryption, RtpAuthentication, RtpSalt, RtcpEncryption, RtcpAuthentication, RtcpSalt }

    /// <summary>What RTCP is longer by.</summary>
    protected abstract int ControlBytes { get; }

    public static SrtpCipher Create(MediaKey key) => key.Suite switch
    {
        CryptoSuite.AeadAes128Gcm or CryptoSuite.AeadAes256Gcm => new GcmSrtpCipher(key),
        CryptoSuite.AesCm128HmacSha1Tag32 or CryptoSuite.AesCm256HmacSha1Tag32 => new CounterSrtpCipher(key, tagBytes: 4),
        _ => new CounterSrtpCipher(key, tagBytes: 10),
    };

    /// <summary>Encrypts the payload of <c>packet[..length]</c> in place and appends the tag.</summary>
    /// <param name="clear">Bytes of the header, extension included.</param>
    /// <returns>The new length.</returns>
    public abstract int Seal(Span<byte> packet, int clear, int length, uint source, long index);

    /// <summary>Checks the packet and leaves it without tag in <paramref name="into"/>. False leaves nothing useful there.</summary>
    public abstract bool TryOpen(ReadOnlySpan<byte> packet, int clear, uint source, long index, Span<byte> into, out int length);

    /// <summary>What of a packet stands behind its master key identifier, if it has one (RFC 3711 sections 3.1 and 3.4).</summary>
    public abstract int BehindIdentifier(bool isControl);

    /// <returns>The new length.</returns>
    public abstract int SealControl(Span<byte> packet, int length, uint source, uint index);

    public abstract bool TryOpenControl(ReadOnlySpan<byte> packet, uint source, uint index, Span<byte> into, out int length);

    /// <summary>The index that an SRTCP packet claims to have; null when it is too short.</summary>
    public uint? ControlIndex(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < ControlHeaderBytes + ControlBytes) return null;
        return ReadControlIndex(packet) & ~EncryptedFlag;
    }

    protected abstract uint ReadControlIndex(ReadOnlySpan<byte> packet);

    /// <summary>RFC 3711 section 4.3.1 with a key derivation rate of zero; by a long key the same (RFC 6188 section 3).</summary>
    internal static void Derive(AesCounter master, MediaKey key, Label label, Span<byte> into)
    {
        into.Clear();
        master.Apply(key.Salt ^ (UInt128)(byte)label << 64, into);
    }

    protected static UInt128 DeriveBlock(AesCounter master, MediaKey key, Label label, int bytes)
    {
        Span<byte> block = stackalloc byte[AesCounter.BlockBytes];
        block.Clear();
        Derive(master, key, label, block[..bytes]);
        return BinaryPrimitives.ReadUInt128BigEndian(block);
    }

    /// <summary>What the keys of the session are derived by.</summary>
    protected static AesCounter MasterOf(MediaKey key)
    {
        Span<byte> octets = stackalloc byte[MediaKey.MostBytes];
        key.Write(octets);
        var master = CounterOf(octets[..MediaKey.KeyBytes(key.Suite)]);
        CryptographicOperations.ZeroMemory(octets);
        return master;
    }

    /// <summary>By a key of the session that encrypts.</summary>
    protected static AesCounter DeriveCounter(AesCounter master, MediaKey key, Label label)
    {
        Span<byte> octets = stackalloc byte[AesCounter.MostKeyBytes];
        octets = octets[..MediaKey.KeyBytes(key.Suite)];
        Derive(master, key, label, octets);
        var counter = CounterOf(octets);
        CryptographicOperations.ZeroMemory(octets);
        return counter;
    }

    protected static AesCounter CounterOf(ReadOnlySpan<byte> key)
    {
        var counter = AesCounter.Create();
        counter.SetKey(key);
        return counter;
    }
}
