using Ringwright.Bench.Driving;

namespace Ringwright.Bench.Curves;

/// <summary>What was measured at one load. What never was, is null.</summary>
internal sealed record CurvePoint(int Load)
{
    /// <summary>
    /// From here on a tick is late, in milliseconds: as the node itself counts them (<c>ringwright_media_ticks_late_total</c>).
    /// </summary>
    public const double LateMs = 5;

    /// <summary>Per call-second while all calls are up, or per call.</summary>
    public required double? CpuMs { get; init; }

    /// <summary>How late a tick began, at the 99th percentile, while all calls were up.</summary>
    public required double? TickLateMs { get; init; }

    /// <summary>Ticks given up meanwhile.</summary>
    public required double? TicksSkipped { get; init; }

    /// <summary>Of the far ends, the 99th percentile: jitter, and the longest time between two packets.</summary>
    public required double? JitterMs { get; init; }
    public required double? GapMs { get; init; }

    /// <summary>Through a bridge.</summary>
    public required Spread? TransitMs { get; init; }

    /// <summary>INVITE to 200.</summary>
    public required Spread? SetupMs { get; init; }

    /// <summary>RTP packets that are missing at a far end by their numbers, or frames of the other end if these are more.</summary>
    public required long Lost { get; init; }

    /// <summary>Of a core, what the load driver needed; and how late its own packets left, the 99th percentile of its ends.</summary>
    public required double DriverShare { get; init; }
    public required double? DriverLateMs { get; init; }
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>Why the curve ends here; null when it goes on.</summary>
    public string? Failure => Faults.Count > 0 ? Faults[0]
        : TickLateMs > LateMs ? FormattableString.Invariant($"a tick in a hundred comes {TickLateMs:F1} ms late") : null;
}
