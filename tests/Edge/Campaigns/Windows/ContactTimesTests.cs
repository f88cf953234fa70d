using Ringwright.Campaigns.Windows;

namespace Ringwright.Edge.Campaigns.Windows;

public sealed class ContactTimesTests
{
    private static readonly ZoneSet NewYork = CallingWindowsTests.In("America/New_York");
    private static readonly CallingWindows Days = new() { Windows = [CallingWindowsTests.Hours(WeekDays.Every & ~WeekDays.Sunday, 9, 20)] };

    private static readonly FrequencyCaps Gap = new() { MinGap = TimeSpan.FromHours(4) };

    [Fact]
    public void Allowed_by_both_it_is_now()
    {
        var time = new ContactTimes(Days, new() { MaxPerDay = 1 }).Next(NewYork, [], At("2026-01-15T15:00:00Z"));
        Assert.Equal(new(ContactTimeKind.Now, At("2026-01-15T15:00:00Z"), "10:00 Thursday in America/New_York, within 09:00-20:00"), time);
    }

    [Fact]
    public void Outside_the_window_it_is_at_the_next_opening()
    {
        var time = new ContactTimes(Days, null).Next(NewYork, [], At("2026-01-18T02:00:00Z"));      // 21:00 on a Saturday
        Assert.Equal(new(ContactTimeKind.Later, At("2026-01-19T14:00:00Z"),
            "21:00 Saturday in America/New_York, outside mon,tue,wed,thu,fri,sat 09:00-20:00"), time);
    }

    [Fact]
    public void The_next_day_is_at_its_opening_and_a_gap_that_ends_at_night_too()
    {
        var attempt = FrequencyCapsTests.Tried("2026-01-15T23:00:00Z");      // 18:00
        var now = At("2026-01-15T23:30:00Z");

        Assert.Equal((ContactTimeKind.Later, At("2026-01-16T14:00:00Z")), When(new ContactTimes(Days, new() { MaxPerDay = 1 })
            .Next(NewYork, [attempt], now)));
        Assert.Equal((ContactTimeKind.Later, At("2026-01-16T14:00:00Z")), When(new ContactTimes(Days, Gap)
            .Next(NewYork, [attempt], now)));
    }

    [Fact]
    public void An_opening_that_the_week_forbids_is_passed_over()
    {
        // Saturday's windows only; the third attempt of a week is over on Saturday the 17th at 21:00, behind the window.
        var saturdays = new CallingWindows { Windows = [CallingWindowsTests.Hours(WeekDays.Saturday, 9, 20)] };
        PastAttempt[] attempts = [FrequencyCapsTests.Tried("2026-01-11T02:00:00Z")];

        Assert.Equal((ContactTimeKind.Later, At("2026-01-24T14:00:00Z")), When(new ContactTimes(saturdays, new() { MaxPerWeek = 1 })
            .Next(NewYork, attempts, At("2026-01-12T15:00:00Z"))));
    }

    [Fact]
    public void A_call_that_goes_on_ends_now_and_not_again_and_again()
    {
        var attempt = FrequencyCapsTests.Tried("2026-01-15T23:00:00Z") with { EndedAt = null };
        Assert.Equal((ContactTimeKind.Later, At("2026-01-16T14:00:00Z")), When(new ContactTimes(Days, Gap)
            .Next(NewYork, [attempt], At("2026-01-15T23:30:00Z"))));
    }

    [Fact]
    public void Without_a_common_hour_it_is_never()
    {
        var time = new ContactTimes(Days, new()).Next(CallingWindowsTests.In("America/New_York", "Asia/Singapore"), [],
            At("2026-01-15T12:00:00Z"));
        Assert.Equal((ContactTimeKind.Never, null), When(time));
        Assert.Equal((ContactTimeKind.Never, null),
            When(new ContactTimes(new() { EndsAt = At("2026-01-15T00:00:00Z") }, null).Next(NewYork, [], At("2026-01-15T12:00:00Z"))));
    }

    [Fact]
    public void Where_local_time_matters_nobody_is_called_whose_zone_is_not_known()
    {
        var now = At("2026-01-15T15:00:00Z");
        Assert.Equal((ContactTimeKind.UnknownZone, null), When(new ContactTimes(Days, null).Next(null, [], now)));
        Assert.Equal((ContactTimeKind.UnknownZone, null), When(new ContactTimes(CallingWindows.Always, new()).Next(null, [], now)));
        Assert.Equal((ContactTimeKind.Now, now), When(new ContactTimes(CallingWindows.Always, null).Next(null, [], now)));
    }

    private static (ContactTimeKind, DateTimeOffset?) When(ContactTime time) => (time.Kind, time.At);

    private static DateTimeOffset At(string text) => CallingWindowsTests.At(text);
}
