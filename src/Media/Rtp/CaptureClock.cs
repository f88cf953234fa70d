using Ringwright.Core;

namespace Ringwright.Media.Rtp;

/// <summary>
/// When the packets of a stream were captured, by our clock: the sender's time, laid so that the quickest
/// packets of the last one or two seconds were no time on their way. A packet that the network holds up has its own moment all the same;
/// a sender whose clock stood still is followed a little later.
/// </summary>
internal struct CaptureClock
{
    private const int Window = 50;
    /// <summary>A packet further behind the quickest is no late one: the sender has paused, or counts its time otherwise.</summary>
    private static readonly TimeSpan MostLate = TimeSpan.FromMilliseconds(240);

    private long _sent, _current, _previous;
    private uint _timestamp;
    private int _count;
    private bool _isStarted;

    /// <summary>Takes the packets of a stream in their order.</summary>
    /// <param name="passed">What was played since the packet before began, it and what is lost behind it:
    /// a sender that counts less is not believed.</param>
    /// <returns>When the packet was captured and sent, had it been among the quickest.</returns>
    public Instant Take(uint timestamp, Instant arrival, TimeSpan passed, int clockRate)
    {
        long counted = (int)(timestamp - _timestamp) * 1_000_000_000L / clockRate;
        _sent += Math.Max(counted, passed.Ticks * TimeSpan.NanosecondsPerTick);
        _timestamp = timestamp;
        long transit = arrival.Nanos - _sent, quickest = Math.Min(_current, _previous);
        if (!_isStarted || transit - quickest > MostLate.Ticks * TimeSpan.NanosecondsPerTick)
        {
            (_isStarted, _count, _current, _previous) = (true, 0, transit, transit);
            return arrival;
        }
        _current = Math.Min(_current, transit);
        quickest = Math.Min(quickest, transit);
        if (++_count >= Window) (_previous, _current, _count) = (_current, transit, 0);
        return new(_sent + quickest);
    }
}
