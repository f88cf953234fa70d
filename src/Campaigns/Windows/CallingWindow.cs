namespace Ringwright.Campaigns.Windows;

[Flags]
public enum WeekDays
{
    None = 0,
    Monday = 1,
    Tuesday = 2,
    Wednesday = 4,
    Thursday = 8,
    Friday = 16,
    Saturday = 32,
    Sunday = 64,
    Every = 127,
}

/// <summary>
/// Hours of some days of the week in which recipients may be called, by their own clocks: from the start on, and not at the end any more.
/// </summary>
public sealed record CallingWindow
{
    /// <param name="days">The days on which it begins.</param>
    /// <param name="start">From midnight, less than 24 hours.</param>
    /// <param name="end">From midnight, at most 24 hours. Before the start: on the day after, as of a window from 22:00 to 02:00.</param>
    /// <exception cref="ArgumentException">No day, a time outside the day, or no time between the two.</exception>
    public CallingWindow(WeekDays days, TimeSpan start, TimeSpan end)
    {
        if (days is WeekDays.None || (days & ~WeekDays.Every) != 0)
            throw new ArgumentException($"{days} are no days of the week", nameof(days));
        if (start < TimeSpan.Zero || start >= TimeSpan.FromDays(1))
            throw new ArgumentException($"no window begins at {start}", nameof(start));
        if (end < TimeSpan.Zero || end > TimeSpan.FromDays(1) || end == start)
            throw new ArgumentException($"no window ends at {end}", nameof(end));
        (Days, Start, End) = (days, start, end);
    }

    public WeekDays Days { get; }
    public TimeSpan Start { get; }
    public TimeSpan End { get; }

    public bool IsOverMidnight => End < Start;

    /// <summary>However long the day is.</summary>
    public bool IsWholeDay => Start == TimeSpan.Zero && End == TimeSpan.FromDays(1);

    /// <summary>"09:00-20:00".</summary>
    public string Hours => $"{Text(Start)}-{Text(End)}";

    /// <summary>"mon,tue 09:00-20:00"; without days where it is every one.</summary>
    public override string ToString() => Days is WeekDays.Every ? Hours : $"{string.Join(',', CallingWindowJson.NamesOf(Days))} {Hours}";

    /// <summary>"09:00"; the end of the day is 24:00.</summary>
    internal static string Text(TimeSpan time) => $"{(int)time.TotalHours:00}:{time.Minutes:00}";
}
