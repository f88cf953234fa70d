using Ringwright.Calls.Pricing;
using Ringwright.Testing;

namespace Ringwright.Pure.Calls.Pricing;

public sealed class RateTests
{
    private static readonly Rate Minute =
        new() { Prefix = "+", Currency = "USD", MicrosPerMinute = 60, InitialSeconds = 30, IncrementSeconds = 6 };

    [Theory]
    [InlineData(0, 0), InlineData(-1, 0), InlineData(1, 30), InlineData(29, 30), InlineData(30, 30), InlineData(31, 36),
        InlineData(36, 36), InlineData(37, 42)]
    public void Seconds_are_billed_from_the_initial_ones_on_in_steps(long seconds, long billed) =>
        Assert.Equal(billed, Minute.BilledSeconds(seconds));

    [Theory, Seeds(200)]
    public void Billed_seconds_are_the_least_step_that_covers_the_call(ulong seed)
    {
        var dice = new Random((int)seed);
        var rate = Minute with { InitialSeconds = dice.Next(1, 120), IncrementSeconds = dice.Next(1, 120) };
        long seconds = dice.NextInt64(1, 20_000), billed = rate.BilledSeconds(seconds);
        Assert.True(billed >= seconds);
        Assert.True(billed == rate.InitialSeconds
            || (billed - rate.InitialSeconds) % rate.IncrementSeconds == 0 && billed - seconds < rate.IncrementSeconds);
        Assert.True(rate.BilledSeconds(seconds + 1) >= billed);
    }

    [Fact]
    public void A_price_is_rounded_up_to_a_millionth()
    {
        Assert.Equal(1, (Minute with { MicrosPerMinute = 1, InitialSeconds = 1, IncrementSeconds = 1 }).PriceOf(1));
        Assert.Equal(12_345, (Minute with { MicrosPerMinute = 12_345, InitialSeconds = 60 }).PriceOf(60));
    }

    [Fact]
    public void The_fee_is_for_calls_that_were_answered()
    {
        var rate = Minute with { FeeMicros = 1_000 };
        Assert.Equal((0, 1_030, 1_036), (rate.PriceOf(0), rate.PriceOf(1), rate.PriceOf(31)));
    }

    [Fact]
    public void The_dearest_and_longest_call_is_far_from_the_end_of_a_number()
    {
        var dear = Minute with { MicrosPerMinute = 1_000_000_000, FeeMicros = 1_000_000_000 };
        Assert.True(dear.PriceOf((long)TimeSpan.FromDays(365).TotalSeconds) is > 0 and < Money.MostMicros);
    }

    [Theory]
    [InlineData(0, "0.00"), InlineData(12_500_000, "12.50"), InlineData(-125, "-0.000125"), InlineData(1, "0.000001"),
        InlineData(1_000_000_000_000, "1000000.00")]
    public void An_amount_is_written_with_two_to_six_digits_and_read_again(long micros, string text)
    {
        Assert.Equal(text, Money.Format(micros));
        Assert.True(Money.TryParse(text, out long read));
        Assert.Equal(micros, read);
    }

    [Theory]
    [InlineData("0.0000001"), InlineData("1e3"), InlineData(""), InlineData(null), InlineData("ten"), InlineData("1,000"),
        InlineData("1000000001")]
    public void What_is_no_amount_is_not_read(string? text) => Assert.False(Money.TryParse(text, out _));
}
