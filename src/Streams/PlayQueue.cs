using Ringwright.Calls;

namespace Ringwright.Streams;

/// <summary>
/// Audio and marks of the application that wait for room in the tap, in order. Any thread may use it; each call is short.
/// </summary>
internal sealed class PlayQueue(IAudioTap tap) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Queue<Item> _items = new();
    private readonly Dictionary<long, string> _marks = [];
    private readonly short[] _part = new short[4 * 1024];
    private long _lastMark, _samples, _mp3Bytes;
    private bool _isClosed;

    /// <summary>A part of the tap's order: samples, a file, or a mark's number.</summary>
    private sealed class Item
    {
        public short[]? Samples { get; init; }
        public int Played { get; set; }
        public Mp3Source? Mp3 { get; init; }
        public long Mark { get; init; }
    }

    /// <returns>False when too much waits.</returns>
    public bool TryAdd(short[] samples)
    {
        lock (_lock)
        {
            if (_samples + samples.Length > Limits.QueuedSamples) return false;
            _samples += samples.Length;
            _items.Enqueue(new() { Samples = samples });
            return true;
        }
    }

    /// <returns>False when too much waits; the file stays the caller's then.</returns>
    public bool TryAdd(Mp3Source mp3)
    {
        lock (_lock)
        {
            if (_isClosed || _mp3Bytes + mp3.Bytes > Limits.QueuedMp3Bytes) return false;
            _mp3Bytes += mp3.Bytes;
            _items.Enqueue(new() { Mp3 = mp3 });
            return true;
        }
    }

    /// <summary>The tap tells when it is reached, at once when nothing waits before it.</summary>
    /// <returns>False when too many wait.</returns>
    public bool TryMark(string name)
    {
        lock (_lock)
        {
            if (_marks.Count == Limits.Marks) return false;
            _marks.Add(++_lastMark, name);
            _items.Enqueue(new() { Mark = _lastMark });
            return true;
        }
    }

    /// <summary>Nothing more of it is played. Marks go to the tap behind those that are there, which keeps their order.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            for (int left = _items.Count; left > 0; left--)
            {
                var item = _items.Dequeue();
                if (item.Mark > 0) _items.Enqueue(item);
                else Drop(item);
            }
            tap.Clear();
        }
    }

    /// <summary>Hands on what the tap has room for.</summary>
    /// <param name="isTorn">A file could not be read to its end.</param>
    /// <returns>True when something still waits.</returns>
    public bool Feed(out bool isTorn)
    {
        isTorn = false;
        lock (_lock)
        {
            while (!_isClosed && _items.TryPeek(out var item))
            {
                if (!(item.Mark > 0 ? tap.TryMark(item.Mark) : Play(item))) return true;
                isTorn |= item.Mp3 is { IsTorn: true };
                Drop(_items.Dequeue());
            }
            return false;
        }
    }

    /// <returns>The mark's name, once.</returns>
    public string? Reached(long mark)
    {
        lock (_lock) return _marks.Remove(mark, out string? name) ? name : null;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            while (_items.TryDequeue(out var item)) Drop(item);
        }
    }

    /// <returns>True when all of it is in the tap.</returns>
    private bool Play(Item item)
    {
        if (item.Mp3 is { } mp3)
        {
            while (tap.Room is > 0 and var room)
            {
                int count = mp3.Read(_part.AsSpan(0, Math.Min(room, _part.Length)));
                if (count == 0) return true;
                tap.Write(_part.AsSpan(0, count));
            }
            return false;
        }
        var samples = item.Samples!; // of what is neither file nor mark
        item.Played += tap.Write(samples.AsSpan(item.Played));
        return item.Played == samples.Length;
    }

    private void Drop(Item item)
    {
        _samples -= item.Samples?.Length ?? 0;
        _mp3Bytes -= item.Mp3?.Bytes ?? 0;
        item.Mp3?.Dispose();
    }
}
