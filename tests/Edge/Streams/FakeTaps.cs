using System.Collections.Concurrent;
using System.Threading.Channels;
using Ringwright.Calls;

namespace Ringwright.Edge.Streams;

/// <summary>Taps without media behind them: the test speaks, listens and plays by hand.</summary>
internal sealed class FakeTaps : IAudioTaps
{
    public ConcurrentQueue<FakeTap> Opened { get; } = new();
    public bool IsFull { get; set; }

    public FakeTap Only => Assert.Single(Opened);

    public IAudioTap Open(TapPlan plan)
    {
        if (IsFull) throw new IOException("There is no room in shared memory.");
        var tap = new FakeTap(plan);
        Opened.Enqueue(tap);
        return tap;
    }
}

/// <summary>A second each way, as the port says it: neither end waits, the oldest audio goes, marks stay.</summary>
internal sealed class FakeTap(TapPlan plan) : IAudioTap
{
    private const int MostMarks = 16;

    private readonly Lock _lock = new();
    private readonly Channel<bool> _ready = Channel.CreateUnbounded<bool>();
    private readonly Queue<(TapFrame Frame, short[] Samples)> _out = new();
    private readonly Queue<short> _in = new();
    private readonly Queue<(long Number, long At)> _marks = new();
    private readonly List<short> _played = [];
    private long _written, _overflows;
    private bool _isLosing;

    public TapPlan Plan => plan;
    public bool IsDisposed { get; private set; }
    public int Clears { get; private set; }
    public long Now { get; private set; }

    public long Overflows
    {
        get { lock (_lock) return _overflows; }
    }

    public int Room
    {
        get { lock (_lock) return plan.InjectionRate!.Value - _in.Count; }
    }

    public short[] Played
    {
        get { lock (_lock) return [.. _played]; }
    }

    /// <summary>The place of each mark, in samples that were written before it.</summary>
    public List<long> Marked { get; } = [];

    public int Waiting
    {
        get { lock (_lock) return _in.Count; }
    }

    /// <summary>Ticks that wait to be read; with 50 the next one is lost.</summary>
    public int Unread
    {
        get { lock (_lock) return _out.Count; }
    }

    public async ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        while (await _ready.Reader.WaitToReadAsync(cancellation))
        {
            _ready.Reader.TryRead(out _);
            lock (_lock)
                if (_out.Count > 0) return true;
        }
        lock (_lock) return _out.Count > 0;
    }

    public bool TryRead(Span<short> into, out TapFrame frame)
    {
        lock (_lock)
        {
            frame = default;
            if (!_out.TryDequeue(out var next))
            {
                _isLosing = false;
                return false;
            }
            next.Samples.CopyTo(into);
            frame = next.Frame;
            return true;
        }
    }

    public int Write(ReadOnlySpan<short> samples)
    {
        lock (_lock)
        {
            int count = Math.Min(samples.Length, Room);
            foreach (short sample in samples[..count]) _in.Enqueue(sample);
            _written += count;
            return count;
        }
    }

    public bool TryMark(long number)
    {
        lock (_lock)
        {
            if (_marks.Count == MostMarks) return false;
            _marks.Enqueue((number, _written));
            Marked.Add(_written);
            TellMarks();
            return true;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            Clears++;
            _in.Clear();
            TellMarks();
        }
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>20 ms of a track.</summary>
    public void Say(TapTracks track, short[] samples)
    {
        lock (_lock)
        {
            if (_out.Count(f => f.Frame.Track == track) == 50)
            {
                var kept = _out.ToList();
                kept.RemoveAt(kept.FindIndex(f => f.Frame.Track == track));
                _out.Clear();
                foreach (var frame in kept) _out.Enqueue(frame);
                if (!_isLosing) _overflows++;
                _isLosing = true;
            }
            _out.Enqueue((new(TapFrameKind.Audio, track, Now, samples.Length, 0), samples));
        }
        _ready.Writer.TryWrite(true);
    }

    public void Pass(int milliseconds)
    {
        lock (_lock) Now += milliseconds;
    }

    /// <summary>The party hears so much.</summary>
    public void Play(int milliseconds)
    {
        lock (_lock)
        {
            for (int left = milliseconds * plan.InjectionRate!.Value / 1_000; left > 0 && _in.TryDequeue(out short sample); left--)
                _played.Add(sample);
            Now += milliseconds;
            TellMarks();
        }
    }

    /// <summary>The port is closed.</summary>
    public void End() => _ready.Writer.TryComplete();

    private void TellMarks()
    {
        while (_marks.TryPeek(out var mark) && mark.At <= _written - _in.Count)
        {
            _marks.Dequeue();
            _out.Enqueue((new(TapFrameKind.Mark, TapTracks.None, Now, 0, mark.Number), []));
            _ready.Writer.TryWrite(true);
        }
    }
}
