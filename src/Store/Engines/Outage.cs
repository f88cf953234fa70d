using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Ringwright.Store.Engines;

/// <summary>
/// Whether the database can be written, and when it is tried again if not. Said in the log when it begins and when it ends,
/// never in between. Begun by the writer, whose try has failed, or by the <see cref="Watch"/>, which sees that the writer has no answer;
/// ended by the writer alone; read by anyone.
/// </summary>
internal sealed class Outage(ILogger logger)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(250), LongestWait = TimeSpan.FromSeconds(5),
        Relapse = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private long _begunAt, _triedAt, _endedAt;
    private TimeSpan _wait;
    private volatile string? _reason;
    private volatile bool _isSilent;
    private Exception? _why;

    /// <summary>In the driver's words, if it has said any; null when all is well.</summary>
    public string? Reason => _reason;

    public bool IsOn => _reason is not null;

    /// <summary>There is no answer at all: nobody who asks may wait for one.</summary>
    public bool IsSilent => _isSilent;

    /// <summary>So far; nothing when it is not on.</summary>
    public TimeSpan Lasts => IsOn ? Stopwatch.GetElapsedTime(_begunAt) : TimeSpan.Zero;

    /// <summary>Until the next try.</summary>
    public TimeSpan Wait => _wait - Stopwatch.GetElapsedTime(_triedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>A try has failed.</summary>
    /// <param name="isSilent">There was no answer, or none that says more than that; otherwise the database has said no.</param>
    public void Note(Exception why, bool isSilent)
    {
        lock (_gate)
        {
            _triedAt = Stopwatch.GetTimestamp();
            _why = why;
            _isSilent = isSilent;
            // What fails again soon is asked less and less often.
            bool isRelapse = _endedAt > 0 && Stopwatch.GetElapsedTime(_endedAt, _triedAt) < Relapse;
            _wait = IsOn || isRelapse ? Longer : ShortestWait;
            Begin(why.Message);
        }
    }

    /// <summary>The writer has waited for an answer for too long.</summary>
    /// <param name="isSilent">False when it may be at work all the same.</param>
    /// <param name="stillWaits">Asked when nobody can end the outage in between.</param>
    public void Declare(string reason, bool isSilent, Func<bool> stillWaits)
    {
        lock (_gate)
        {
            if (!stillWaits()) return;
            _isSilent |= isSilent;
            if (!IsOn) Begin(reason);
        }
    }

    /// <summary>A commit was taken, but whoever begins something now may find no room for the rest of it.</summary>
    /// <param name="isMoreHeld">What waits may go in while anything goes in.</param>
    public void Stay(bool isMoreHeld)
    {
        lock (_gate)
        {
            _isSilent = false;
            _triedAt = Stopwatch.GetTimestamp();
            _wait = isMoreHeld ? TimeSpan.Zero : Longer;
        }
    }

    private TimeSpan Longer => _wait < ShortestWait ? ShortestWait : _wait * 2 < LongestWait ? _wait * 2 : LongestWait;

    /// <summary>For those who do not wait.</summary>
    public StoreUnavailableException ToException() => new(_why);

    /// <summary>A commit was taken.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (!IsOn) return;
            _reason = null;
            _isSilent = false;
            _why = null;
            _endedAt = Stopwatch.GetTimestamp();
            logger.DatabaseBack(Stopwatch.GetElapsedTime(_begunAt).TotalSeconds);
        }
    }

    /// <summary>Under the gate. The newest words are the best.</summary>
    private void Begin(string reason)
    {
        bool wasOn = IsOn;
        _reason = reason;
        if (wasOn) return;
        _begunAt = Stopwatch.GetTimestamp();
        logger.DatabaseAway(reason);
    }
}
