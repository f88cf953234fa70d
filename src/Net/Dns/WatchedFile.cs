namespace Ringwright.Net.Dns;

/// <summary>
/// What a file of the system says, read again when it has changed: networks come up, and operators mend names, under a node that runs.
/// Safe from any thread.
/// </summary>
/// <param name="without">What counts before the file was ever read.</param>
/// <param name="read">
/// Of its lines, and of what it said before, which may stay where it says nothing: some empty a file before they write it.
/// </param>
internal sealed class WatchedFile<T>(string path, T without, Func<IEnumerable<string>, T, T> read, TimeProvider clock)
    where T : class
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private T _value = without;
    private (long Changed, long Bytes)? _mark;
    private long? _lookedAt;

    public T Value
    {
        get
        {
            lock (_gate)
            {
                long now = clock.GetTimestamp();
                if (_lookedAt is { } at && clock.GetElapsedTime(at, now) < Look) return _value;
                _lookedAt = now;
                try
                {
                    if (MarkOf(path) is var mark && mark != _mark)
                    {
                        _value = read(File.ReadLines(path), _value);
                        _mark = mark;
                    }
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    // It is just being replaced, or is not there: what it said last holds.
                    _mark = null;
                }
                return _value;
            }
        }
    }

    /// <summary>Of the file itself: its name is mostly a link.</summary>
    private static (long Changed, long Bytes) MarkOf(string path)
    {
        using var file = File.OpenHandle(path);
        return (File.GetLastWriteTimeUtc(file).Ticks, RandomAccess.GetLength(file));
    }
}
