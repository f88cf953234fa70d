using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Media.Rooms;

/// <summary>
/// What the members of one media thread say, on its way to another: tick by tick, one writer, one reader, no locks. The reader keeps one
/// tick in hand, so that threads which tick at other moments, or now and then late, lose nothing by it; it is never far behind.
/// </summary>
internal sealed class RoomWire
{
    private const int Slots = 8, MostBehind = 4;
    /// <summary>So many ticks must be there before the first is taken.</summary>
    private const int Cushion = 2;

    private readonly WireTick[] _ticks = [.. Enumerable.Range(0, Slots).Select(_ => new WireTick())];
    private long _written, _read;
    private bool _isFlowing;

    /// <summary>Called by the writer only. Null when the reader stands still: this tick is dropped.</summary>
    public WireTick? Begin()
    {
        if (_written - Volatile.Read(ref _read) >= Slots) return null;
        var tick = _ticks[_written % Slots];
        tick.Clear();
        return tick;
    }

    public void Commit() => Volatile.Write(ref _written, _written + 1);

    /// <summary>Called by the reader only; valid until <see cref="Advance"/>. Null: nothing in this tick.</summary>
    public WireTick? Peek()
    {
        long waiting = Volatile.Read(ref _written) - _read;
        if (waiting > MostBehind) Skip(waiting - Cushion);
        _isFlowing = waiting > 0 && (_isFlowing || waiting >= Cushion);
        return _isFlowing ? _ticks[_read % Slots] : null;
    }

    public void Advance() => Skip(1);

    /// <summary>Called by the reader only: what was said while it did not listen is old.</summary>
    public void Clear()
    {
        Skip(Volatile.Read(ref _written) - _read);
        _isFlowing = false;
    }

    private void Skip(long ticks) => Volatile.Write(ref _read, _read + ticks);
}

/// <summary>One tick of one thread's members.</summary>
internal sealed class WireTick
{
    private readonly List<Whisper> _whispers = [];
    private readonly int[] _sum = new int[RoomPart.FrameSamples];

    private sealed class Whisper
    {
        public IReadOnlyList<PortId> To = [];
        public readonly short[] Samples = new short[RoomPart.FrameSamples];
    }

    /// <summary>How many say something to all; without any <see cref="Sum"/> says nothing.</summary>
    public int Voices { get; private set; }

    public ReadOnlySpan<int> Sum => _sum;

    public int Whispers { get; private set; }

    public void Clear() => (Voices, Whispers) = (0, 0);

    public void Say(int voices, ReadOnlySpan<int> sum)
    {
        Voices = voices;
        if (voices > 0) sum.CopyTo(_sum);
    }

    public void AddWhisper(IReadOnlyList<PortId> to, ReadOnlySpan<short> samples)
    {
        if (Whispers == _whispers.Count) _whispers.Add(new());
        var whisper = _whispers[Whispers++];
        whisper.To = to;
        samples.CopyTo(whisper.Samples);
    }

    public ReadOnlySpan<short> WhisperAt(int index, out IReadOnlyList<PortId> to)
    {
        to = _whispers[index].To;
        return _whispers[index].Samples;
    }
}
