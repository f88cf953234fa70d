namespace Ringwright.Media.Graph;

/// <summary>
/// Ticks of audio between two ports, each with the moment when it was captured: one writer, one reader,
/// no locks. What finds no room is dropped.
/// </summary>
internal sealed class StampedFrames
{
    private const int Slots = 16;

    private readonly short[] _samples = new short[Slots * Limits.FrameSamples];
    private readonly int[] _lengths = new int[Slots];
    private readonly CaptureMoment[] _stamps = new CaptureMoment[Slots];
    private long _written, _read;

    /// <summary>Called by the speaker only.</summary>
    public void Write(CaptureMoment captured, ReadOnlySpan<short> samples)
    {
        if (_written - Volatile.Read(ref _read) >= Slots) return;
        int slot = (int)(_written % Slots);
        samples.CopyTo(_samples.AsSpan(slot * Limits.FrameSamples, Limits.FrameSamples));
        (_lengths[slot], _stamps[slot]) = (samples.Length, captured);
        Volatile.Write(ref _written, _written + 1);
    }

    /// <summary>Called by the hearer only; what it gives is valid until <see cref="Advance"/>.</summary>
    public bool TryPeek(out CaptureMoment captured, out ReadOnlySpan<short> samples)
    {
        captured = default;
        samples = default;
        if (_read == Volatile.Read(ref _written)) return false;
        int slot = (int)(_read % Slots);
        captured = _stamps[slot];
        samples = _samples.AsSpan(slot * Limits.FrameSamples, _lengths[slot]);
        return true;
    }

    public void Advance() => Volatile.Write(ref _read, _read + 1);

    /// <summary>Called by the hearer only.</summary>
    public void Clear() => Volatile.Write(ref _read, Volatile.Read(ref _written));
}
