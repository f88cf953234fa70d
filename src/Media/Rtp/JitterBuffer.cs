using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>What a sequence number stands for in the buffer.</summary>
internal enum PacketKind : byte
{
    None,
    Audio,
    /// <summary>
    /// A packet without audio that took time, such as a telephone event: one tick of silence. One beside which audio goes on takes none
    /// (RFC 4733 section 2.5.1.1 leaves it to the sender).
    /// </summary>
    Gap,
    /// <summary>A packet that took no time, such as the repeated end of an event.</summary>
    Nothing,
}

internal enum Popped
{
    /// <summary>Filling up to the target delay, or nothing ever came.</summary>
    Waiting,
    Audio,
    Gap,
    /// <summary>Later packets are there, this one is not.</summary>
    Lost,
    /// <summary>The next packet has not come yet; its turn is kept, so the delay grows by what is played instead.</summary>
    Late,
}

/// <summary>
/// Puts packets in order and holds them for a delay that follows the measured jitter. Playing by sequence number;
/// a slow or fast sender clock shows as late packets (the delay grows) or as a queue that never empties (one packet is dropped).
/// </summary>
internal sealed class JitterBuffer
{
    private const int Slots = 32, MinimumTarget = 2, MaximumTarget = 12;
    /// <summary>Ticks without a packet after which the buffer fills up again before it plays.</summary>
    private const int LateTicksToRefill = 5;
    /// <summary>Ticks over which the shortest queue is watched for a fast sender.</summary>
    private const int DrainWindow = 100;

    /// <summary>What tells how long the sound of a packet lasts, in every codec.</summary>
    private const int HeadBytes = 4;

    /// <param name="IsWhole">All its bytes are kept, not only the first few.</param>
    private record struct Held(PacketKind Kind, int Length, uint Timestamp, Instant Arrival, bool IsWhole, byte Format);

    /// <summary>What a packet is shown as whose sound was not kept: as long as it was, and its head. Until the thread's next one.</summary>
    [ThreadStatic]
    private static byte[]? _unheard;

    private readonly Held[] _held = new Held[Slots];
    /// <summary>Room for heads alone until somebody listens, which nobody does on most calls for most of the time.</summary>
    private byte[] _bytes = new byte[Slots * HeadBytes];
    private int _slotBytes = HeadBytes;
    private ushort _next;
    private bool _isStarted, _isPlaying, _hasPlayed, _isFirst = true;
    private Instant _fillingSince;
    private int _lateTicks, _window, _shortest;
    /// <summary>
    /// From one packet of audio to the next, in units of the RTP timestamp: the least, since a sender may pause; zero until it is known.
    /// </summary>
    private uint _step;
    /// <summary>Sequence numbers since audio was popped, and those of them that were never there.</summary>
    private int _since = Slots, _missing;
    /// <summary>Which of the packets before the next one were there; the newest is the lowest bit.</summary>
    private ulong _past;

    /// <summary>Packets in the buffer.</summary>
    public int Count { get; private set; }
    /// <summary>Off while nobody listens: packets are counted off, and their sound is not kept.</summary>
    public bool KeepsSound { get; set; } = true;
    /// <summary>Of the packet that was popped last: when it came, its RTP timestamp, and whether its sound was kept.</summary>
    public Instant PoppedArrival { get; private set; }
    public uint PoppedTimestamp { get; private set; }
    public bool PoppedWhole { get; private set; }
    /// <summary>The like: what was said of it when it was put in.</summary>
    public byte PoppedFormat { get; private set; }
    /// <summary>The like: it is the first of its stream.</summary>
    public bool PoppedFirst { get; private set; }
    /// <summary>Packets to hold before playing.</summary>
    public int Target { get; private set; } = MinimumTarget;
    /// <summary>Late or dropped: sound that was sent and is not heard. A duplicate is neither.</summary>
    public long Skipped { get; private set; }

    /// <param name="format">Whatever tells what the payload is.</param>
    public void Put(ushort sequence, uint timestamp, PacketKind kind, ReadOnlySpan<byte> payload, Instant now, byte format = 0)
    {
        if (!_isStarted)
        {
            (_isStarted, _isPlaying, _hasPlayed, _next) = (true, false, false, sequence);
        }
        if (Count == 0 && !_isPlaying) _fillingSince = now;

        int ahead = (short)(sequence - _next);
        if (ahead < 0)
        {
            // Before the first is played an earlier one may still come; later it is too late.
            if (_hasPlayed || -ahead + Span() > Limits.JitterPackets)
            {
                if (!IsPast(-ahead)) Skipped++;
                return;
            }
            _next = sequence;
            ahead = 0;
        }
        if (ahead >= 2 * Limits.JitterPackets)
        {
            Skipped += Count;
            Clear();
            (_isStarted, _next, _fillingSince, ahead) = (true, sequence, now, 0);
        }
        for (; ahead >= Limits.JitterPackets; ahead--) DropOldest();

        int slot = sequence % Slots;
        if (_held[slot].Kind != PacketKind.None) return;
        _held[slot] = new(kind, payload.Length, timestamp, now, KeepsSound, format);
        var kept = KeepsSound ? payload : payload[..Math.Min(payload.Length, HeadBytes)];
        if (kept.Length > _slotBytes) Widen(kept.Length);
        kept.CopyTo(_bytes.AsSpan(slot * _slotBytes));
        Count++;
    }

    public Popped Pop(Instant now, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!_isPlaying)
        {
            if (Count == 0 || (Count < Target && now - _fillingSince < TimeSpan.FromMilliseconds(Target * Limits.TickMilliseconds)))
                return Popped.Waiting;
            (_isPlaying, _hasPlayed, _lateTicks, _window, _shortest) = (true, true, 0, 0, int.MaxValue);
        }
        Drain();
        while (Count > 0)
        {
            int slot = _next++ % Slots;
            ref var held = ref _held[slot];
            var kind = held.Kind;
            _past = _past << 1 | (kind == PacketKind.None ? 0u : 1u);
            _since++;
            if (kind == PacketKind.None)
            {
                _missing++;
                return Popped.Lost;
            }
            held.Kind = PacketKind.None;
            _lateTicks = 0;
            Count--;
            if (kind == PacketKind.Nothing || kind == PacketKind.Gap && HasAudioBeside()) continue;
            if (kind == PacketKind.Gap) return Popped.Gap;
            payload = held.IsWhole ? _bytes.AsSpan(slot * _slotBytes, held.Length) : Unheard(slot, held.Length);
            // Another format may count by another clock.
            if (held.Format != PoppedFormat) _step = 0;
            else if (_since == 1 && held.Timestamp - PoppedTimestamp is > 0 and var step && (_step == 0 || step < _step)) _step = step;
            (_since, _missing) = (0, 0);
            (PoppedArrival, PoppedTimestamp, PoppedWhole, PoppedFormat) = (held.Arrival, held.Timestamp, held.IsWhole, held.Format);
            (PoppedFirst, _isFirst) = (_isFirst, false);
            return Popped.Audio;
        }
        if (++_lateTicks >= LateTicksToRefill) _isPlaying = false;
        return Popped.Late;
    }

    /// <summary>Follows the jitter: two deviations on top of one packet.</summary>
    public void Adapt(double jitterMilliseconds) =>
        Target = Math.Clamp(1 + (int)Math.Ceiling(2 * jitterMilliseconds / Limits.TickMilliseconds), MinimumTarget, MaximumTarget);

    /// <summary>Forgets the packets, for another source.</summary>
    public void Clear()
    {
        Array.Clear(_held);
        (Count, _isStarted, _isPlaying, _isFirst, _lateTicks, _past, _step, _missing) = (0, false, false, true, 0, 0, 0, 0);
        _since = Slots;     // of another stream
    }

    public void Reset()
    {
        Clear();
        (Skipped, Target, KeepsSound) = (0, MinimumTarget, true);
    }

    /// <summary>The packet so far before the next one has been here, and what comes now is a copy of it.</summary>
    private bool IsPast(int before) => before <= 64 && (_past >> (before - 1) & 1) != 0;

    /// <summary>The next audio goes on where the last one ended, but for what was lost: no event between the two took any time.</summary>
    private bool HasAudioBeside()
    {
        int missing = _missing;
        for (int ahead = 0, left = Count; left > 0; ahead++)
        {
            ref var held = ref _held[(ushort)(_next + ahead) % Slots];
            if (held.Kind == PacketKind.Audio) return held.Timestamp - PoppedTimestamp <= _step * (1 + (uint)missing);
            if (held.Kind == PacketKind.None) missing++;
            else left--;
        }
        return false;
    }

    /// <summary>From the next to play to the newest held.</summary>
    private int Span()
    {
        for (int ahead = Slots - 1; ahead >= 0; ahead--)
        {
            if (_held[(ushort)(_next + ahead) % Slots].Kind != PacketKind.None) return ahead + 1;
        }
        return 0;
    }

    private void DropOldest()
    {
        ref var held = ref _held[_next++ % Slots];
        _past = _past << 1 | (held.Kind == PacketKind.None ? 0u : 1u);
        if (held.Kind == PacketKind.None) return;
        held.Kind = PacketKind.None;
        Count--;
        Skipped++;
    }

    /// <summary>
    /// The first packet that is kept, or one longer than the usual: from now on there is room for the usual, or for the longest.
    /// </summary>
    private void Widen(int kept)
    {
        int slotBytes = kept <= Limits.UsualPayloadBytes ? Limits.UsualPayloadBytes : Limits.PayloadBytes;
        var wide = new byte[Slots * slotBytes];
        for (int slot = 0; slot < Slots; slot++)
            _bytes.AsSpan(slot * _slotBytes, _slotBytes).CopyTo(wide.AsSpan(slot * slotBytes));
        (_bytes, _slotBytes) = (wide, slotBytes);
    }

    private ReadOnlySpan<byte> Unheard(int slot, int length)
    {
        var unheard = _unheard ??= new byte[Limits.PayloadBytes];
        _bytes.AsSpan(slot * _slotBytes, Math.Min(length, HeadBytes)).CopyTo(unheard);
        return unheard.AsSpan(0, length);
    }

    private void Drain()
    {
        _shortest = Math.Min(_shortest, Count);
        if (++_window < DrainWindow) return;
        if (_shortest > Target + 1) DropOldest();
        (_window, _shortest) = (0, int.MaxValue);
    }
}
