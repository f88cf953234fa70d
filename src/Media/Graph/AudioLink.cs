using Ringwright.Media.Rtp;

namespace Ringwright.Media.Graph;

/// <summary>
/// One direction of a bridge: what one port hears goes to what another sends. The two ports may belong to different threads:
/// one writer (the speaking port's shard), one reader (the hearing port's), no locks. A writer that finds it full drops what is new;
/// a reader takes all that is there each tick.
/// </summary>
/// <param name="passesDigits">False keeps the speaker's telephone events from the hearer.</param>
public sealed class AudioLink(bool passesDigits)
{
    /// <summary>Packets on their way, and the most that go through in a tick; a tick of either side brings one or two.</summary>
    internal const int Slots = 16;

    /// <summary>A slot that the writer may use is its own, so it may also be made larger.</summary>
    private readonly byte[][] _payloads = [.. Enumerable.Range(0, Slots).Select(_ => new byte[Limits.UsualPayloadBytes])];
    private readonly LinkedPacket[] _packets = new LinkedPacket[Slots];
    private long _written, _read;
    private LinkFormat? _format;
    private volatile bool _isClosed, _hasEnded;
    private volatile Port? _hearer;

    internal bool PassesDigits { get; } = passesDigits;

    /// <summary>The hearer is gone: nothing need be written any more.</summary>
    internal bool IsClosed => _isClosed;

    /// <summary>The speaker is gone: nothing will come any more.</summary>
    internal bool HasEnded => _hasEnded;

    /// <summary>Whom a speaker of the same shard may hand a packet without a detour; set on the hearer's thread.</summary>
    internal Port? Hearer { get => _hearer; set => _hearer = value; }

    /// <summary>Nothing is on its way. For a thread that both ends belong to.</summary>
    internal bool IsEmpty => _read == _written;

    /// <summary>What the hearer can send; null until it knows. Another object when that changed.</summary>
    internal LinkFormat? Format
    {
        get => Volatile.Read(ref _format);
        set => Volatile.Write(ref _format, value);
    }

    internal void Close() => _isClosed = true;

    internal void End() => _hasEnded = true;

    /// <summary>Called by the speaker only.</summary>
    internal void Write(LinkedPacket packet, ReadOnlySpan<byte> payload)
    {
        if (_written - Volatile.Read(ref _read) >= Slots) return;
        int slot = (int)(_written % Slots);
        if (payload.Length > _payloads[slot].Length) _payloads[slot] = new byte[Limits.PayloadBytes];
        payload.CopyTo(_payloads[slot]);
        _packets[slot] = packet with { Length = payload.Length };
        Volatile.Write(ref _written, _written + 1);
    }

    /// <summary>Called by the hearer only; what it gives is valid until <see cref="Advance"/>.</summary>
    internal bool TryPeek(out LinkedPacket packet, out ReadOnlySpan<byte> payload)
    {
        packet = default;
        payload = default;
        if (_read == Volatile.Read(ref _written)) return false;
        int slot = (int)(_read % Slots);
        packet = _packets[slot];
        payload = _payloads[slot].AsSpan(0, packet.Length);
        return true;
    }

    internal void Advance() => Volatile.Write(ref _read, _read + 1);
}

/// <summary>What the hearing port sends: its codec, the bytes of a full packet, and where samples go that are in another form.</summary>
/// <param name="Monitor">Where each tick goes in any case, because the hearing port is recorded; null when it is not.</param>
internal sealed record LinkFormat(Codec Codec, int PacketBytes, SampleQueue Samples, StampedFrames? Monitor)
{
    /// <summary>The hearing port changes what it hears: no packet fits as it is.</summary>
    public bool WantsSamples { get; init; }

    /// <summary>By which the durations of events count that it sends.</summary>
    public int EventClock { get; init; } = Codec.ClockRate;
}

/// <summary>Decoded audio between two ports at the hearer's rate: one writer, one reader, no locks, and never much behind.</summary>
internal sealed class SampleQueue(int frame)
{
    private const int Frames = 8, MostBehind = 4, KeptBehind = 1;

    /// <summary>Made by the speaker, with the first that it writes: most ports hear nobody in this form.</summary>
    private short[] _ring = [];
    private long _written, _read;
    private int _spokenRate;

    /// <summary>Samples a second of the codec that the speaker is heard by, before they were made the hearer's; 0 until it spoke.</summary>
    public int SpokenRate
    {
        get => Volatile.Read(ref _spokenRate);
        set => Volatile.Write(ref _spokenRate, value);
    }

    /// <summary>Called by the speaker only. What does not fit is dropped.</summary>
    public void Write(ReadOnlySpan<short> samples)
    {
        if (_written - Volatile.Read(ref _read) + samples.Length > Frames * frame) return;
        // The reader looks at it behind the count, which says that it is there.
        if (_ring.Length == 0) _ring = new short[Frames * frame];
        int at = (int)(_written % _ring.Length), first = Math.Min(samples.Length, _ring.Length - at);
        samples[..first].CopyTo(_ring.AsSpan(at));
        samples[first..].CopyTo(_ring);
        Volatile.Write(ref _written, _written + samples.Length);
    }

    /// <summary>Called by the hearer only. False when a whole frame is not there.</summary>
    public bool TryRead(Span<short> into)
    {
        long waiting = Volatile.Read(ref _written) - _read;
        if (waiting < into.Length) return false;
        if (waiting > MostBehind * into.Length) Skip(waiting - (1 + KeptBehind) * into.Length);
        int at = (int)(_read % _ring.Length), first = Math.Min(into.Length, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(into);
        _ring.AsSpan(0, into.Length - first).CopyTo(into[first..]);
        Skip(into.Length);
        return true;
    }

    /// <summary>Called by the hearer only.</summary>
    public void Clear() => Volatile.Write(ref _read, Volatile.Read(ref _written));

    private void Skip(long samples) => Volatile.Write(ref _read, _read + samples);
}
