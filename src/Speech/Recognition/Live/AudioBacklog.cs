namespace Ringwright.Speech.Recognition.Live;

/// <summary>
/// Audio between who hears it and who sends it: bounded, never waits on the side that writes. What does not fit is dropped and counted.
/// </summary>
internal sealed class AudioBacklog(int samples) : IDisposable
{
    private readonly short[] _ring = new short[samples];
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private int _start, _count;
    /// <summary>Samples that are read before a mark; -1 without one.</summary>
    private int _untilMark = -1;
    private bool _isFinished, _isAtMark;
    private long _dropped;

    /// <summary>Samples that did not fit.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Samples that may be written, and nothing is dropped.</summary>
    public int Room
    {
        get { lock (_lock) return _ring.Length - _count; }
    }

    public void Write(ReadOnlySpan<short> audio)
    {
        lock (_lock)
        {
            if (_isFinished) return;
            int take = Math.Min(audio.Length, _ring.Length - _count), end = (_start + _count) % _ring.Length;
            int first = Math.Min(take, _ring.Length - end);
            audio[..first].CopyTo(_ring.AsSpan(end));
            audio[first..take].CopyTo(_ring);
            _count += take;
            if (take < audio.Length) Interlocked.Add(ref _dropped, audio.Length - take);
            Wake();
        }
    }

    /// <summary>What was written until now is read without what comes, and then <see cref="TakeMark"/> is true.</summary>
    /// <param name="step">Only with whole multiples of so many samples, which it may have to wait for.</param>
    public void Mark(int step)
    {
        lock (_lock)
        {
            if (_isFinished) return;
            _untilMark = (_count + step - 1) / step * step;
            Wake();
        }
    }

    /// <summary>True once when all before a mark was read.</summary>
    public bool TakeMark()
    {
        lock (_lock)
        {
            bool isAtMark = _isAtMark;
            _isAtMark = false;
            return isAtMark;
        }
    }

    /// <summary>Nothing more comes.</summary>
    /// <param name="isDropped">Nor is what waits wanted any more.</param>
    public void Finish(bool isDropped)
    {
        lock (_lock)
        {
            if (_isFinished && !isDropped) return;
            if (isDropped) _count = 0;
            (_isFinished, _untilMark) = (true, -1);
            Wake();
        }
    }

    /// <summary>Waits until <paramref name="into"/> can be filled, or what is before a mark or the last audio is there.</summary>
    /// <returns>
    /// Samples; 0 when nothing came for <paramref name="patience"/> or there are none before a mark, -1 when all was read.
    /// </returns>
    public async ValueTask<int> ReadAsync(Memory<short> into, TimeSpan patience, CancellationToken stop)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_untilMark >= 0 && _untilMark <= Math.Min(into.Length, _count))
                {
                    into = into[.._untilMark];
                    (_untilMark, _isAtMark) = (-1, true);
                    return Take(into.Span);
                }
                if (_count >= into.Length || (_isFinished && _count > 0)) return Take(into.Span);
                if (_isFinished) return -1;
            }
            if (!await _changed.WaitAsync(patience, stop)) return 0;
        }
    }

    public void Dispose() => _changed.Dispose();

    private int Take(Span<short> into)
    {
        int take = Math.Min(into.Length, _count), first = Math.Min(take, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(into);
        _ring.AsSpan(0, take - first).CopyTo(into[first..]);
        (_start, _count) = ((_start + take) % _ring.Length, _count - take);
        if (_untilMark > 0) _untilMark = Math.Max(0, _untilMark - take);
        return take;
    }

    private void Wake()
    {
        if (_changed.CurrentCount == 0) _changed.Release();
    }
}
