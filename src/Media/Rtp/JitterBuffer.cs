using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>What a sequence number stands for in the buffer.</summary>
internal enum PacketKind : byte
{
    None,
    Audio,
    /// <summary>A packet without audio that took time, such as a telephone event: one tick of silence.</summary>
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
/// Puts packets in order and holds them for a delay that follows the measured jitter. Playing by sequence number; a slow or fast sender clock
/// shows as late packets (the delay grows) or as a queue that never empties (one packet is dropped).
/// </summary>
internal sealed class JitterBuffer
{
    private const int Slots = 32, MinimumTarget = 2, MaximumTarget = 12;
    /// <summary>Ticks without a packet after which the buffer fills up again before it plays.</summary>
    private const int LateTicksToRefill = 5;
    /// <summary>Ticks over which the shortest queue is watched for a fast sender.</summary>
    private const int DrainWindow = 100;

    private readonly byte[] _bytes = new byte[Slots * Limits.PayloadBytes];
    private readonly PacketKind[] _kinds = new PacketKind[Slots];
    private readonly int[] _lengths = new int[Slots];
    private readonly Instant[] _arrivals = new Instant[Slots];
    private ushort _next;
    private bool _isStarted, _isPlaying, _hasPlayed;
    private Instant _fillingSince;
    private int _lateTicks, _window, _shortest;
    /// <summary>Which of the packets before the next one were there; the newest is the lowest bit.</summary>
    private ulong _past;

    /// <summary>Packets in the buffer.</summary>
    public int Count { get; private set; }
    /// <summary>When the packet came that was popped last.</summary>
    public Instant PoppedArrival { get; private set; }
    /// <summary>Packets to hold before playing.</summary>
    public int Target { get; private set; } = MinimumTarget;
    /// <summary>Late or dropped: sound that was sent and is not heard. A duplicate is neither.</summary>
    public long Skipped { get; private set; }

    public void Put(ushort sequence, PacketKind kind, ReadOnlySpan<byte> payload, Instant now)
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
        if (_kinds[slot] != PacketKind.None) return;
        _kinds[slot] = kind;
        (_lengths[slot], _arrivals[slot]) = (payload.Length, now);
        payload.CopyTo(_bytes.AsSpan(slot * Limits.PayloadBytes));
        Count++;
    }

    public Popped Pop(Instant now, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (!_isPlaying)
        {
            if (Count == 0 || (Count < Target && now - _fillingSince < TimeSpan.FromMilliseconds(Target * Limits.TickMilliseconds))) return Popped.Waiting;
            (_isPlaying, _hasPlayed, _lateTicks, _window, _shortest) = (true, true, 0, 0, int.MaxValue);
        }
        Drain();
        while (Count > 0)
        {
            int slot = _next++ % Slots;
            var kind = _kinds[slot];
            _past = _past << 1 | (kind == PacketKind.None ? 0u : 1u);
            if (kind == PacketKind.None) return Popped.Lost;
            _kinds[slot] = PacketKind.None;
            _lateTicks = 0;
            Count--;
            if (kind == PacketKind.Gap) return Popped.Gap;
            if (kind == PacketKind.Nothing) continue;
            payload = _bytes.AsSpan(slot * Limits.PayloadBytes, _lengths[slot]);
            PoppedArrival = _arrivals[slot];
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
        Array.Clear(_kinds);
        (Count, _isStarted, _isPlaying, _lateTicks, _past) = (0, false, false, 0, 0);
    }

    public void Reset()
    {
        Clear();
        (Skipped, Target) = (0, MinimumTarget);
    }

    /// <summary>The packet so far before the next one has been here, and what comes now is a copy of it.</summary>
    private bool IsPast(int before) => before <= 64 && (_past >> (before - 1) & 1) != 0;

    /// <summary>From the next to play to the newest held.</summary>
    private int Span()
    {
        for (int ahead = Slots - 1; ahead >= 0; ahead--)
        {
            if (_kinds[(ushort)(_next + ahead) % Slots] != PacketKind.None) return ahead + 1;
        }
        return 0;
    }

    private void DropOldest()
    {
        int slot = _next++ % Slots;
        _past = _past << 1 | (_kinds[slot] == PacketKind.None ? 0u : 1u);
        if (_kinds[slot] == PacketKind.None) return;
        _kinds[slot] = PacketKind.None;
        Count--;
        Skipped++;
    }

    private void Drain()
    {
        _shortest = Math.Min(_shortest, Count);
        if (++_window < DrainWindow) return;
        if (_shortest > Target + 1) DropOldest();
        (_window, _shortest) = (0, int.MaxValue);
    }
}
