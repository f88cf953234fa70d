using System.Globalization;
using NodaTime;

namespace Ringwright.Campaigns.Windows;

/// <summary>An earlier attempt to reach a number, by whichever campaign of the account.</summary>
public sealed record PastAttempt
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Null while it goes on.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public int TalkSeconds { get; init; }
    public bool WasBusy { get; init; }

    /// <summary>Nothing was sent, so it never happened for the recipient.</summary>
    public bool WasGivenBack { get; init; }

    /// <summary>By another account below the same root: it counts for <see cref="FrequencyCaps.MaxPerWeek"/> alone.</summary>
    public bool IsOthers { get; init; }

    /// <summary>Nobody was disturbed by it: the line was busy.</summary>
    internal bool IsUnheard => WasBusy && TalkSeconds == 0;
}

/// <summary>When caps allow the next attempt.</summary>
/// <param name="Why">What forbids it before, in words; null when nothing does.</param>
public readonly record struct CapAnswer(DateTimeOffset At, string? Why);

/// <summary>
/// How often a number may be tried, over all campaigns of an account. An attempt that found the line busy disturbed nobody: it counts
/// neither for <see cref="MaxPerDay"/> nor for <see cref="MinGap"/>, but for the other two.
/// </summary>
public sealed record FrequencyCaps
{
    /// <summary>Of dials a day, busy ones included, unless something else is set.</summary>
    public const int DialsPerDay = 3;

    private static readonly Duration Week = Duration.FromDays(7);

    /// <summary>Attempts, without busy ones, on one day of the recipient's calendar, in each zone where the recipient may be.</summary>
    public int? MaxPerDay { get; init => field = Checked(value); }

    /// <summary>Dials on such a day, busy ones included. Not set: 3, or <see cref="MaxPerDay"/> where that is more.</summary>
    public int? MaxDialsPerDay { get; init => field = Checked(value); }

    /// <summary>Dials within any 168 hours, busy ones included.</summary>
    public int? MaxPerWeek { get; init => field = Checked(value); }

    /// <summary>For the week the dials of all accounts below the same root count, and not the account's own alone.</summary>
    public bool IsWeekShared { get; init; }

    /// <summary>From the end of one attempt to the start of the next.</summary>
    public TimeSpan? MinGap
    {
        get;
        init => field = value is { } gap && gap < TimeSpan.Zero
            ? throw new ArgumentOutOfRangeException(nameof(value), gap, "a negative gap") : value;
    }

    /// <summary>The earliest instant from <paramref name="now"/> on at which another attempt is within all caps.</summary>
    /// <param name="attempts">To the same number, in any order. One that goes on is taken to end now.</param>
    public CapAnswer NextAllowed(IReadOnlyCollection<PastAttempt> attempts, ZoneSet zones, DateTimeOffset now) =>
        NextAllowed(attempts, zones, now, now);

    internal CapAnswer NextAllowed(IReadOnlyCollection<PastAttempt> attempts, ZoneSet zones, DateTimeOffset from, DateTimeOffset now)
    {
        var counted = attempts.Where(a => !a.WasGivenBack).ToList();
        if (counted.Count == 0) return new(from, null);
        Instant start = Instant.FromDateTimeOffset(from), at = start;
        string? why = null;
        // Each rule moves it on past its own bar; attempts are finite, so in the end none does.
        while (Held(counted, zones, at, Instant.FromDateTimeOffset(now)) is { } held) (at, why) = held;
        return at == start ? new(from, null) : new(at.ToDateTimeOffset(), why);
    }

    private (Instant Until, string Why)? Held(List<PastAttempt> attempts, ZoneSet zones, Instant at, Instant now) =>
        ByGap(attempts, at, now) ?? ByWeek(attempts, at) ?? ByDay(attempts, zones, at);

    private (Instant, string)? ByGap(List<PastAttempt> attempts, Instant at, Instant now)
    {
        if (MinGap is not { } gap) return null;
        Instant? last = null;
        foreach (var attempt in attempts.Where(a => !a.IsUnheard && !a.IsOthers))
        {
            var begin = Instant.FromDateTimeOffset(attempt.At);
            var end = attempt.EndedAt is { } ended ? Instant.FromDateTimeOffset(ended) : Instant.Max(begin, now);
            if (last is null || end > last) last = end;
        }
        if (last is not { } lastEnd) return null;
        var until = lastEnd + Duration.FromTimeSpan(gap);
        return until <= at ? null : (until, string.Create(CultureInfo.InvariantCulture,
            $"the last attempt ended at {lastEnd:uuuu-MM-dd'T'HH:mm:ss'Z'}, and {gap:c} must lie between"));
    }

    private (Instant, string)? ByWeek(List<PastAttempt> attempts, Instant at)
    {
        if (MaxPerWeek is not { } most || attempts.Count < most) return null;
        var within = attempts.Where(a => Instant.FromDateTimeOffset(a.At) > at - Week).OrderByDescending(a => a.At).ToList();
        if (within.Count < most) return null;
        var until = Instant.FromDateTimeOffset(within[most - 1].At) + Week;
        return (within[most - 1].IsOthers ? WholeHour(until) : until, string.Create(CultureInfo.InvariantCulture,
            $"{within.Count} attempts within 7 days, {most} are allowed"));
    }

    /// <summary>Then, or the next full one: when somebody may call does not tell him the minute of another account's call.</summary>
    private static Instant WholeHour(Instant at)
    {
        long seconds = at.ToUnixTimeSeconds();
        var hour = Instant.FromUnixTimeSeconds(seconds - seconds % 3_600);
        return hour == at ? at : hour + Duration.FromHours(1);
    }

    private (Instant, string)? ByDay(List<PastAttempt> attempts, ZoneSet zones, Instant at)
    {
        int dials = MaxDialsPerDay ?? Math.Max(DialsPerDay, MaxPerDay ?? 0);
        foreach (var zone in zones.Zones)
        {
            var date = at.InZone(zone).Date;
            int all = 0, heard = 0;
            foreach (var attempt in attempts)
            {
                if (attempt.IsOthers || Instant.FromDateTimeOffset(attempt.At).InZone(zone).Date != date) continue;
                all++;
                if (!attempt.IsUnheard) heard++;
            }
            string day = string.Create(CultureInfo.InvariantCulture, $"on {date:yyyy-MM-dd} in {zone.Id}");
            if (heard >= MaxPerDay) return (DayAfter(zone, at), $"{heard} attempts {day}, {MaxPerDay} a day are allowed");
            if (all >= dials) return (DayAfter(zone, at), $"{all} attempts {day}, busy ones included, {dials} a day are allowed");
        }
        return null;
    }

    /// <summary>When the date changes, or the clocks do before: then it is asked again.</summary>
    private static Instant DayAfter(DateTimeZone zone, Instant at)
    {
        var interval = zone.GetZoneInterval(at);
        var midnight = at.WithOffset(interval.WallOffset).Date.PlusDays(1).AtMidnight().WithOffset(interval.WallOffset).ToInstant();
        return interval.HasEnd && interval.End < midnight ? interval.End : midnight;
    }

    private static int? Checked(int? most) =>
        most is null or >= 1 ? most : throw new ArgumentOutOfRangeException(nameof(most), most, "a cap is at least 1");
}
