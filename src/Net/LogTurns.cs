namespace Ringwright.Net;

/// <summary>
/// Whose turn it is in the log, so that a flood does not flood it: one line a minute for each key, and so many a minute in all.
/// Safe from any thread.
/// </summary>
internal sealed class LogTurns<TKey>(TimeProvider clock) where TKey : notnull
{
    /// <summary>Keys whose last line is remembered; when there are more, all are forgotten.</summary>
    private const int MostRemembered = 4_096;
    /// <summary>Lines a minute, whoever they are of.</summary>
    private const int MostLines = 120;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, (long At, long Untold)> _told = [];
    private long _minute;
    private int _lines;

    /// <param name="times">How often it happened since the last line, with this time.</param>
    public bool TryTell(TKey key, out long times)
    {
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            bool isKnown = _told.TryGetValue(key, out var last);
            times = last.Untold + 1;
            if (_lines == 0 || clock.GetElapsedTime(_minute, now) >= Again) (_minute, _lines) = (now, 0);
            if (isKnown && clock.GetElapsedTime(last.At, now) < Again || _lines >= MostLines)
            {
                if (isKnown) _told[key] = (last.At, times);
                return false;
            }
            _lines++;
            if (_told.Count >= MostRemembered) _told.Clear();
            _told[key] = (now, 0);
            return true;
        }
    }
}
