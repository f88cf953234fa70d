namespace Ringwright.Media.Graph;

/// <summary>
/// Recorded samples leaving the tick for a file: one writer (the tick), one reader (a thread that never waits for a disk), no locks.
/// Nothing is ever lost in silence: where the writer finds no room, and from there until the reader has come so far, there is a gap,
/// of which the reader hears in its place.
/// </summary>
public sealed class RecordRing(int channels)
{
    private readonly short[] _ring = new short[Limits.RecordRate * channels * Limits.RecordRingMilliseconds / 1000];
    private long _written, _read;
    /// <summary>
    /// Samples that found no room behind what is written. While there are any nothing is written, so there is one gap at a time.
    /// </summary>
    private long _gap;
    private int _rate;
    private volatile bool _hasEnded, _isBroken;

    /// <summary>1, or 2 with their samples in turn.</summary>
    public int Channels { get; } = channels;

    /// <summary>Samples per second and channel; 0 until the first are there.</summary>
    public int Rate => Volatile.Read(ref _rate);

    /// <summary>The writer adds nothing more.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>The reader takes nothing more.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>The reader has come as far as the writer.</summary>
    public bool IsEmpty => Volatile.Read(ref _written) == Volatile.Read(ref _read) && Volatile.Read(ref _gap) == 0;

    /// <summary>Called by the reader, or by whoever finds that there will be no writer.</summary>
    public void Break() => _isBroken = true;

    /// <summary>Called by the writer, or by whoever finds that there will be none.</summary>
    public void End() => _hasEnded = true;

    /// <summary>Called by the reader only.</summary>
    /// <returns>Samples read, of all channels together.</returns>
    public int Read(Span<short> into)
    {
        int count = (int)Math.Min(into.Length, Volatile.Read(ref _written) - _read);
        int at = (int)(_read % _ring.Length), first = Math.Min(count, _ring.Length - at);
        _ring.AsSpan(at, first).CopyTo(into);
        _ring.AsSpan(0, count - first).CopyTo(into[first..]);
        Volatile.Write(ref _read, _read + count);
        return count;
    }

    /// <summary>Called by the reader only, when <see cref="Read"/> gives nothing more for now.</summary>
    /// <returns>Samples, of all channels together, that are missing behind what was read; mostly 0.</returns>
    public long TakeGap() => Volatile.Read(ref _gap) == 0 || Volatile.Read(ref _written) != _read ? 0 : Interlocked.Exchange(ref _gap, 0);

    internal void Begin(int rate) => Volatile.Write(ref _rate, rate);

    /// <summary>Called by the writer only. False when nobody reads any more.</summary>
    internal bool TryWrite(ReadOnlySpan<short> samples)
    {
        if (_isBroken) return false;
        if (Volatile.Read(ref _gap) > 0 || _written - Volatile.Read(ref _read) + samples.Length > _ring.Length)
        {
            Interlocked.Add(ref _gap, samples.Length);
            return true;
        }
        int at = (int)(_written % _ring.Length), first = Math.Min(samples.Length, _ring.Length - at);
        samples[..first].CopyTo(_ring.AsSpan(at));
        samples[first..].CopyTo(_ring);
        Volatile.Write(ref _written, _written + samples.Length);
        return true;
    }
}
