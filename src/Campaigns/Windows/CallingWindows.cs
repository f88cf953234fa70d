using System.Globalization;
using NodaTime;
using NodaTime.TimeZones;

namespace Ringwright.Campaigns.Windows;

/// <summary>What the clocks of a recipient say about a call at some instant.</summary>
/// <param name="Evidence">In words, with the local time in each zone: "09:31 Thursday in America/Chicago, within 09:00-20:00".</param>
public readonly record struct WindowVerdict(bool IsOpen, string Evidence);

/// <summary>
/// When recipients may be called: within any of the windows, on no excluded date, between two instants. Where a recipient may be in several
/// zones, all of them must allow it. The local time decides, to the second: a window that a change of clocks skips is not made up for, and
/// an hour that comes twice is open the first time alone, but to windows of whole days.
/// </summary>
public sealed class CallingWindows
{
    /// <summary>How far ahead an opening is looked for.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(366);

    public static readonly CallingWindows Always = new();

    /// <summary>None: any time of any day.</summary>
    public IReadOnlyList<CallingWindow> Windows { get; init; } = [];

    /// <summary>Dates, by the recipient's calendar, on which nobody is called. No window begins or goes on there.</summary>
    public IReadOnlySet<DateOnly> ExcludedDates { get; init; } = new HashSet<DateOnly>();

    /// <summary>The first instant; null when there is none.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>The first instant at which it is over; null when it never is.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The answer depends on where the recipient is.</summary>
    public bool NeedZones => Windows.Count > 0 || ExcludedDates.Count > 0;

    /// <summary>
    /// The earliest instant from <paramref name="from"/> on at which every zone is within a window; null: none within the horizon.
    /// Costs microseconds, and milliseconds where windows and zones hardly ever fit: who asks for many of the same zones keeps it.
    /// </summary>
    public DateTimeOffset? NextOpen(ZoneSet zones, DateTimeOffset from)
    {
        var start = StartsAt is { } startsAt && startsAt > from ? startsAt : from;
        // Behind the end of the calendar there is nothing to find.
        if (DateTimeOffset.MaxValue - from <= Horizon + TimeSpan.FromDays(2)) return null;
        var limit = from + Horizon;
        if (EndsAt is { } endsAt && endsAt < limit) limit = endsAt;
        if (start >= limit) return null;
        if (!NeedZones) return start;
        return NextOpen(zones.Zones, Instant.FromDateTimeOffset(start), Instant.FromDateTimeOffset(limit))?.ToDateTimeOffset();
    }

    /// <summary>Whether every zone is within a window at that instant, with what proves it or forbids it.</summary>
    public WindowVerdict IsOpen(ZoneSet zones, DateTimeOffset at)
    {
        if (StartsAt is { } start && at < start) return new(false, $"calls begin at {Utc(start)}");
        if (EndsAt is { } end && at >= end) return new(false, $"calls ended at {Utc(end)}");
        if (!NeedZones) return new(true, "no calling windows are set");

        var instant = Instant.FromDateTimeOffset(at);
        var open = new List<(LocalDateTime Local, string Within, string Zone)>();
        foreach (var zone in zones.Zones)
        {
            var local = instant.InZone(zone).LocalDateTime;
            var (date, tick) = (local.Date, local.TickOfDay);
            bool isAgain = instant < EndOfRepetition(zone, zone.GetZoneInterval(instant));
            if (NextTick(date, tick, isAgain) != tick)
                return new(false, $"{Clock(local)} in {zone.Id}{(isAgain ? " for the second time" : "")}, {Outside(date)}");
            open.Add((local, Within(date, tick, isAgain), zone.Id));
        }
        return new(true, string.Join("; ", open.GroupBy(o => (o.Local, o.Within), o => o.Zone)
            .Select(same => $"{Clock(same.Key.Local)} in {string.Join(" and ", same)}, {same.Key.Within}")));
    }

    private Instant? NextOpen(DateTimeZone[] zones, Instant from, Instant limit)
    {
        var at = from;
        // Each zone moves it on to where that zone is open, until all are content with the same instant.
        for (int content = 0, next = 0; content < zones.Length; next = (next + 1) % zones.Length)
        {
            if (NextOpen(zones[next], at, limit) is not { } open) return null;
            content = open == at ? content + 1 : 1;
            at = open;
        }
        return at;
    }

    private Instant? NextOpen(DateTimeZone zone, Instant from, Instant limit)
    {
        for (var at = from; at < limit;)
        {
            // Between two changes of its clocks a zone is a constant offset, and windows are hours of days.
            var interval = zone.GetZoneInterval(at);
            var until = interval.HasEnd && interval.End < limit ? interval.End : limit;
            var again = EndOfRepetition(zone, interval);
            bool isAgain = at < again;
            if (isAgain && again < until) until = again;
            var local = at.WithOffset(interval.WallOffset);
            var date = local.Date;
            for (long tick = local.TickOfDay; At(date, 0) < until; date = date.PlusDays(1), tick = 0)
            {
                if (NextTick(date, tick, isAgain) is not { } open) continue;
                if (At(date, open) is var found && found < until) return found;
                break;
            }
            at = until;

            Instant At(LocalDate day, long tick) =>
                day.At(LocalTime.FromTicksSinceMidnight(tick)).WithOffset(interval.WallOffset).ToInstant();
        }
        return null;
    }

    /// <summary>Up to which its clocks tell times of that interval that they have told before; its start where they have not.</summary>
    private static Instant EndOfRepetition(DateTimeZone zone, ZoneInterval interval)
    {
        if (!interval.HasStart) return Instant.MinValue;
        // Seconds, since no offset is as long as the day by which places have moved over the date line.
        int put = zone.GetZoneInterval(interval.Start - Duration.Epsilon).WallOffset.Seconds - interval.WallOffset.Seconds;
        return put > 0 ? interval.Start + Duration.FromSeconds(put) : interval.Start;
    }

    /// <summary>The first tick of the date, from that one on, within a window; null when the date has no more.</summary>
    /// <param name="isAgain">The clocks tell it for the second time.</param>
    private long? NextTick(LocalDate date, long tick, bool isAgain)
    {
        if (IsExcluded(date)) return null;
        if (Windows.Count == 0) return tick;
        long? first = null;
        foreach (var window in Windows)
        {
            if (isAgain && !window.IsWholeDay) continue;
            if (window.IsOverMidnight && tick < window.End.Ticks && BeginsOn(window, date.PlusDays(-1))) return tick;
            if (!BeginsOn(window, date)) continue;
            long open = Math.Max(tick, window.Start.Ticks);
            if ((window.IsOverMidnight || open < window.End.Ticks) && (first is null || open < first)) first = open;
        }
        return first;
    }

    private bool BeginsOn(CallingWindow window, LocalDate date) => (window.Days & DayOf(date)) != 0 && !IsExcluded(date);

    private bool IsExcluded(LocalDate date) => ExcludedDates.Count > 0 && ExcludedDates.Contains(date.ToDateOnly());

    private string Within(LocalDate date, long tick, bool isAgain)
    {
        foreach (var window in Windows)
        {
            if (isAgain && !window.IsWholeDay) continue;
            if (window.IsOverMidnight && tick < window.End.Ticks && BeginsOn(window, date.PlusDays(-1)))
                return $"within {window.Hours} since {date.PlusDays(-1).DayOfWeek}";
            if (BeginsOn(window, date) && tick >= window.Start.Ticks && (window.IsOverMidnight || tick < window.End.Ticks))
                return $"within {window.Hours}";
        }
        return "on no excluded date";
    }

    private string Outside(LocalDate date) => IsExcluded(date)
        ? string.Create(CultureInfo.InvariantCulture, $"{date:yyyy-MM-dd} is excluded")
        : $"outside {string.Join(" and ", Windows)}";

    private static WeekDays DayOf(LocalDate date) => (WeekDays)(1 << ((int)date.DayOfWeek - 1));

    private static string Clock(LocalDateTime local) => string.Create(CultureInfo.InvariantCulture, $"{local:HH:mm} {local.DayOfWeek}");

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
