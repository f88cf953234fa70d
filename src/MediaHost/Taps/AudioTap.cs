using Ringwright.Calls;
using Ringwright.Media.Taps;

namespace Ringwright.MediaHost.Taps;

/// <summary>The outer end of one tap.</summary>
internal sealed class AudioTap : IAudioTap
{
    private readonly Lock _lock = new();
    private readonly TapFile _file;
    private readonly TapMemory _memory;
    private readonly string _path;
    private readonly Action<AudioTap> _forget;
    private TaskCompletionSource<bool>? _waiter;
    private long _next, _told, _lastMilliseconds;
    private bool _isLost, _isDisposed;

    public AudioTap(TapPlan plan, TapFile file, string path, Action<AudioTap> forget)
    {
        (_file, _path, _forget) = (file, path, forget);
        _memory = new(plan, file.Memory);
    }

    public TapPlan Plan => _memory.Plan;

    public long Overflows { get; private set; }

    public int Room
    {
        get
        {
            lock (_lock) return _isDisposed ? 0 : _memory.Room;
        }
    }

    public ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        Task<bool> coming;
        lock (_lock)
        {
            if (_isDisposed) return new(false);
            if (HasNews) return new(true);
            if (HasEnded) return new(false);
            _waiter ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            coming = _waiter.Task;
        }
        return new(coming.WaitAsync(cancellation));
    }

    public bool TryRead(Span<short> into, out TapFrame frame)
    {
        lock (_lock)
        {
            frame = default;
            if (_isDisposed) return false;
            if (_told < _memory.Reached)
            {
                frame = new(TapFrameKind.Mark, TapTracks.None, _lastMilliseconds, 0, _memory.NumberOf(_told++));
                return true;
            }
            bool hasLost = false;
            while (_memory.HasFrame(_next))
            {
                if (_memory.TryGetFrame(_next, into, out frame))
                {
                    _next++;
                    _lastMilliseconds = frame.Milliseconds;
                    return true;
                }
                _next = _memory.Oldest;
                // Overtaken again at once, it is the same loss.
                if (!hasLost) Overflows++;
                hasLost = true;
            }
            return false;
        }
    }

    public int Write(ReadOnlySpan<short> samples)
    {
        lock (_lock) return _isDisposed ? 0 : _memory.Write(samples);
    }

    public bool TryMark(long number)
    {
        lock (_lock)
        {
            // what was told may be written over
            return !_isDisposed && _memory.Reached - _told < TapMemory.Marks / 2 && _memory.TryMark(number);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            if (!_isDisposed) _memory.Clear();
        }
    }

    /// <summary>Wakes who waits, if there is something.</summary>
    public void Look()
    {
        TaskCompletionSource<bool>? waiter;
        bool hasNews;
        lock (_lock)
        {
            if (_waiter is null || _isDisposed) return;
            hasNews = HasNews;
            if (!hasNews && !HasEnded) return;
            (waiter, _waiter) = (_waiter, null);
        }
        waiter.TrySetResult(hasNews);
    }

    public void Lose()
    {
        lock (_lock) _isLost = true;
        Look();
    }

    public void Dispose()
    {
        TaskCompletionSource<bool>? waiter;
        lock (_lock)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            (waiter, _waiter) = (_waiter, null);
            ((IDisposable)_file).Dispose();
        }
        waiter?.TrySetResult(false);
        _forget(this);
        File.Delete(_path);
    }

    private bool HasNews => _told < _memory.Reached || _memory.HasFrame(_next);

    private bool HasEnded => _isLost || _memory.IsReleased;
}
