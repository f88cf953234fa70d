using Ringwright.Agency.Figures;

namespace Ringwright.Edge.Agency;

/// <summary>Days that are named by the first and the last one.</summary>
public sealed class FigurePeriodTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 10, 3, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    [Theory]
    [InlineData("2026-01-05", "2026-01-06", "2026-01-05", "2026-01-06")]
    // A moment is of its day by the clock of the zone, and so is now.
    [InlineData("2026-01-05T03:00:00Z", null, "2026-01-04", "2026-02-09")]
    [InlineData(null, "2026-01-30T12:00:00+05:30", "2026-01-01", "2026-01-30")]
    [InlineData(null, null, "2026-01-11", "2026-02-09")]
    public void Days_are_whole_and_end_today_unless_somebody_says_so(string? from, string? to, string start, string end)
    {
        var period = FigurePeriod.Between(from, to, Now, NewYork, out var problem);
        Assert.Null(problem);
        Assert.Equal((start, end), (FigurePeriod.Text(period!.Start), FigurePeriod.Text(period.End)));
    }

    [Theory]
    [InlineData("yesterday", null, "from"), InlineData(null, "02/03/2026", "to"), InlineData("2026-02-10", null, "to")]
    [InlineData("2025-01-01", "2026-01-02", "to"), InlineData("0001-01-05", "0001-01-06", "to"), InlineData(null, "0001-01-06", "to")]
    public void What_are_no_days_or_too_many_is_told(string? from, string? to, string parameter)
    {
        Assert.Null(FigurePeriod.Between(from, to, Now, NewYork, out var problem));
        Assert.Equal(parameter, problem!.Parameter);
    }
}
