namespace Ringwright.Jobs;

/// <summary>How jobs are run on this node.</summary>
public sealed record JobOptions
{
    /// <summary>Jobs at the same time; calls come first.</summary>
    public int Parallel { get; init; } = 2;
    /// <summary>
    /// How long a job stays ours without a renewal, which comes after a third of it: so long a job waits whose process died.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Tries of a job that breaks off by a fault, or takes its process with it.</summary>
    public int Attempts { get; init; } = 4;
    /// <summary>Before the second try; doubled for each further one.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(5);
    /// <summary>The longest sleep: another node on the same database may have died with a job.</summary>
    public TimeSpan LongestSleep { get; init; } = TimeSpan.FromSeconds(60);
}
