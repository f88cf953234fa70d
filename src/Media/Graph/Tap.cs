using Ringwright.Media.Dsp;

namespace Ringwright.Media.Graph;

/// <summary>
/// A copy of a port's audio leaving the tick: one second in a ring, one writer (the tick), one reader (any other thread).
/// The writer never waits; a reader that falls behind loses the oldest audio and sees it in <see cref="Overflows"/>.
/// </summary>
public sealed class Tap(int sampleRate)
{
    private readonly short[] _ring = new short[sampleRate];
    // Samples that the writer has begun and has finished; between the two the oldest part of the ring is torn.
    private long _begun, _finished;
    private long _read;
    private Resampler? _resampler;
    private readonly short[] _resampled = new short[sampleRate / 50 + 8];

    public int SampleRate { get; } = sampleRate;

    /// <summary>How often the reader had lost audio; one per loss, however long.</summary>
    public long Overflows { get; private set; }

    /// <summary>Samples that wait to be read.</summary>
    public int Available => (int)Math.Min(_ring.Length, Volatile.Read(ref _finished) - _read);

    /// <summary>Called by the tick's owner when the port's rate is known or changes.</summary>
    internal void Configure(int portRate) => _resampler = portRate == SampleRate ? null : new(portRate, SampleRate);

    /// <summary>Called by the tick only: 20 ms or less at the port's rate.</summary>
    internal void Write(ReadOnlySpan<short> samples)
    {
        if (_resampler is not null) samples = _resampled.AsSpan(0, _resampler.Process(samples, _resampled));
        _begun += samples.Length;
        Volatile.WriteBarrier();
        int at = (int)(_finished % _ring.Length);
        int first = Math.Min(samples.Length, _ring.Length - at);
        samples[..first].CopyTo(_ring.AsSpan(at));
        samples[first..].CopyTo(_ring);
        Volatile.Write(ref _finished, _begun);
    }

    /// <summary>Called by the reader only. Gives the oldest audio that is still whole.</summary>
    /// <returns>Samples read.</returns>
    public int Read(Span<short> into)
    {
        while (true)
        {
            long finished = Volatile.Read(ref _finished);
            long oldest = finished - _ring.Length;
            if (_read < oldest) Lose(oldest);
            int count = (int)Math.Min(into.Length, finished - _read);
            int at = (int)(_read % _ring.Length);
            int first = Math.Min(count, _ring.Length - at);
            _ring.AsSpan(at, first).CopyTo(into);
            _ring.AsSpan(0, count - first).CopyTo(into[first..]);

            Volatile.ReadBarrier();
            long safe = _begun - _ring.Length;
            if (_read < safe)
            {
                Lose(safe);
                continue;
            }
            _read += count;
            return count;
        }
    }

    private void Lose(long oldest)
    {
        _read = oldest;
        Overflows++;
    }
}
