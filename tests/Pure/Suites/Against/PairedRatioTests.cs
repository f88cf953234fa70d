using Ringwright.Suites.Against;

namespace Ringwright.Pure.Suites.Against;

/// <summary>What pairs of measurements say, by numbers that can be checked by hand.</summary>
public sealed class PairedRatioTests
{
    [Fact]
    public void Twice_and_half_come_to_one()
    {
        var ratio = PairedRatio.Of([(2, 1), (1, 2)])!;
        Assert.Equal(1, ratio.Ratio, 9);
        Assert.Equal(0.5, ratio.Least, 9);
        Assert.Equal(2, ratio.Most, 9);
        Assert.Equal("not dearer", ratio.Verdict());
    }

    /// <summary>Logarithms 0.1 and 0.2 by turns: mean 0.14, deviation 0.05477, and t of four degrees is 2.132.</summary>
    [Fact]
    public void Its_bounds_are_those_of_students_t()
    {
        var ratio = PairedRatio.Of([.. new[] { 0.1, 0.2, 0.1, 0.2, 0.1 }.Select(log => (3 * Math.Exp(log), 3.0))])!;
        Assert.Equal(Math.Exp(0.14), ratio.Ratio, 9);
        Assert.Equal(Math.Exp(0.14 - 0.05222), ratio.Lower, 4);
        Assert.Equal(Math.Exp(0.14 + 0.05222), ratio.Upper, 4);
    }

    [Theory]
    [InlineData(1.031, "dearer")]
    [InlineData(1.029, "not dearer")]
    [InlineData(1.0, "not dearer")]
    [InlineData(0.99, "cheaper")]
    public void Without_a_spread_the_ratio_decides(double ratio, string verdict) =>
        Assert.Equal(verdict, PairedRatio.Of([(ratio, 1), (ratio, 1), (ratio, 1)])!.Verdict());

    [Fact]
    public void A_tenth_more_that_is_lost_in_the_spread_is_not_called_dearer() =>
        Assert.Equal("not dearer", PairedRatio.Of([(1.5, 1), (0.8, 1), (1.2, 1), (0.9, 1), (1.2, 1)])!.Verdict());

    [Fact]
    public void One_pair_or_none_and_a_cost_of_nothing_say_nothing()
    {
        Assert.Null(PairedRatio.Of([]));
        Assert.Null(PairedRatio.Of([(1, 1)]));
        Assert.Null(PairedRatio.Of([(1, 1), (1, 0)]));
        Assert.Null(PairedRatio.Of([(1, 1), (double.NaN, 1)]));
    }
}
