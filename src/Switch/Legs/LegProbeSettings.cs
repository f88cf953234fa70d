namespace Ringwright.Switch.Legs;

/// <summary>
/// How a far end that owes us neither sound nor refreshes, mostly one that holds the call, is found to be gone; and how long one may be
/// dark that changes its network.
/// </summary>
public sealed record LegProbeSettings
{
    /// <summary>It is asked in its dialog so often, from the answer on.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>So many questions one after the other may find nobody; 1 or more.</summary>
    public int Questions { get; init; } = 2;
    /// <summary>How long it has after the last of them to say something itself.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);
}
