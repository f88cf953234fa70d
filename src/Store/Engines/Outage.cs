using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Ringwright.Store.Engines;

/// <summary>
/// Whether the database can be written, and when it is tried again if not. Said in the log when it begins and when it ends, never in between.
/// Changed by the writer alone, read by anyone.
/// </summary>
internal sealed class Outage(ILogger logger)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(250), LongestWait = TimeSpan.FromSeconds(5), Relapse = TimeSpan.FromSeconds(30);

    private long _begunAt, _triedAt, _endedAt;
    private TimeSpan _wait;
    private volatile string? _reason;

    private Exception? _why;

    /// <summary>In the driver's words; null when all is well.</summary>
    public string? Reason => _reason;

    public bool IsOn => _reason is not null;

    /// <summary>Until the next try.</summary>
    public TimeSpan Wait => _wait - Stopwatch.GetElapsedTime(_triedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>A try has failed.</summary>
    public void Note(Exception why)
    {
        _triedAt = Stopwatch.GetTimestamp();
        _why = why;
        if (IsOn)
        {
            _wait = Longer;
            return;
        }
        // What fails again soon is asked less and less often.
        bool isRelapse = _endedAt > 0 && Stopwatch.GetElapsedTime(_endedAt, _triedAt) < Relapse;
        _wait = isRelapse ? Longer : ShortestWait;
        _begunAt = _triedAt;
        _reason = why.Message;
        logger.DatabaseAway(why.Message);
    }

    /// <summary>A commit was taken, but whoever begins something now may find no room for the rest of it.</summary>
    /// <param name="isMoreHeld">What waits may go in while anything goes in.</param>
    public void Stay(bool isMoreHeld)
    {
        _triedAt = Stopwatch.GetTimestamp();
        _wait = isMoreHeld ? TimeSpan.Zero : Longer;
    }

    private TimeSpan Longer => _wait < ShortestWait ? ShortestWait : _wait * 2 < LongestWait ? _wait * 2 : LongestWait;

    /// <summary>For those who do not wait.</summary>
    public StoreUnavailableException ToException() => new(_why);

    /// <summary>A commit was taken.</summary>
    public void End()
    {
        if (!IsOn) return;
        _reason = null;
        _endedAt = Stopwatch.GetTimestamp();
        logger.DatabaseBack(Stopwatch.GetElapsedTime(_begunAt).TotalSeconds);
    }
}
