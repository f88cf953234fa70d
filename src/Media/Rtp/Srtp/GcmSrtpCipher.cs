using System.Buffers.Binary;
using System.Security.Cryptography;
using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>AES in Galois/counter mode with a tag of 16 octets (RFC 7714).</summary>
internal sealed class GcmSrtpCipher : SrtpCipher
{
    private const int TagBytes = 16, SaltBytes = 12;

    private readonly AesCounter _rtp, _rtcp;
    private readonly UInt128 _rtpSalt, _rtcpSalt;
    private readonly Ghash _rtpHash, _rtcpHash;

    /// <summary>Session keys and salts come from the same derivation as in RFC 3711, or RFC 6188 (RFC 7714 section 11).</summary>
    public GcmSrtpCipher(MediaKey key)
    {
        var master = MasterOf(key);
        (_rtp, _rtcp) = (DeriveCounter(master, key, Label.RtpEncryption), DeriveCounter(master, key, Label.RtcpEncryption));
        (_rtpSalt, _rtcpSalt) = (DeriveBlock(master, key, Label.RtpSalt, SaltBytes), DeriveBlock(master, key, Label.RtcpSalt, SaltBytes));
        (_rtpHash, _rtcpHash) = (new(_rtp.Encrypt(0)), new(_rtcp.Encrypt(0)));
    }

    /// <summary>From session keys, as the RFC's examples have them; RTP and RTCP share them.</summary>
    internal GcmSrtpCipher(ReadOnlySpan<byte> sessionKey, UInt128 sessionSalt)
    {
        _rtp = _rtcp = CounterOf(sessionKey);
        _rtpSalt = _rtcpSalt = sessionSalt;
        _rtpHash = _rtcpHash = new(_rtp.Encrypt(0));
    }

    protected override int ControlBytes => ControlIndexBytes + TagBytes;

    public override int Seal(Span<byte> packet, int clear, int length, uint source, long index)
    {
        var start = Start(_rtpSalt, source, index);
        _rtp.Apply(start + 1, packet[clear..length]);
        Tag(_rtp, _rtpHash, start, packet[..clear], default, packet[clear..length], packet[length..]);
        return length + TagBytes;
    }

    public override bool TryOpen(ReadOnlySpan<byte> packet, int clear, uint source, long index, Span<byte> into, out int length)
    {
        length = packet.Length - TagBytes;
        if (length < clear || length > into.Length) return false;
        var start = Start(_rtpSalt, source, index);
        Span<byte> tag = stackalloc byte[TagBytes];
        Tag(_rtp, _rtpHash, start, packet[..clear], default, packet[clear..length], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, packet[length..])) return false;
        packet[..length].CopyTo(into);
        _rtp.Apply(start + 1, into[clear..length]);
        return true;
    }

    /// <summary>The tag is in the ciphertext (RFC 7714).</summary>
    public override int BehindIdentifier(bool isControl) => 0;

    public override int SealControl(Span<byte> packet, int length, uint source, uint index)
    {
        var start = Start(_rtcpSalt, source, index);
        Span<byte> trailer = stackalloc byte[ControlIndexBytes];
        BinaryPrimitives.WriteUInt32BigEndian(trailer, index | EncryptedFlag);
        _rtcp.Apply(start + 1, packet[ControlHeaderBytes..length]);
        Tag(_rtcp, _rtcpHash, start, packet[..ControlHeaderBytes], trailer, packet[ControlHeaderBytes..length], packet[length..]);
        trailer.CopyTo(packet[(length + TagBytes)..]);
        return length + ControlBytes;
    }

    /// <summary>RTCP that is not encrypted is authenticated as a whole (RFC 7714 section 9.3).</summary>
    public override bool TryOpenControl(ReadOnlySpan<byte> packet, uint source, uint index, Span<byte> into, out int length)
    {
        length = packet.Length - ControlBytes;
        if (length < ControlHeaderBytes || length > into.Length) return false;
        var start = Start(_rtcpSalt, source, index);
        bool isEncrypted = (ReadControlIndex(packet) & EncryptedFlag) != 0;
        int clear = isEncrypted ? ControlHeaderBytes : length;
        Span<byte> tag = stackalloc byte[TagBytes];
        Tag(_rtcp, _rtcpHash, start, packet[..clear], packet[^ControlIndexBytes..], packet[clear..length], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, packet.Slice(length, TagBytes))) return false;
        packet[..length].CopyTo(into);
        if (isEncrypted) _rtcp.Apply(start + 1, into[clear..length]);
        return true;
    }

    protected override uint ReadControlIndex(ReadOnlySpan<byte> packet) =>
        BinaryPrimitives.ReadUInt32BigEndian(packet[^ControlIndexBytes..]);

    /// <param name="trailer">Clear octets that are authenticated behind <paramref name="clear"/>;
    /// their sum fills whole words, not blocks.</param>
    private static void Tag(AesCounter aes, Ghash hash, UInt128 start, ReadOnlySpan<byte> clear, ReadOnlySpan<byte> trailer,
        ReadOnlySpan<byte> secret, Span<byte> into)
    {
        if (trailer.IsEmpty) hash.Add(clear);
        else
        {
            int whole = clear.Length / AesCounter.BlockBytes * AesCounter.BlockBytes;
            Span<byte> rest = stackalloc byte[2 * AesCounter.BlockBytes];
            clear[whole..].CopyTo(rest);
            trailer.CopyTo(rest[(clear.Length - whole)..]);
            hash.Add(clear[..whole]);
            hash.Add(rest[..(clear.Length - whole + trailer.Length)]);
        }
        hash.Add(secret);
        hash.AddLengths(clear.Length + trailer.Length, secret.Length);
        BinaryPrimitives.WriteUInt128BigEndian(into, hash.Value ^ aes.Encrypt(start));
    }

    /// <summary>The first counter block: the nonce of 12 octets (sections 8.1 and 9.1) and a 1.</summary>
    private static UInt128 Start(UInt128 salt, uint source, long index) => (salt ^ (UInt128)source << 80 ^ (UInt128)index << 32) | 1;
}
