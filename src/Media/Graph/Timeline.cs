using Ringwright.Core;

namespace Ringwright.Media.Graph;

/// <summary>
/// The last moments of a recording's tracks, each sound at the moment when it was captured:
/// tracks reach the tick with different delays and must be laid side by side. A track goes on where it stopped, so that nothing stutters,
/// and is drawn to its moment by a sample a tick, which nobody hears; only when it is off by more than <see cref="MostOff"/>, or when
/// another stream begins, does it jump.
/// Two tracks are never further apart than twice that, which is below a tick.
/// </summary>
internal sealed class Timeline(int tracks, int rate)
{
    private static readonly TimeSpan MostOff = TimeSpan.FromMilliseconds(9);
    /// <summary>So near it is left alone: what is known of a moment wavers by as much.</summary>
    private static readonly TimeSpan NearEnough = TimeSpan.FromMilliseconds(2);

    private readonly short[][] _samples = [.. Enumerable.Range(0, tracks).Select(_ => new short[rate])];
    private readonly long[] _ends = new long[tracks];
    private readonly long _mostOff = (long)(MostOff.TotalSeconds * rate), _nearEnough = (long)(NearEnough.TotalSeconds * rate);
    private Instant _zero;
    private long _taken;

    /// <summary>Time begins here; everything before is forgotten.</summary>
    public void Begin(Instant at)
    {
        (_zero, _taken) = (at, 0);
        Array.Clear(_ends);
        foreach (short[] track in _samples) Array.Clear(track);
    }

    /// <summary>Samples from the beginning to this moment.</summary>
    public long At(Instant moment) => (moment.Nanos - _zero.Nanos) / 1000 * rate / 1_000_000;

    /// <param name="isAnew">Another sound begins, which nothing before is to be drawn to: it is laid where it belongs.</param>
    public void Put(int track, Instant at, ReadOnlySpan<short> samples, bool isAnew = false)
    {
        long place = At(at), end = _ends[track], off = place - end;
        if (samples.IsEmpty) return;
        if (Math.Abs(off) <= (isAnew ? _nearEnough : _mostOff))
        {
            place = end;
            // Too late by what was laid: one sample goes. Too early: the first one lasts two.
            if (off < -_nearEnough) samples = samples[1..];
            else if (off > _nearEnough && Holds(place, 1)) _samples[track][(int)(place++ % rate)] = samples[0];
        }
        // What was taken already cannot be changed, and the ring holds a second.
        if (place < _taken)
        {
            long missed = Math.Min(samples.Length, _taken - place);
            samples = samples[(int)missed..];
            place += missed;
        }
        if (samples.IsEmpty || !Holds(place, samples.Length)) return;
        short[] ring = _samples[track];
        int from = (int)(place % rate), first = Math.Min(samples.Length, rate - from);
        samples[..first].CopyTo(ring.AsSpan(from));
        samples[first..].CopyTo(ring);
        _ends[track] = place + samples.Length;
    }

    /// <summary>
    /// Takes the next samples of all tracks when they lie before <paramref name="limit"/>; what was never put is silence.
    /// </summary>
    public bool TryTake(long limit, Span<short> first, Span<short> second)
    {
        if (_taken + first.Length > limit) return false;
        Take(0, first);
        if (tracks > 1) Take(1, second);
        _taken += first.Length;
        return true;
    }

    public long Taken => _taken;

    private bool Holds(long place, int count) => place >= _taken && place + count <= _taken + rate;

    private void Take(int track, Span<short> into)
    {
        short[] ring = _samples[track];
        int from = (int)(_taken % rate), first = Math.Min(into.Length, rate - from);
        var head = ring.AsSpan(from, first);
        head.CopyTo(into);
        head.Clear();
        var tail = ring.AsSpan(0, into.Length - first);
        tail.CopyTo(into[first..]);
        tail.Clear();
    }
}
