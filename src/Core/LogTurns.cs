namespace Ringwright.Core;

/// <summary>
/// Whose turn it is in the log, so that a flood does not flood it: one line a minute for each key, and so many a minute in all.
/// Of several threads one asks at a time.
/// </summary>
public sealed class LogTurns<TKey> where TKey : notnull
{
    /// <summary>Lines a minute, whoever they are of.</summary>
    internal const int MostLines = 120;
    /// <summary>Keys whose last line is remembered; when there are more, all are forgotten.</summary>
    private const int MostRemembered = 4_096;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Dictionary<TKey, (Instant At, long Untold)> _told = [];
    private Instant _minute;
    private int _lines;

    /// <param name="times">How often it happened since the last line, with this time.</param>
    public bool TryTell(TKey key, Instant now, out long times)
    {
        bool isKnown = _told.TryGetValue(key, out var last);
        times = last.Untold + 1;
        if (_lines == 0 || now - _minute >= Again) (_minute, _lines) = (now, 0);
        if (isKnown && now - last.At < Again || _lines >= MostLines)
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
