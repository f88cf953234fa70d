using System.Buffers.Binary;
using System.Security.Cryptography;
using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>AES in counter mode with HMAC-SHA1 (RFC 3711 sections 4.1.1 and 4.2.1, RFC 6188).</summary>
internal sealed class CounterSrtpCipher : SrtpCipher
{
    /// <summary>RTCP's tag is long in all suites (RFC 4568 section 6.2.2).</summary>
    private const int ControlTagBytes = 10;
    private const int SaltBytes = 14, AuthenticationKeyBytes = 20, RolloverBytes = 4;

    private readonly int _tagBytes;
    private readonly AesCounter _rtp, _rtcp;
    private readonly UInt128 _rtpSalt, _rtcpSalt;
    private readonly HmacSha1 _rtpTag = new(), _rtcpTag = new();

    public CounterSrtpCipher(MediaKey key, int tagBytes)
    {
        _tagBytes = tagBytes;
        var master = MasterOf(key);
        (_rtp, _rtcp) = (DeriveCounter(master, key, Label.RtpEncryption), DeriveCounter(master, key, Label.RtcpEncryption));
        (_rtpSalt, _rtcpSalt) = (DeriveBlock(master, key, Label.RtpSalt, SaltBytes), DeriveBlock(master, key, Label.RtcpSalt, SaltBytes));
        Span<byte> authentication = stackalloc byte[AuthenticationKeyBytes];
        Derive(master, key, Label.RtpAuthentication, authentication);
        _rtpTag.SetKey(authentication);
        Derive(master, key, Label.RtcpAuthentication, authentication);
        _rtcpTag.SetKey(authentication);
        CryptographicOperations.ZeroMemory(authentication);
    }

    protected override int ControlBytes => ControlIndexBytes + ControlTagBytes;

    public override int Seal(Span<byte> packet, int clear, int length, uint source, long index)
    {
        _rtp.Apply(Start(_rtpSalt, source, index), packet[clear..length]);
        Span<byte> tag = stackalloc byte[HmacSha1.TagBytes];
        Tag(packet[..length], index, tag);
        tag[.._tagBytes].CopyTo(packet[length..]);
        return length + _tagBytes;
    }

    public override bool TryOpen(ReadOnlySpan<byte> packet, int clear, uint source, long index, Span<byte> into, out int length)
    {
        length = packet.Length - _tagBytes;
        if (length < clear || length > into.Length) return false;
        Span<byte> tag = stackalloc byte[HmacSha1.TagBytes];
        Tag(packet[..length], index, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[.._tagBytes], packet[length..])) return false;
        packet[..length].CopyTo(into);
        _rtp.Apply(Start(_rtpSalt, source, index), into[clear..length]);
        return true;
    }

    public override int BehindIdentifier(bool isControl) => isControl ? ControlTagBytes : _tagBytes;

    public override int SealControl(Span<byte> packet, int length, uint source, uint index)
    {
        _rtcp.Apply(Start(_rtcpSalt, source, index), packet[ControlHeaderBytes..length]);
        BinaryPrimitives.WriteUInt32BigEndian(packet[length..], index | EncryptedFlag);
        length += ControlIndexBytes;
        Span<byte> tag = stackalloc byte[HmacSha1.TagBytes];
        _rtcpTag.Compute(packet[..length], default, tag);
        tag[..ControlTagBytes].CopyTo(packet[length..]);
        return length + ControlTagBytes;
    }

    public override bool TryOpenControl(ReadOnlySpan<byte> packet, uint source, uint index, Span<byte> into, out int length)
    {
        length = packet.Length - ControlBytes;
        if (length < ControlHeaderBytes || length > into.Length) return false;
        Span<byte> tag = stackalloc byte[HmacSha1.TagBytes];
        _rtcpTag.Compute(packet[..^ControlTagBytes], default, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag[..ControlTagBytes], packet[^ControlTagBytes..])) return false;
        packet[..length].CopyTo(into);
        // A peer may authenticate RTCP without encrypting it (section 3.4).
        if ((ReadControlIndex(packet) & EncryptedFlag) != 0) _rtcp.Apply(Start(_rtcpSalt, source, index), into[ControlHeaderBytes..length]);
        return true;
    }

    protected override uint ReadControlIndex(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt32BigEndian(packet[^ControlBytes..]);

    private void Tag(ReadOnlySpan<byte> packet, long index, Span<byte> tag)
    {
        Span<byte> rollover = stackalloc byte[RolloverBytes];
        BinaryPrimitives.WriteUInt32BigEndian(rollover, (uint)(index >> 16));
        _rtpTag.Compute(packet, rollover, tag);
    }

    private static UInt128 Start(UInt128 salt, uint source, long index) => salt ^ (UInt128)source << 64 ^ (UInt128)index << 16;
}
