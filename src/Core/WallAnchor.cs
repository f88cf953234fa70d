namespace Ringwright.Core;

/// <summary>One moment on both clocks.</summary>
public sealed record WallTie(Instant At, DateTimeOffset Wall)
{
    /// <summary>The wall time (UTC) of <paramref name="at"/>.</summary>
    public DateTimeOffset ToWall(Instant at) => Wall + (at - At);
}

/// <summary>
/// Ties the monotonic clock to wall time. The edge makes one per process and moves it when somebody sets the wall clock.
/// What lasts keeps the <see cref="Tie"/> that it began with, so that its times neither jump nor run backwards.
/// </summary>
public sealed class WallAnchor(Instant at, DateTimeOffset wall)
{
    private WallTie _tie = new(at, wall);

    /// <summary>As the wall clock stands now. Immutable, and swapped.</summary>
    public WallTie Tie => Volatile.Read(ref _tie);

    public DateTimeOffset Wall => Tie.Wall;

    /// <summary>The wall time (UTC) of <paramref name="at"/>.</summary>
    public DateTimeOffset ToWall(Instant at) => Tie.ToWall(at);

    public Instant ToInstant(DateTimeOffset wall)
    {
        var tie = Tie;
        return tie.At + (wall - tie.Wall);
    }

    /// <summary>The wall clock was set by so much. One caller at a time.</summary>
    public void Move(TimeSpan by) => Volatile.Write(ref _tie, _tie with { Wall = _tie.Wall + by });
}
