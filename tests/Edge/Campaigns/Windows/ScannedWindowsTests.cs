using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Windows;

/// <summary>
/// Windows, zones and instants at random around days on which clocks change, against a walk from minute to minute by the machine's zones.
/// </summary>
public sealed class ScannedWindowsTests
{
    /// <summary>
    /// Zones with the UTC dates around which their clocks change, if they do. They have passed, so databases of any age agree.
    /// </summary>
    internal static readonly (string Zone, string[] Dates)[] Places =
    [
        ("America/New_York", ["2025-03-09", "2025-11-02"]),
        ("Europe/Berlin", ["2025-03-30", "2025-10-26"]),
        ("Australia/Lord_Howe", ["2025-04-05", "2025-10-04"]),      // by half an hour
        ("Africa/Casablanca", ["2025-02-23", "2025-04-06"]),        // around Ramadan, backwards
        ("America/Havana", ["2025-03-09", "2025-11-02"]),           // midnight does not exist, or comes twice
        ("America/Santiago", ["2025-04-06", "2025-09-07"]),         // from 24:00 back to 23:00
        ("Africa/Cairo", ["2025-04-25", "2025-10-30"]),
        ("Pacific/Chatham", ["2025-04-05", "2025-09-27"]),          // 12:45 ahead
        ("Asia/Kathmandu", ["2025-06-01"]),
        ("Pacific/Kiritimati", ["2025-06-01"]),
    ];

    private const int MinutesScanned = 5 * 24 * 60;

    /// <summary>By how many minutes clocks are put back.</summary>
    private static readonly int[] Changes = [30, 60];

    [Theory, Seeds(300)]
    public void The_next_opening_is_the_first_open_minute(ulong seed)
    {
        var rng = new Rng(seed);
        var scanned = new Scanned(rng);
        var found = scanned.Windows.NextOpen(new(scanned.ZoneIds), scanned.From);

        for (var at = scanned.From; at <= scanned.From.AddMinutes(MinutesScanned); at = NextMinute(at))
        {
            bool isOpen = scanned.IsOpen(at);
            if (rng.Chance(0.02)) Assert.Equal(isOpen, scanned.Windows.IsOpen(new(scanned.ZoneIds), at).IsOpen);
            if (!isOpen) continue;
            Assert.Equal(at, found);
            return;
        }
        Assert.False(found <= scanned.From.AddMinutes(MinutesScanned), $"{found} is not open");
    }

    [Theory, Seeds(100)]
    public void Open_is_what_the_local_clocks_say(ulong seed)
    {
        var rng = new Rng(seed + 1_000_000);
        var scanned = new Scanned(rng);
        for (int i = 0; i < 300; i++)
        {
            var at = scanned.From.AddSeconds(rng.Next(MinutesScanned * 60));
            Assert.Equal(scanned.IsOpen(at), scanned.Windows.IsOpen(new(scanned.ZoneIds), at).IsOpen);
        }
    }

    internal static DateTimeOffset NextMinute(DateTimeOffset at) => at.AddMinutes(1).AddSeconds(-at.Second);

    /// <summary>A policy in plain numbers, and the same for the product.</summary>
    private sealed class Scanned
    {
        private readonly List<(bool[] Days, int Start, int End)> _windows = [];
        private readonly HashSet<DateOnly> _excluded = [];
        private readonly TimeZoneInfo[] _zones;

        public Scanned(Rng rng)
        {
            var places = Enumerable.Range(0, 1 + rng.Next(3)).Select(_ => Places[rng.Next(Places.Length)]).ToList();
            ZoneIds = [.. places.Select(p => p.Zone).Distinct().Order(StringComparer.Ordinal)];
            _zones = [.. ZoneIds.Select(TimeZoneInfo.FindSystemTimeZoneById)];
            var day = CallingWindowsTests.At($"{places[0].Dates[rng.Next(places[0].Dates.Length)]}T00:00:00Z");
            From = day.AddMinutes(rng.Next(5 * 1440) - (3 * 1440)).AddSeconds(rng.Chance(0.5) ? 0 : rng.Next(60));

            for (int left = rng.Next(4); left > 0; left--)
            {
                bool[] days = [.. Enumerable.Range(0, 7).Select(_ => rng.Chance(0.6))];
                days[rng.Next(7)] = true;
                int start = rng.Chance(0.3) ? rng.Next(24) * 60 : rng.Next(1440), end = rng.Chance(0.2) ? 1440 : rng.Next(1440);
                if (rng.Chance(0.4)) end = Math.Min(start + 1 + rng.Next(90), 1440);
                if (start != end) _windows.Add((days, start, end));
            }
            for (int left = rng.Next(3); left > 0; left--) _excluded.Add(DateOnly.FromDateTime(day.UtcDateTime).AddDays(rng.Next(5) - 2));

            Windows = new()
            {
                Windows = [.. _windows.Select(w => new CallingWindow(DaysOf(w.Days),
                    TimeSpan.FromMinutes(w.Start), TimeSpan.FromMinutes(w.End)))],
                ExcludedDates = _excluded,
                StartsAt = rng.Chance(0.2) ? From.AddMinutes(rng.Next(2000) - 500).AddSeconds(-From.Second) : null,
                EndsAt = rng.Chance(0.2) ? From.AddMinutes(rng.Next(9000) - 500).AddSeconds(-From.Second) : null,
            };
        }

        public string[] ZoneIds { get; }
        public DateTimeOffset From { get; }
        public CallingWindows Windows { get; }

        public bool IsOpen(DateTimeOffset at) => !(at < Windows.StartsAt) && !(at >= Windows.EndsAt)
            && _zones.All(zone => IsOpen(at.UtcDateTime + zone.GetUtcOffset(at), IsAgain(zone, at)));

        /// <summary>So long ago it was as late as it is now.</summary>
        private static bool IsAgain(TimeZoneInfo zone, DateTimeOffset at) => Changes.Any(change =>
            zone.GetUtcOffset(at.AddMinutes(-change)) - zone.GetUtcOffset(at) == TimeSpan.FromMinutes(change));

        private bool IsOpen(DateTime local, bool isAgain)
        {
            var today = DateOnly.FromDateTime(local);
            var yesterday = today.AddDays(-1);
            double minute = local.TimeOfDay.TotalMinutes;
            if (_excluded.Contains(today)) return false;
            return _windows.Count == 0 || _windows.Where(w => !isAgain || w is { Start: 0, End: 1440 }).Any(w =>
                w.Start < w.End
                    ? w.Days[(int)today.DayOfWeek] && w.Start <= minute && minute < w.End
                    : (w.Days[(int)today.DayOfWeek] && w.Start <= minute)
                        || (w.Days[(int)yesterday.DayOfWeek] && !_excluded.Contains(yesterday) && minute < w.End));
        }

        // The product's week begins on Monday, the framework's on Sunday.
        private static WeekDays DaysOf(bool[] days) =>
            (days[0] ? WeekDays.Sunday : 0) | (days[1] ? WeekDays.Monday : 0) | (days[2] ? WeekDays.Tuesday : 0)
            | (days[3] ? WeekDays.Wednesday : 0) | (days[4] ? WeekDays.Thursday : 0) | (days[5] ? WeekDays.Friday : 0)
            | (days[6] ? WeekDays.Saturday : 0);
    }
}
