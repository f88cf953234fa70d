using System.Diagnostics;
using Ringwright.Core;
using Ringwright.MediaHost.Native;

namespace Ringwright.MediaHost;

/// <summary>CLOCK_MONOTONIC, which is also what <see cref="Stopwatch"/> reads on Linux, and sleeping until one of its moments.</summary>
internal static unsafe class MediaClock
{
    public static Instant Now => new(Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency));

    public static WallAnchor Anchor() => new(Now, TimeProvider.System.GetUtcNow());

    /// <summary>Nanoseconds of wall time since 1970, as in socket timestamps.</summary>
    public static long WallNanos => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    public static void SleepUntil(Instant moment)
    {
        var until = new MediaLibc.TimeSpec { Seconds = moment.Nanos / 1_000_000_000, Nanos = moment.Nanos % 1_000_000_000 };
        // The runtime interrupts threads with signals; an absolute deadline makes starting again exact.
        while (MediaLibc.ClockSleep(MediaLibc.ClockMonotonic, MediaLibc.TimerAbsolute, &until, null) == MediaLibc.ErrorInterrupted)
        {
        }
    }
}
