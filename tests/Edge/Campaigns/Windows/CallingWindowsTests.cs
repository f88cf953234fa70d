using System.Globalization;
using Ringwright.Campaigns.Windows;

namespace Ringwright.Edge.Campaigns.Windows;

public sealed class CallingWindowsTests
{
    private const WeekDays MondayToFriday = WeekDays.Monday | WeekDays.Tuesday | WeekDays.Wednesday | WeekDays.Thursday | WeekDays.Friday;

    [Theory]
    // New York in winter, five hours behind.
    [InlineData("2026-01-15T12:30:00Z", "2026-01-15T13:00:00Z", "America/New_York")]
    [InlineData("2026-01-15T13:00:00Z", "2026-01-15T13:00:00Z", "America/New_York")]
    [InlineData("2026-01-16T00:59:59Z", "2026-01-16T00:59:59Z", "America/New_York")]
    [InlineData("2026-01-16T01:00:00Z", "2026-01-16T13:00:00Z", "America/New_York")]
    // Friday evening to Monday, over the change to daylight saving time: then four hours behind.
    [InlineData("2026-03-07T02:00:00Z", "2026-03-09T12:00:00Z", "America/New_York")]
    // Both of an area code's zones have to allow it.
    [InlineData("2026-01-15T13:30:00Z", "2026-01-15T14:00:00Z", "America/Chicago", "America/New_York")]
    [InlineData("2026-01-16T01:30:00Z", "2026-01-16T14:00:00Z", "America/Chicago", "America/New_York")]
    // From seven in the evening to eight in the morning it is an hour, of which India has none.
    [InlineData("2026-01-15T12:00:00Z", "2026-01-16T00:00:00Z", "America/New_York", "Asia/Singapore")]
    [InlineData("2026-01-15T12:00:00Z", null, "America/New_York", "Asia/Kolkata", "Asia/Singapore")]
    public void The_next_opening_is_when_every_zone_has_one(string from, string? opening, params string[] zones)
    {
        var windows = new CallingWindows { Windows = [Hours(MondayToFriday, 8, 20)] };
        Assert.Equal(opening is null ? null : At(opening), windows.NextOpen(In(zones), At(from)));
    }

    [Fact]
    public void What_a_change_of_clocks_skips_is_not_made_up_for()
    {
        var windows = new CallingWindows { Windows = [new(WeekDays.Sunday, Time(2, 0), Time(3, 0))] };
        // 29 March: two o'clock is three o'clock.
        Assert.Equal(At("2026-04-05T00:00:00Z"), windows.NextOpen(In("Europe/Berlin"), At("2026-03-28T12:00:00Z")));

        var halfSkipped = new CallingWindows { Windows = [new(WeekDays.Sunday, Time(2, 30), Time(3, 30))] };
        Assert.Equal(At("2026-03-29T01:00:00Z"), halfSkipped.NextOpen(In("Europe/Berlin"), At("2026-03-28T12:00:00Z")));
    }

    [Fact]
    public void An_hour_that_comes_twice_is_open_once()
    {
        // 25 October: at three o'clock summer time it is two o'clock again.
        var windows = new CallingWindows { Windows = [new(WeekDays.Sunday, Time(2, 0), Time(2, 30))] };
        var berlin = In("Europe/Berlin");

        Assert.Equal(At("2026-10-25T00:00:00Z"), windows.NextOpen(berlin, At("2026-10-24T12:00:00Z")));
        Assert.True(windows.IsOpen(berlin, At("2026-10-25T00:29:59Z")).IsOpen);
        Assert.Equal(At("2026-11-01T01:00:00Z"), windows.NextOpen(berlin, At("2026-10-25T00:30:00Z")));
        Assert.Equal(new(false, "02:29 Sunday in Europe/Berlin for the second time, outside sun 02:00-02:30"),
            windows.IsOpen(berlin, At("2026-10-25T01:29:59Z")));
    }

    [Fact]
    public void A_window_around_an_hour_that_comes_twice_is_as_long_as_on_any_day_and_a_whole_day_is_whole()
    {
        var berlin = In("Europe/Berlin");
        var night = new CallingWindows { Windows = [new(WeekDays.Every, Time(22, 0), Time(4, 0))] };
        Assert.Equal(At("2026-10-25T00:59:00Z"), night.NextOpen(berlin, At("2026-10-25T00:59:00Z")));
        Assert.Equal(At("2026-10-25T02:00:00Z"), night.NextOpen(berlin, At("2026-10-25T01:00:00Z")));
        Assert.Equal(At("2026-10-25T21:00:00Z"), night.NextOpen(berlin, At("2026-10-25T03:00:00Z")));

        foreach (var always in new CallingWindows[]
            {
                new() { Windows = [Hours(WeekDays.Every, 0, 24)] }, new() { ExcludedDates = new HashSet<DateOnly> { new(2026, 12, 25) } },
            })
        {
            Assert.Equal(At("2026-10-25T01:15:00Z"), always.NextOpen(berlin, At("2026-10-25T01:15:00Z")));
            Assert.True(always.IsOpen(berlin, At("2026-10-25T01:15:00Z")).IsOpen);
        }
    }

    /// <summary>In July people in New York are an hour ahead of the clock that the database calls so, and some in Arizona not.</summary>
    [Theory]
    [InlineData("EST", "2026-07-15T12:30:00Z", "2026-07-15T13:00:00Z")]
    [InlineData("EST", "2026-07-16T00:30:00Z", "2026-07-16T13:00:00Z")]
    [InlineData("EST", "2026-01-15T12:30:00Z", "2026-01-15T13:00:00Z")]
    [InlineData("MST", "2026-07-15T14:30:00Z", "2026-07-15T15:00:00Z")]
    [InlineData("MST", "2026-07-16T02:30:00Z", "2026-07-16T15:00:00Z")]
    [InlineData("EST5EDT", "2026-07-15T12:30:00Z", "2026-07-15T12:30:00Z")]
    public void A_name_that_lists_have_for_two_clocks_is_both(string name, string from, string opening)
    {
        var windows = new CallingWindows { Windows = [Hours(MondayToFriday, 8, 20)] };
        Assert.True(ZoneSet.TryParse(name, out var zones, out _));
        Assert.Equal(At(opening), windows.NextOpen(zones, At(from)));
    }

    [Fact]
    public void A_window_over_midnight_belongs_to_the_day_on_which_it_begins()
    {
        var windows = new CallingWindows { Windows = [new(WeekDays.Friday, Time(22, 0), Time(2, 0))] };
        var utc = In("Etc/UTC");

        Assert.Equal(At("2026-01-16T22:00:00Z"), windows.NextOpen(utc, At("2026-01-16T01:00:00Z")));
        Assert.Equal("01:15 Saturday in Etc/UTC, within 22:00-02:00 since Friday",
            windows.IsOpen(utc, At("2026-01-17T01:15:00Z")).Evidence);
        Assert.False(windows.IsOpen(utc, At("2026-01-17T02:00:00Z")).IsOpen);
        Assert.False(windows.IsOpen(utc, At("2026-01-17T22:00:00Z")).IsOpen);
    }

    [Fact]
    public void On_an_excluded_date_nothing_is_open_and_nothing_begins()
    {
        var windows = new CallingWindows
        {
            Windows = [new(WeekDays.Every, Time(22, 0), Time(2, 0))],
            ExcludedDates = new HashSet<DateOnly> { new(2026, 12, 25) },
        };
        var utc = In("Etc/UTC");

        Assert.True(windows.IsOpen(utc, At("2026-12-24T23:59:00Z")).IsOpen);
        Assert.Equal(new(false, "00:30 Friday in Etc/UTC, 2026-12-25 is excluded"), windows.IsOpen(utc, At("2026-12-25T00:30:00Z")));
        Assert.Equal(At("2026-12-26T22:00:00Z"), windows.NextOpen(utc, At("2026-12-25T00:00:00Z")));
    }

    [Fact]
    public void Without_windows_it_is_always_open_between_the_two_instants_and_on_no_excluded_date()
    {
        var zones = In("America/New_York");
        Assert.Equal(At("2026-01-15T03:00:00Z"), CallingWindows.Always.NextOpen(zones, At("2026-01-15T03:00:00Z")));
        Assert.Equal(new(true, "no calling windows are set"), CallingWindows.Always.IsOpen(zones, At("2026-01-15T03:00:00Z")));

        var windows = new CallingWindows
        {
            StartsAt = At("2026-01-15T12:00:00Z"),
            EndsAt = At("2026-01-17T00:00:00Z"),
            ExcludedDates = new HashSet<DateOnly> { new(2026, 1, 15) },
        };
        Assert.Equal(At("2026-01-16T05:00:00Z"), windows.NextOpen(zones, At("2026-01-01T00:00:00Z")));
        Assert.Equal(new(true, "00:00 Friday in America/New_York, on no excluded date"), windows.IsOpen(zones, At("2026-01-16T05:00:00Z")));
        Assert.Equal(new(false, "calls begin at 2026-01-15T12:00:00Z"), windows.IsOpen(zones, At("2026-01-15T11:59:59Z")));
        Assert.Equal(new(false, "calls ended at 2026-01-17T00:00:00Z"), windows.IsOpen(zones, At("2026-01-17T00:00:00Z")));
        Assert.Null(windows.NextOpen(zones, At("2026-01-17T00:00:00Z")));
    }

    /// <summary>Some have moved over the date line, by a day of which no clock has an offset.</summary>
    [Theory, InlineData("Pacific/Kiritimati"), InlineData("Pacific/Apia"), InlineData("Pacific/Kwajalein"), InlineData("Pacific/Fakaofo")]
    public void A_zone_that_has_moved_over_the_date_line_is_open_like_any_other(string zone)
    {
        var windows = new CallingWindows { Windows = [new(WeekDays.Every, Time(9, 0), Time(17, 0))] };
        var open = windows.NextOpen(In(zone), At("2026-01-15T00:00:00Z"));
        Assert.InRange(open!.Value, At("2026-01-15T00:00:00Z"), At("2026-01-15T21:00:00Z"));
        Assert.True(windows.IsOpen(In(zone), open.Value).IsOpen);
    }

    [Fact]
    public void Nothing_is_looked_for_beyond_the_horizon_or_the_calendar()
    {
        var zones = In("America/New_York");
        var windows = new CallingWindows { Windows = [Hours(WeekDays.Every, 8, 20)], StartsAt = At("2028-01-01T00:00:00Z") };

        Assert.Null(windows.NextOpen(zones, At("2026-01-01T00:00:00Z")));
        Assert.NotNull(windows.NextOpen(zones, At("2027-01-01T00:00:00Z")));
        Assert.Null(windows.NextOpen(zones, DateTimeOffset.MaxValue));
        Assert.Null(windows.NextOpen(zones, DateTimeOffset.MinValue));
    }

    [Fact]
    public void The_evidence_names_each_local_time_and_its_window()
    {
        var windows = new CallingWindows { Windows = [Hours(MondayToFriday, 9, 20), Hours(WeekDays.Saturday, 10, 16)] };

        Assert.Equal(new(true, "09:31 Thursday in America/Chicago, within 09:00-20:00"),
            windows.IsOpen(In("America/Chicago"), At("2026-01-15T15:31:00Z")));
        Assert.Equal(new(true, "09:31 Thursday in America/Chicago and America/Winnipeg, within 09:00-20:00; "
            + "10:31 Thursday in America/New_York, within 09:00-20:00"),
            windows.IsOpen(In("America/Chicago", "America/New_York", "America/Winnipeg"), At("2026-01-15T15:31:00Z")));
        Assert.Equal(new(false, "08:59 Thursday in America/Chicago, outside mon,tue,wed,thu,fri 09:00-20:00 and sat 10:00-16:00"),
            windows.IsOpen(In("America/Chicago", "America/New_York"), At("2026-01-15T14:59:00Z")));
    }

    [Fact]
    public void A_window_that_is_none_cannot_be_made()
    {
        Assert.Throws<ArgumentException>(() => new CallingWindow(WeekDays.None, Time(9, 0), Time(10, 0)));
        Assert.Throws<ArgumentException>(() => new CallingWindow((WeekDays)128, Time(9, 0), Time(10, 0)));
        Assert.Throws<ArgumentException>(() => new CallingWindow(WeekDays.Every, Time(9, 0), Time(9, 0)));
        Assert.Throws<ArgumentException>(() => new CallingWindow(WeekDays.Every, Time(24, 0), Time(9, 0)));
        Assert.Throws<ArgumentException>(() => new CallingWindow(WeekDays.Every, Time(9, 0), Time(24, 1)));
    }

    internal static ZoneSet In(params string[] ids) => new(ids);

    internal static TimeSpan Time(int hours, int minutes) => new(hours, minutes, 0);

    internal static CallingWindow Hours(WeekDays days, int start, int end) => new(days, Time(start, 0), Time(end, 0));

    internal static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
