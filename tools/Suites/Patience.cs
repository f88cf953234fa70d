namespace Ringwright.Suites;

/// <summary>How long a program may take.</summary>
/// <param name="Limit">From its start to its end.</param>
internal sealed record Patience(TimeSpan Limit)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>How long it may say nothing; infinite for one that is told to say little.</summary>
    public TimeSpan Silence { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether it is given up for want of processors; null for one that takes its share of them.</summary>
    public Starvation? Starvation { get; init; }

    /// <summary>How long what it left behind may take to end by itself.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two looks at it.</summary>
    public TimeSpan Pause
    {
        get
        {
            var shorter = Silence == Timeout.InfiniteTimeSpan || Limit < Silence ? Limit : Silence;
            return shorter < LongestPause ? shorter : LongestPause;
        }
    }
}
