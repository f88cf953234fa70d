namespace Ringwright.Core;

/// <summary>A point on the monotonic clock, in nanoseconds since an arbitrary start. The only time that machines know.</summary>
public readonly record struct Instant(long Nanos) : IComparable<Instant>
{
    /// <summary>The deadline of a machine that waits for nothing.</summary>
    public static readonly Instant Never = new(long.MaxValue);

    public static Instant operator +(Instant at, TimeSpan span) =>
        at == Never ? Never : new(at.Nanos + span.Ticks * TimeSpan.NanosecondsPerTick);
    public static Instant operator -(Instant at, TimeSpan span) =>
        at == Never ? Never : new(at.Nanos - span.Ticks * TimeSpan.NanosecondsPerTick);
    public static TimeSpan operator -(Instant later, Instant earlier) => new((later.Nanos - earlier.Nanos) / TimeSpan.NanosecondsPerTick);
    public static bool operator <(Instant a, Instant b) => a.Nanos < b.Nanos;
    public static bool operator >(Instant a, Instant b) => a.Nanos > b.Nanos;
    public static bool operator <=(Instant a, Instant b) => a.Nanos <= b.Nanos;
    public static bool operator >=(Instant a, Instant b) => a.Nanos >= b.Nanos;

    /// <summary>
    /// The next point of a grid, or this one when it is on it: deadlines that need not be exact fall
    /// together, and one wake-up serves them all.
    /// </summary>
    public Instant RoundedUp(TimeSpan grid)
    {
        long step = grid.Ticks * TimeSpan.NanosecondsPerTick, over = Nanos % step;
        return this == Never || over == 0 ? this : new(Nanos - over + step);
    }

    public static Instant Min(Instant a, Instant b) => a < b ? a : b;
    public static Instant Max(Instant a, Instant b) => a > b ? a : b;

    public int CompareTo(Instant other) => Nanos.CompareTo(other.Nanos);
    public override string ToString() => this == Never ? "never" : $"{Nanos / 1e9:F6}s";
}
