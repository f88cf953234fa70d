using System.Runtime.InteropServices;
using Ringwright.Calls;

namespace Ringwright.Media.Taps;

/// <summary>
/// The memory of one tap, which its two ends may see from two processes: a second of audio out of the tick, a second into it, and what each
/// has done so far. Numbers only grow, and each has one writer; nobody waits, and nothing that the other end does makes an access leave it.
/// </summary>
/// <remarks>
/// Out: frames of 20 ms, the oldest of which are overwritten. In: samples, of which no more are taken than there is room for, and marks at
/// places between them.
/// </remarks>
public sealed class TapMemory
{
    private const int Line = 64, FrameHeader = 16, MarkBytes = 16, FramesPerSecond = 1_000 / Limits.TickMilliseconds;
    /// <summary>Marks that wait to be played.</summary>
    public const int Marks = 256;

    // Each number has a cache line of its own.
    private const int OutBegun = 0 * Line, OutFinished = 1 * Line, InWritten = 2 * Line, InRead = 3 * Line, InCleared = 4 * Line,
        MarksWritten = 5 * Line, MarksReached = 6 * Line, Released = 7 * Line, Header = 8 * Line;

    private readonly Memory<byte> _memory;
    private readonly int _frameBytes, _slots, _slotBytes, _frames, _marks, _samples, _room;

    /// <param name="memory"><see cref="BytesFor"/> the same plan, all 0 at first; it must stay until both ends have let go of it.</param>
    public TapMemory(TapPlan plan, Memory<byte> memory)
    {
        (Plan, _memory) = (plan, memory);
        _frameBytes = sizeof(short) * FrameSamplesOf(plan.SampleRate);
        (_slots, _slotBytes) = (SlotsOf(plan), FrameHeader + _frameBytes);
        _frames = Header;
        _marks = _frames + _slots * _slotBytes;
        _samples = _marks + Marks * MarkBytes;
        _room = plan.InjectionRate ?? 0;
        ArgumentOutOfRangeException.ThrowIfLessThan(memory.Length, BytesFor(plan));
    }

    public TapPlan Plan { get; }

    /// <summary>Samples of one frame.</summary>
    public int FrameSamples => _frameBytes / sizeof(short);

    /// <summary>Samples in one second of what goes in; 0 when nothing does.</summary>
    public int InRing => _room;

    public static int BytesFor(TapPlan plan) =>
        Header + SlotsOf(plan) * (FrameHeader + sizeof(short) * FrameSamplesOf(plan.SampleRate)) + Marks * MarkBytes
        + sizeof(short) * (plan.InjectionRate ?? 0);

    /// <summary>Of 20 ms.</summary>
    public static int FrameSamplesOf(int rate) => rate / FramesPerSecond;

    private static int SlotsOf(TapPlan plan) => FramesPerSecond * int.PopCount((int)plan.Tracks);

    private ref long At(int place) => ref MemoryMarshal.AsRef<long>(_memory.Span.Slice(place, sizeof(long)));

    private Span<short> SamplesAt(int place, int count) =>
        MemoryMarshal.Cast<byte, short>(_memory.Span.Slice(place, count * sizeof(short)));

    /// <summary>The tick's end touches the memory no more.</summary>
    public bool IsReleased => Volatile.Read(ref At(Released)) != 0;

    /// <summary>Called by the tick, or by whoever finds that there will be none.</summary>
    public void Release() => Volatile.Write(ref At(Released), 1);

    /// <summary>Called by the tick: the next frame, over the oldest where nobody has read it.</summary>
    public void PutFrame(TapTracks track, long milliseconds, ReadOnlySpan<short> samples)
    {
        long number = At(OutFinished);
        Volatile.Write(ref At(OutBegun), number + 1);
        Volatile.WriteBarrier();
        int slot = SlotOf(number);
        At(slot) = milliseconds;
        At(slot + sizeof(long)) = (long)track;
        samples.CopyTo(SamplesAt(slot + FrameHeader, FrameSamples));
        Volatile.Write(ref At(OutFinished), number + 1);
    }

    /// <summary>Whether there is a frame of that number, or it is lost already.</summary>
    public bool HasFrame(long number) => Volatile.Read(ref At(OutFinished)) > number;

    /// <summary>The number of the oldest frame that is whole for certain.</summary>
    public long Oldest => Math.Max(0, Volatile.Read(ref At(OutBegun)) - _slots);

    /// <summary>A copy of a frame; false when it was overwritten, before or meanwhile.</summary>
    public bool TryGetFrame(long number, Span<short> into, out TapFrame frame)
    {
        frame = default;
        if (number < Oldest) return false;
        int slot = SlotOf(number);
        var (milliseconds, track) = (At(slot), At(slot + sizeof(long)));
        SamplesAt(slot + FrameHeader, FrameSamples).CopyTo(into);
        Volatile.ReadBarrier();
        if (number < Oldest) return false;
        frame = new(TapFrameKind.Audio, (TapTracks)track, milliseconds, FrameSamples, 0);
        return true;
    }

    /// <summary>Samples that there is room for.</summary>
    public int Room => _room - (int)Math.Clamp(At(InWritten) - Volatile.Read(ref At(InRead)), 0, _room);

    /// <summary>Called by the outer end.</summary>
    /// <returns>Samples taken.</returns>
    public int Write(ReadOnlySpan<short> samples)
    {
        int count = Math.Min(samples.Length, Room);
        if (count == 0) return 0;
        long written = At(InWritten);
        int at = (int)(written % _room), first = Math.Min(count, _room - at);
        samples[..first].CopyTo(SamplesAt(_samples + sizeof(short) * at, first));
        samples[first..count].CopyTo(SamplesAt(_samples, count - first));
        Volatile.Write(ref At(InWritten), written + count);
        return count;
    }

    /// <summary>Called by the outer end: a mark behind what is written.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryMark(long number)
    {
        long written = At(MarksWritten);
        if (written - Volatile.Read(ref At(MarksReached)) >= Marks) return false;
        int mark = MarkOf(written);
        (At(mark), At(mark + sizeof(long))) = (number, At(InWritten));
        Volatile.Write(ref At(MarksWritten), written + 1);
        return true;
    }

    /// <summary>How many marks were reached so far; what their numbers were stays readable for <see cref="Marks"/> more.</summary>
    public long Reached => Math.Min(Volatile.Read(ref At(MarksReached)), At(MarksWritten));

    /// <param name="index">Of all marks, from 0; below <see cref="Reached"/>.</param>
    public long NumberOf(long index) => At(MarkOf(index));

    /// <summary>Called by the outer end: what is written and not read is not wanted any more.</summary>
    public void Clear() => Volatile.Write(ref At(InCleared), At(InWritten));

    /// <summary>Called by the tick: what is not wanted any more is passed over.</summary>
    /// <returns>Samples that wait.</returns>
    public int Waiting()
    {
        long written = Volatile.Read(ref At(InWritten)), read = At(InRead), cleared = Volatile.Read(ref At(InCleared));
        if (cleared > read && cleared <= written) Volatile.Write(ref At(InRead), read = cleared);
        return (int)Math.Clamp(written - read, 0, _room);
    }

    /// <summary>Called by the tick.</summary>
    /// <param name="into">No longer than what is <see cref="Waiting"/>.</param>
    public void Read(Span<short> into)
    {
        long read = At(InRead);
        int at = (int)(read % _room), first = Math.Min(into.Length, _room - at);
        SamplesAt(_samples + sizeof(short) * at, first).CopyTo(into);
        SamplesAt(_samples, into.Length - first).CopyTo(into[first..]);
        Volatile.Write(ref At(InRead), read + into.Length);
    }

    /// <summary>Called by the tick: the marks up to what was read are reached.</summary>
    public void ReachMarks()
    {
        long reached = At(MarksReached), written = Volatile.Read(ref At(MarksWritten)), read = At(InRead);
        long before = reached;
        while (reached < written && reached - before < Marks && At(MarkOf(reached) + sizeof(long)) <= read) reached++;
        if (reached != before) Volatile.Write(ref At(MarksReached), reached);
    }

    private int SlotOf(long number) => _frames + (int)((ulong)number % (uint)_slots) * _slotBytes;

    private int MarkOf(long index) => _marks + (int)((ulong)index % Marks) * MarkBytes;
}
