using System.Buffers.Binary;
using Ringwright.Core;

namespace Ringwright.Media.Rtp;

internal enum SrtpVerdict { Ok, Malformed, Forged, Replayed }

/// <summary>
/// The peer's side of an encrypted stream: takes nothing that is not genuine and new. Each source has its own numbers;
/// an attacker who knows no key makes none.
/// </summary>
internal sealed class SrtpOpener
{
    /// <summary>Sources at once: one, and those that it changes to. One more forgets the one that has been silent longest.</summary>
    private const int Sources = 4;
    /// <summary>
    /// Packets that are taken under the key before: whoever offers a new one goes on with the old until he has our answer. Two seconds.
    /// </summary>
    private const int Overlap = 100;
    /// <summary>
    /// Rounds of its counter beyond the first in which a stream may be that was there before we were: four hours of it. One is tried with
    /// each packet.
    /// </summary>
    private const int LateRounds = 12;

    private struct Source
    {
        public uint Id;
        public long LastUse;
        public ReplayWindow Rtp, Rtcp;
    }

    /// <summary>Empty until there is a key.</summary>
    private Source[] _sources = [];
    /// <summary>Those under the key before: some senders count on, as RFC 3711 section 3.3.1 has it, and some begin anew.</summary>
    private Source[] _before = [];
    private int _countBefore, _overlap, _identifierBefore;
    private SrtpCipher? _cipherBefore;
    private SrtpCipher? _cipher;
    /// <summary>RTP was opened under the present key.</summary>
    private bool _isHeard;
    private MediaKey _key;
    /// <summary>A packet without its identifier; empty until there is one.</summary>
    private byte[] _bare = [];
    private long _uses;
    private int _count;

    public bool IsOn => _cipher is not null;

    /// <summary>
    /// The same key keeps what is known of its sources. Under another one each is found again, wherever it counts; the one before opens
    /// what is still under way, until something comes under the new one.
    /// </summary>
    public void Use(MediaKey? key)
    {
        if (key is { } same && IsOn && same == _key) return;
        if (key is null) (_countBefore, _cipherBefore) = (0, null);
        else if (_isHeard)
        {
            if (_before.Length == 0) _before = new Source[Sources];
            _sources.CopyTo(_before, 0);
            (_countBefore, _cipherBefore, _overlap, _identifierBefore) = (_count, _cipher, Overlap, _key.IdentifierBytes);
        }
        (_cipher, _key, _count, _isHeard) = (key is { } next ? SrtpCipher.Create(next) : null, key.GetValueOrDefault(), 0, false);
        if (IsOn && _sources.Length == 0) _sources = new Source[Sources];
        if (_key.IdentifierBytes > 0 && _bare.Length == 0) _bare = new byte[Limits.PacketBytes];
    }

    /// <param name="into">Gets the plain packet.</param>
    public SrtpVerdict Open(ReadOnlySpan<byte> packet, Span<byte> into, out int length)
    {
        length = 0;
        if (_cipher is not { } cipher) return SrtpVerdict.Malformed;
        int identifier = _key.IdentifierBytes;
        var verdict = OpenBare(WithoutIdentifier(packet, cipher, identifier, isControl: false), into, out length);
        // Some name one in their SDP and send none.
        if (identifier > 0 && verdict is SrtpVerdict.Forged or SrtpVerdict.Malformed) verdict = OpenBare(packet, into, out length);
        if (verdict is not SrtpVerdict.Forged || _cipherBefore is not { } before) return verdict;
        return TryOpenBefore(WithoutIdentifier(packet, before, _identifierBefore, isControl: false), before, into, out length)
            || _identifierBefore > 0 && TryOpenBefore(packet, before, into, out length) ? SrtpVerdict.Ok : verdict;
    }

    /// <param name="into">Gets the plain packet.</param>
    public SrtpVerdict OpenControl(ReadOnlySpan<byte> packet, Span<byte> into, out int length)
    {
        if (_cipher is not { } cipher || _key.IdentifierBytes == 0) return OpenBareControl(packet, into, out length);
        var verdict = OpenBareControl(WithoutIdentifier(packet, cipher, _key.IdentifierBytes, isControl: true), into, out length);
        return verdict is SrtpVerdict.Ok ? verdict : OpenBareControl(packet, into, out length);
    }

    private SrtpVerdict OpenBare(ReadOnlySpan<byte> packet, Span<byte> into, out int length)
    {
        length = 0;
        if (_cipher is not { } cipher || !RtpPacket.TryHeaderBytes(packet, out int clear)) return SrtpVerdict.Malformed;
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        int known = Find(source);
        var window = known >= 0 ? _sources[known].Rtp : default;
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        long index = window.Guess(sequence);
        if (index < 0 || !window.IsNew(index)) return SrtpVerdict.Replayed;
        if (!cipher.TryOpen(packet, clear, source, index, into, out length))
        {
            // Its RTCP may have come before, and says nothing of this counter.
            index = window.IsStarted ? -1 : GuessBefore(source, sequence);
            if (index < 0 || !cipher.TryOpen(packet, clear, source, index, into, out length))
            {
                index = window.IsStarted ? -1 : _isHeard ? GuessBeside(sequence) : GuessLate(sequence);
                if (index < 0 || !cipher.TryOpen(packet, clear, source, index, into, out length)) return SrtpVerdict.Forged;
            }
        }
        _sources[Use(source)].Rtp.Note(index);
        (_isHeard, _cipherBefore) = (true, null);
        return SrtpVerdict.Ok;
    }

    private SrtpVerdict OpenBareControl(ReadOnlySpan<byte> packet, Span<byte> into, out int length)
    {
        length = 0;
        if (_cipher is not { } cipher || cipher.ControlIndex(packet) is not { } index) return SrtpVerdict.Malformed;
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        if (Find(source) is >= 0 and var known && !_sources[known].Rtcp.IsNew(index)) return SrtpVerdict.Replayed;
        if (!cipher.TryOpenControl(packet, source, index, into, out length)) return SrtpVerdict.Forged;
        _sources[Use(source)].Rtcp.Note(index);
        return SrtpVerdict.Ok;
    }

    /// <summary>Which of his keys a sender means we know: he has named one.</summary>
    private ReadOnlySpan<byte> WithoutIdentifier(ReadOnlySpan<byte> packet, SrtpCipher cipher, int bytes, bool isControl)
    {
        int behind = cipher.BehindIdentifier(isControl), before = packet.Length - behind - bytes;
        if (bytes == 0 || before < 0 || packet.Length > _bare.Length) return packet;
        packet[..before].CopyTo(_bare);
        packet[^behind..].CopyTo(_bare.AsSpan(before));
        return _bare.AsSpan(0, before + behind);
    }

    /// <summary>It was made with the key before, and is genuine and new.</summary>
    private bool TryOpenBefore(ReadOnlySpan<byte> packet, SrtpCipher cipher, Span<byte> into, out int length)
    {
        length = 0;
        if (!RtpPacket.TryHeaderBytes(packet, out int clear)) return false;
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        for (int i = 0; i < _countBefore; i++)
        {
            ref var window = ref _before[i].Rtp;
            if (_before[i].Id != source) continue;
            long index = window.Guess(sequence);
            if (index < 0 || !window.IsNew(index) || !cipher.TryOpen(packet, clear, source, index, into, out length)) break;
            window.Note(index);
            if (--_overlap == 0) _cipherBefore = null;
            return true;
        }
        length = 0;
        return false;
    }

    /// <summary>Where the source would be if it counted on from the key before; negative when nothing is known.</summary>
    private long GuessBefore(uint source, ushort sequence)
    {
        for (int i = 0; i < _countBefore; i++)
            if (_before[i].Id == source) return _before[i].Rtp.Guess(sequence);
        return -1;
    }

    /// <summary>
    /// Where a new source would be if its sender had one roll-over counter for all that he speaks by, as some have, in spite of RFC 3711
    /// section 3.2.3; negative while that is zero.
    /// </summary>
    private long GuessBeside(ushort sequence)
    {
        int last = -1;
        for (int i = 0; i < _count; i++)
            if (_sources[i].Rtp.IsStarted && (last < 0 || _sources[i].LastUse > _sources[last].LastUse)) last = i;
        long rounds = last < 0 ? 0 : _sources[last].Rtp.Highest >> 16;
        return rounds > 0 ? rounds << 16 | sequence : -1;
    }

    /// <summary>
    /// Where the first source under a key might be if it had been heard by somebody else before a transfer brought it to us: nothing tells
    /// its counter. A packet's number chooses the round, so that a few in a row try all.
    /// </summary>
    private static long GuessLate(ushort sequence) => (1L + sequence % LateRounds) << 16 | sequence;

    private int Find(uint source)
    {
        for (int i = 0; i < _count; i++)
            if (_sources[i].Id == source) return i;
        return -1;
    }

    /// <summary>The source's place, made when it is new.</summary>
    private int Use(uint source)
    {
        int at = Find(source);
        if (at < 0)
        {
            at = _count < Sources ? _count++ : Oldest();
            _sources[at] = new() { Id = source };
        }
        _sources[at].LastUse = ++_uses;
        return at;
    }

    private int Oldest()
    {
        int oldest = 0;
        for (int i = 1; i < Sources; i++)
            if (_sources[i].LastUse < _sources[oldest].LastUse) oldest = i;
        return oldest;
    }
}
