using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Windows;

public sealed class FrequencyCapsTests
{
    private static readonly ZoneSet NewYork = CallingWindowsTests.In("America/New_York");

    [Fact]
    public void Without_attempts_it_is_allowed_at_once() =>
        Assert.Equal(new(At("2026-01-15T15:00:00Z"), null),
            new FrequencyCaps { MaxPerDay = 1, MaxPerWeek = 1, MinGap = TimeSpan.FromHours(4) }
                .NextAllowed([], NewYork, At("2026-01-15T15:00:00Z")));

    [Fact]
    public void A_day_is_the_recipients()
    {
        var caps = new FrequencyCaps { MaxPerDay = 1 };
        var evening = Tried("2026-01-16T00:30:00Z");      // 19:30 on the 15th

        Assert.Equal(new(At("2026-01-16T05:00:00Z"), "1 attempts on 2026-01-15 in America/New_York, 1 a day are allowed"),
            caps.NextAllowed([evening], NewYork, At("2026-01-16T02:00:00Z")));
        Assert.Null(caps.NextAllowed([evening], NewYork, At("2026-01-16T05:00:00Z")).Why);
        // Where the recipient may be further west, it is the 15th for three hours more.
        Assert.Equal(At("2026-01-16T08:00:00Z"),
            caps.NextAllowed([evening], CallingWindowsTests.In("America/Los_Angeles", "America/New_York"), At("2026-01-16T02:00:00Z")).At);
    }

    [Fact]
    public void A_week_is_any_168_hours()
    {
        var caps = new FrequencyCaps { MaxPerWeek = 2 };
        PastAttempt[] attempts = [Tried("2026-01-12T15:00:00Z"), Tried("2026-01-10T16:00:00Z"), Tried("2026-01-05T15:00:00Z")];

        Assert.Equal(new(At("2026-01-17T16:00:00Z"), "2 attempts within 7 days, 2 are allowed"),
            caps.NextAllowed(attempts, NewYork, At("2026-01-15T15:00:00Z")));
        Assert.Null(caps.NextAllowed(attempts, NewYork, At("2026-01-17T16:00:00Z")).Why);
    }

    [Fact]
    public void A_gap_is_from_the_end_of_one_to_the_start_of_the_next()
    {
        var caps = new FrequencyCaps { MinGap = TimeSpan.FromHours(4) };
        var attempt = Tried("2026-01-15T14:00:00Z") with { EndedAt = At("2026-01-15T14:20:00Z"), TalkSeconds = 1190 };

        Assert.Equal(new(At("2026-01-15T18:20:00Z"), "the last attempt ended at 2026-01-15T14:20:00Z, and 04:00:00 must lie between"),
            caps.NextAllowed([attempt], NewYork, At("2026-01-15T15:00:00Z")));
        Assert.Null(caps.NextAllowed([attempt], NewYork, At("2026-01-15T18:20:00Z")).Why);
        // While it goes on the next is that far from now.
        Assert.Equal(At("2026-01-15T19:00:00Z"),
            caps.NextAllowed([attempt with { EndedAt = null }], NewYork, At("2026-01-15T15:00:00Z")).At);
    }

    [Fact]
    public void A_busy_line_is_no_attempt_for_the_gap_but_one_of_three_dials_a_day()
    {
        var caps = new FrequencyCaps { MaxPerDay = 1, MinGap = TimeSpan.FromHours(4) };
        var busy = Tried("2026-01-15T14:00:00Z") with { WasBusy = true };
        var now = At("2026-01-15T14:15:00Z");

        Assert.Null(caps.NextAllowed([busy], NewYork, now).Why);
        Assert.Null(caps.NextAllowed([busy, busy], NewYork, now).Why);
        Assert.Equal(new(At("2026-01-16T05:00:00Z"),
            "3 attempts on 2026-01-15 in America/New_York, busy ones included, 3 a day are allowed"),
            caps.NextAllowed([busy, busy, busy], NewYork, now));
        Assert.Equal(At("2026-01-16T05:00:00Z"), (caps with { MaxDialsPerDay = 1 }).NextAllowed([busy], NewYork, now).At);
        Assert.Null((caps with { MaxPerDay = 5 }).NextAllowed([busy, busy, busy, busy], NewYork, now).Why);
        // Whoever was spoken to was reached, whatever the line said afterwards.
        Assert.NotNull(caps.NextAllowed([busy with { TalkSeconds = 1 }], NewYork, now).Why);
    }

    [Fact]
    public void Three_dials_a_day_are_the_most_where_nothing_is_set()
    {
        var attempt = Tried("2026-01-15T14:00:00Z");
        var now = At("2026-01-15T20:00:00Z");

        Assert.Null(new FrequencyCaps().NextAllowed([attempt, attempt], NewYork, now).Why);
        Assert.NotNull(new FrequencyCaps().NextAllowed([attempt, attempt, attempt], NewYork, now).Why);
    }

    [Fact]
    public void What_was_given_back_never_happened()
    {
        var caps = new FrequencyCaps { MaxPerDay = 1, MaxDialsPerDay = 1, MaxPerWeek = 1, MinGap = TimeSpan.FromHours(4) };
        var attempt = Tried("2026-01-15T14:00:00Z") with { WasGivenBack = true };

        Assert.Null(caps.NextAllowed([attempt, attempt], NewYork, At("2026-01-15T14:00:01Z")).Why);
    }

    [Fact]
    public void A_cap_that_allows_nothing_cannot_be_made()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrequencyCaps { MaxPerDay = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrequencyCaps { MaxDialsPerDay = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrequencyCaps { MaxPerWeek = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrequencyCaps { MinGap = TimeSpan.FromSeconds(-1) });
    }

    [Theory, Seeds(60)]
    public void The_next_attempt_is_at_the_first_minute_that_breaks_no_cap(ulong seed)
    {
        var rng = new Rng(seed);
        var place = ScannedWindowsTests.Places[rng.Next(ScannedWindowsTests.Places.Length)];
        var other = ScannedWindowsTests.Places[rng.Next(ScannedWindowsTests.Places.Length)];
        string[] ids = [.. new[] { place.Zone, other.Zone }.Distinct().Order(StringComparer.Ordinal)];
        TimeZoneInfo[] zones = [.. ids.Select(TimeZoneInfo.FindSystemTimeZoneById)];
        var now = At($"{place.Dates[rng.Next(place.Dates.Length)]}T00:00:00Z").AddMinutes(rng.Next(4 * 1440) - 1440);
        int? perDay = rng.Chance(0.6) ? 1 + rng.Next(4) : null, dials = rng.Chance(0.4) ? 1 + rng.Next(4) : null;
        int? perWeek = rng.Chance(0.5) ? 1 + rng.Next(6) : null, gap = rng.Chance(0.6) ? rng.Next(2000) : null;
        PastAttempt[] attempts = [.. Enumerable.Range(0, rng.Next(9)).Select(_ => Random(rng, now))];

        var answer = new FrequencyCaps
        {
            MaxPerDay = perDay,
            MaxDialsPerDay = dials,
            MaxPerWeek = perWeek,
            MinGap = gap is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        }.NextAllowed(attempts, new(ids), now);

        var first = now;
        while (!IsAllowed(first)) first = first.AddMinutes(1);
        Assert.Equal(first, answer.At);
        Assert.Equal(first == now, answer.Why is null);

        bool IsAllowed(DateTimeOffset at)
        {
            PastAttempt[] real = [.. attempts.Where(a => !a.WasGivenBack)];
            PastAttempt[] heard = [.. real.Where(a => !(a.WasBusy && a.TalkSeconds == 0))];
            int most = dials ?? (perDay > 3 ? perDay.Value : 3);
            return (gap is null || heard.All(a => (at - (a.EndedAt ?? now)).TotalMinutes >= gap))
                && (perWeek is null || real.Count(a => at - a.At < TimeSpan.FromDays(7)) < perWeek)
                && zones.All(zone => real.Count(a => Date(zone, a.At) == Date(zone, at)) < most
                    && (perDay is null || heard.Count(a => Date(zone, a.At) == Date(zone, at)) < perDay));
        }
    }

    private static DateOnly Date(TimeZoneInfo zone, DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime + zone.GetUtcOffset(at));

    private static PastAttempt Random(Rng rng, DateTimeOffset now)
    {
        int ago = rng.Chance(0.5) ? rng.Next(1440) : rng.Next(9 * 1440);
        return new()
        {
            At = now.AddMinutes(-ago),
            EndedAt = rng.Chance(0.1) ? null : now.AddMinutes(-rng.Next(Math.Min(ago + 1, 60))),
            WasBusy = rng.Chance(0.3),
            TalkSeconds = rng.Chance(0.5) ? 0 : 30,
            WasGivenBack = rng.Chance(0.15),
        };
    }

    [Fact]
    public void What_other_accounts_have_tried_counts_for_the_week_alone()
    {
        PastAttempt[] attempts = [Tried("2026-01-15T15:00:00Z") with { IsOthers = true }];
        var now = At("2026-01-15T16:00:00Z");
        var zones = CallingWindowsTests.In("America/New_York");
        var own = new FrequencyCaps { MaxPerDay = 1, MaxDialsPerDay = 1, MinGap = TimeSpan.FromHours(4), MaxPerWeek = 2 };
        Assert.Equal(now, own.NextAllowed(attempts, zones, now).At);
        Assert.Equal(At("2026-01-22T15:00:00Z"), (own with { MaxPerWeek = 1 }).NextAllowed(attempts, zones, now).At);

        // Nobody learns the minute of another account's call.
        attempts = [Tried("2026-01-15T15:20:30Z") with { IsOthers = true }];
        Assert.Equal(At("2026-01-22T16:00:00Z"), (own with { MaxPerWeek = 1 }).NextAllowed(attempts, zones, now).At);
    }

    internal static PastAttempt Tried(string at) => new() { At = At(at), EndedAt = At(at).AddSeconds(30) };

    private static DateTimeOffset At(string text) => CallingWindowsTests.At(text);
}
