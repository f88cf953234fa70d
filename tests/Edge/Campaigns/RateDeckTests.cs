using Ringwright.Campaigns.Rating;

namespace Ringwright.Edge.Campaigns;

public sealed class RateDeckTests
{
    [Theory]
    [InlineData("+493012345678", "+49")]
    [InlineData("+491701234567", "+4917")]
    [InlineData("+15550001234", "+")]
    public void The_longest_prefix_wins(string number, string prefix) =>
        Assert.Equal(prefix, RateDeck.Read(new StringReader("# prices\n\n+,0.01,60,60\n+49,0.02,1,1\n+4917,0.1,30,6\n")).Find(number)?.Prefix);

    [Fact]
    public void A_number_without_a_prefix_has_no_price() => Assert.Null(RateDeck.Read(new StringReader("+49,0.02,1,1")).Find("+15550001234"));

    [Theory]
    [InlineData(0, 0), InlineData(1, 30), InlineData(30, 30), InlineData(31, 36), InlineData(36, 36), InlineData(37, 42)]
    public void Seconds_are_billed_from_the_initial_ones_on_in_steps(long seconds, long billed) =>
        Assert.Equal(billed, new Rate("+", 60, 30, 6).BilledSeconds(seconds));

    [Fact]
    public void A_price_is_rounded_up_to_a_millionth()
    {
        Assert.Equal(1, new Rate("+", 1, 1, 1).PriceOf(1));
        Assert.Equal(12_345, new Rate("+", 12_345, 60, 60).PriceOf(60));
    }

    [Theory]
    [InlineData("49,0.02,1,1"), InlineData("+49,0.02,1"), InlineData("+49,free,1,1"), InlineData("+49,-1,1,1"), InlineData("+49,1001,1,1"), InlineData("+49,0.02,0,1"), InlineData("+49,0.02,1,3601"), InlineData("+4a,0.02,1,1"), InlineData("+49,0.02,1,1,1")]
    public void A_line_that_is_no_price_is_named(string line) =>
        Assert.Contains("line 2", Assert.Throws<FormatException>(() => RateDeck.Read(new StringReader("+1,1,1,1\n" + line))).Message);

    [Fact]
    public void A_prefix_has_one_price() => Assert.Throws<FormatException>(() => RateDeck.Read(new StringReader("+1,1,1,1\n+1,2,1,1")));
}
