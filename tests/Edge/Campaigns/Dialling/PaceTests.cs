using Ringwright.Campaigns.Dialling;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class PaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 2, 10, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(2, 1, 0.5)]         // each is told from the next
    [InlineData(50, 31, 0.02)]      // the sum is kept
    public void After_a_stall_the_interval_is_kept_or_the_sum(double perSecond, int room, double next)
    {
        var pace = new Pace(Start);
        Assert.Equal(1, pace.Room(Start, perSecond, Slack));
        pace.Take(1, Start, perSecond);
        var late = Start + TimeSpan.FromSeconds(1 / perSecond + 0.6);
        Assert.Equal(room, pace.Room(late, perSecond, Slack));
        pace.Take(room, late, perSecond);
        Assert.InRange((pace.Next - late).TotalSeconds, next - 0.021, next + 0.001);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(50, 51)]
    public void A_pause_saves_up_no_more_than_a_second(double perSecond, int room)
    {
        var pace = new Pace(Start);
        Assert.Equal(room, pace.Room(Start + TimeSpan.FromHours(1), perSecond, Slack));
    }

    [Fact]
    public void A_clock_that_was_set_back_or_a_pace_that_was_slower_holds_up_nobody_for_more_than_an_interval()
    {
        var pace = new Pace(Start + TimeSpan.FromHours(1));
        Assert.Equal(0, pace.Room(Start, 2, Slack));
        Assert.Equal(Start + TimeSpan.FromSeconds(1), pace.Next);
        Assert.Equal(1, pace.Room(Start + TimeSpan.FromSeconds(1), 2, Slack));
    }

    [Fact]
    public void What_a_line_took_before_the_clock_was_set_back_says_nothing_of_its_rate_and_holds_nothing_up()
    {
        var line = new LinePace();
        for (int i = 0; i < 10; i++) line.Took(Start.AddHours(1));
        line.Took(Start);
        line.Refused(Start);
        Assert.Equal(1, line.Of(50, Start));
        line = new();
        line.Took(Start.AddHours(1));
        line.Refused(Start.AddHours(1));
        Assert.Equal(1, line.Of(50, Start));
        Assert.Equal(3, line.Of(50, Start.AddSeconds(10)));
    }
}
