using System.Buffers.Binary;
using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>
/// Our side of an encrypted stream: one source, its roll-over counter, and the index of its RTCP. The same key keeps them;
/// another one begins anew (RFC 4568 section 7.1.4).
/// </summary>
public sealed class SrtpProtector
{
    /// <summary>
    /// RFC 3711 section 9.2: no more packets under one key. Twenty thousand years of one call, so the stream just falls silent.
    /// </summary>
    private const long LastIndex = (1L << 48) - 1;
    private const uint ControlIndices = 0x7FFF_FFFF;

    private SrtpCipher? _cipher;
    private MediaKey _key;
    private ReplayWindow _sent;
    private uint _controlIndex;

    public bool IsOn => _cipher is not null;

    /// <summary>The roll-over counter is no longer zero: who has not heard the stream from its beginning cannot know it.</summary>
    public bool HasRolledOver => IsOn && _sent.Highest > ushort.MaxValue;

    public void Use(MediaKey? key)
    {
        if (key is { } same && IsOn && same == _key) return;
        (_cipher, _key, _sent, _controlIndex) = (key is { } next ? SrtpCipher.Create(next) : null, key.GetValueOrDefault(), default, 0);
    }

    /// <summary>
    /// What comes has another SSRC, none that was there before: its numbers begin anew under the same key, and no key stream comes twice,
    /// for the SSRC is part of each (RFC 3711 section 4.1.1, RFC 7714 section 8.1).
    /// </summary>
    public void BeginSource() => _sent = default;

    /// <summary>
    /// Protects <c>packet[..length]</c> in place; the room behind it takes the tag. A number that went out before is not sent again:
    /// two packets under one key stream would show each other's contents.
    /// </summary>
    /// <returns>The new length; 0 when nothing may be sent.</returns>
    public int Protect(Span<byte> packet, int length)
    {
        if (_cipher is not { } cipher) return length;
        long index = _sent.Guess(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]));
        if (index is < 0 or > LastIndex || !_sent.IsNew(index)) return 0;
        _sent.Note(index);
        return cipher.Seal(packet, RtpPacket.HeaderBytes, length, BinaryPrimitives.ReadUInt32BigEndian(packet[8..]), index);
    }

    /// <returns>The new length.</returns>
    public int ProtectControl(Span<byte> packet, int length)
    {
        if (_cipher is not { } cipher) return length;
        _controlIndex = _controlIndex + 1 & ControlIndices;
        return cipher.SealControl(packet, length, BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), _controlIndex);
    }
}
