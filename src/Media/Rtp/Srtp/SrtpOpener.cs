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

    private struct Source
    {
        public uint Id;
        public long LastUse;
        public ReplayWindow Rtp, Rtcp;
    }

    private readonly Source[] _sources = new Source[Sources];
    /// <summary>Those under the key before: some senders count on, as RFC 3711 section 3.3.1 has it, and some begin anew.</summary>
    private readonly Source[] _before = new Source[Sources];
    private int _countBefore;
    private SrtpCipher? _cipher;
    private MediaKey _key;
    private long _uses;
    private int _count;

    public bool IsOn => _cipher is not null;

    /// <summary>The same key keeps what is known of its sources; under another one each is found again, wherever it counts.</summary>
    public void Use(MediaKey? key)
    {
        if (key is { } same && IsOn && same == _key) return;
        if (_count > 0 || key is null)
        {
            _sources.CopyTo(_before, 0);
            _countBefore = key is null ? 0 : _count;
        }
        (_cipher, _key, _count) = (key is { } next ? SrtpCipher.Create(next) : null, key.GetValueOrDefault(), 0);
    }

    /// <param name="into">Gets the plain packet.</param>
    public SrtpVerdict Open(ReadOnlySpan<byte> packet, Span<byte> into, out int length)
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
            index = known >= 0 ? -1 : GuessBefore(source, sequence);
            if (index < 0 || !cipher.TryOpen(packet, clear, source, index, into, out length)) return SrtpVerdict.Forged;
        }
        _sources[Use(source)].Rtp.Note(index);
        return SrtpVerdict.Ok;
    }

    /// <param name="into">Gets the plain packet.</param>
    public SrtpVerdict OpenControl(ReadOnlySpan<byte> packet, Span<byte> into, out int length)
    {
        length = 0;
        if (_cipher is not { } cipher || cipher.ControlIndex(packet) is not { } index) return SrtpVerdict.Malformed;
        uint source = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        if (Find(source) is >= 0 and var known && !_sources[known].Rtcp.IsNew(index)) return SrtpVerdict.Replayed;
        if (!cipher.TryOpenControl(packet, source, index, into, out length)) return SrtpVerdict.Forged;
        _sources[Use(source)].Rtcp.Note(index);
        return SrtpVerdict.Ok;
    }

    /// <summary>Where the source would be if it counted on from the key before; negative when nothing is known.</summary>
    private long GuessBefore(uint source, ushort sequence)
    {
        for (int i = 0; i < _countBefore; i++)
            if (_before[i].Id == source) return _before[i].Rtp.Guess(sequence);
        return -1;
    }

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
