namespace Ringwright.Net.Dns;

/// <summary>
/// What a file of the system says, read again when it has changed: networks come up, and operators mend names, under a node that runs.
/// Whoever is due looks, and meanwhile the others have what it said last: on a disk that stands still one waits, not all.
/// Safe from any thread.
/// </summary>
internal sealed class WatchedFile<T> where T : class
{
    private static readonly TimeSpan EachSecond = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly Func<IEnumerable<string>, T, T> _read;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private volatile T _value;
    private long _lookedAt;
    private bool _isLooking;
    // Of whoever looks alone.
    private (long Changed, long Bytes)? _mark;

    /// <param name="without">What counts where the file was never read.</param>
    /// <param name="read">
    /// Of its lines, and of what it said before, which may stay where it says nothing: some empty a file before they write it.
    /// </param>
    public WatchedFile(string path, T without, Func<IEnumerable<string>, T, T> read, TimeProvider clock)
    {
        (_path, _value, _read, _clock, _lookedAt) = (path, without, read, clock, clock.GetTimestamp());
        // Before anybody asks: who asked beside the first look would have nothing.
        Look();
    }

    public T Value
    {
        get
        {
            if (!TryBegin()) return _value;
            try
            {
                Look();
            }
            finally
            {
                lock (_gate) _isLooking = false;
            }
            return _value;
        }
    }

    private bool TryBegin()
    {
        lock (_gate)
        {
            long now = _clock.GetTimestamp();
            if (_isLooking || _clock.GetElapsedTime(_lookedAt, now) < EachSecond) return false;
            _lookedAt = now;
            return _isLooking = true;
        }
    }

    private void Look()
    {
        try
        {
            if (MarkOf(_path) is var mark && mark != _mark)
            {
                _value = _read(File.ReadLines(_path), _value);
                _mark = mark;
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It is just being replaced, or is not there: what it said last holds.
            _mark = null;
        }
    }

    /// <summary>Of the file itself: its name is mostly a link.</summary>
    private static (long Changed, long Bytes) MarkOf(string path)
    {
        using var file = File.OpenHandle(path);
        return (File.GetLastWriteTimeUtc(file).Ticks, RandomAccess.GetLength(file));
    }
}
