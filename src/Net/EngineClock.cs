using System.Diagnostics;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>The monotonic clock, as the machines see it.</summary>
public static class EngineClock
{
    /// <summary>Of the process itself: what sockets and connections are timed by.</summary>
    public static Instant Now => new(Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency));

    /// <summary>Of <paramref name="clock"/>; the system's gives <see cref="Now"/>. In whole numbers, so that no deadline is missed by
    /// a nanosecond.</summary>
    public static Instant At(TimeProvider clock) => new(clock.GetTimestamp() * (1_000_000_000 / clock.TimestampFrequency));

    /// <summary>Ties <see cref="At"/> to wall time; made once per process and shared with the ledger.</summary>
    public static WallAnchor Anchor(TimeProvider clock) => new(At(clock), clock.GetUtcNow());
}
