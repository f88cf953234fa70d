using System.Diagnostics;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>The one monotonic clock of the process, as the machines see it.</summary>
public static class EngineClock
{
    public static Instant Now => new((long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency)));

    /// <summary>Ties <see cref="Now"/> to wall time; made once per process and shared with the ledger.</summary>
    public static WallAnchor Anchor(TimeProvider clock) => new(Now, clock.GetUtcNow());
}
