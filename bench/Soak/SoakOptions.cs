namespace Ringwright.Bench.Soak;

/// <summary>What was asked for.</summary>
internal sealed record SoakOptions
{
    /// <summary>Of traffic with faults; warm-up and the two times of quiet come on top.</summary>
    public required TimeSpan Length { get; init; }
    public required int Seed { get; init; }
    public required double CallsPerSecond { get; init; }
    /// <summary>For the node's <c>--database</c>, or <see cref="Faults.OwnPostgres.Word"/>; its own file when null.</summary>
    public string? Database { get; init; }

    /// <summary>A short run shows that all works; only a longer one has a warm-up and tells about growth.</summary>
    public bool HasWarmUp => Length >= TimeSpan.FromMinutes(1);
    public TimeSpan WarmUp => HasWarmUp ? TimeSpan.FromSeconds(Math.Clamp(Length.TotalSeconds / 8, 15, 120)) : TimeSpan.Zero;
}
