namespace Ringwright.Campaigns;

/// <summary>
/// Whose turn it is in the log, so that a far end that says the same for ever does not fill the disk: one line a minute for each carrier
/// and reason. Safe from any thread.
/// </summary>
internal sealed class LineTurns(TimeProvider time)
{
    /// <summary>Keys whose last line is remembered; when there are more, all are forgotten.</summary>
    private const int MostRemembered = 1_000;
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Carrier, string Why), (long At, long Untold)> _told = [];

    /// <param name="times">How often it happened since the last line, with this time.</param>
    public bool TryTell(string carrier, string why, out long times)
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            bool isKnown = _told.TryGetValue((carrier, why), out var last);
            times = last.Untold + 1;
            if (isKnown && time.GetElapsedTime(last.At, now) < Again)
            {
                _told[(carrier, why)] = (last.At, times);
                return false;
            }
            if (_told.Count >= MostRemembered) _told.Clear();
            _told[(carrier, why)] = (now, 0);
            return true;
        }
    }
}
