namespace Ringwright.Suites;

/// <summary>When a program that somebody waits for gets too little of the processors to come to its end.</summary>
internal sealed class Starvation(Task waitedFor)
{
    /// <summary>Less than this share of one processor. An idle program gets a hundredth beside others that never rest.</summary>
    private const double Share = 0.1;

    private (TimeSpan Used, TimeSpan At)? _before;

    /// <summary>How long it is watched before it is judged.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <param name="used">What it and all that it began have used of processors.</param>
    /// <param name="at">The time of this look, from wherever it is counted.</param>
    /// <returns>True once it has starved for a whole window while somebody waited.</returns>
    public bool IsSeen(Func<TimeSpan> used, TimeSpan at)
    {
        if (!waitedFor.IsCompleted) return false;
        if (_before is { } recent && at - recent.At < Window) return false;
        var now = (Used: used(), At: at);
        var before = _before;
        _before = now;
        return before is { } then && now.Used - then.Used < (now.At - then.At) * Share;
    }
}
