using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Ringwright.Store.Engines;

/// <summary>
/// Whether the database is still where it was opened. Who removes its file under a running node takes all of it along when the process ends, and nothing
/// fails until then: so it is looked at once a second by whoever asks.
/// </summary>
internal sealed class Place(IEngine engine, ILogger logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private long _lookedAt;
    private int _isGone;

    public bool IsGone
    {
        get
        {
            long last = Volatile.Read(ref _lookedAt), now = Stopwatch.GetTimestamp();
            if ((last == 0 || Stopwatch.GetElapsedTime(last, now) >= Every) && Interlocked.CompareExchange(ref _lookedAt, now, last) == last) Look();
            return Volatile.Read(ref _isGone) != 0;
        }
    }

    private void Look()
    {
        bool isGone = !engine.IsInPlace;
        if (Interlocked.Exchange(ref _isGone, isGone ? 1 : 0) == (isGone ? 1 : 0)) return;
        if (isGone) logger.DatabaseRemoved(engine.Place, Environment.ProcessId);
        else logger.DatabaseInPlace(engine.Place);
    }
}
