using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class SeedFloorTests
{
    [Theory]
    [InlineData(100, 40, false)]
    [InlineData(100, 41, true)]
    [InlineData(SeedFloor.Least, SeedFloor.Least, true)]
    [InlineData(SeedFloor.Least - 1, SeedFloor.Least - 1, false)]
    public void A_scenario_of_which_too_many_seeds_excuse_themselves_is_told_with_its_last_seed(int seeds, int excused, bool isTold)
    {
        var floor = new SeedFloor();
        for (int seed = 1; seed < seeds; seed++) Assert.Null(floor.Note("one", seeds, seed <= excused));
        Assert.Null(floor.Note("another", seeds, isExcused: true));

        string? told = floor.Note("one", seeds, seeds <= excused);

        Assert.Equal(isTold, told is not null);
        if (isTold) Assert.StartsWith($"Of {seeds} seeds of one {excused} excuse themselves", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2_000, 250)]
    [InlineData(200, 25)]
    [InlineData(100, SeedFloor.Least)]
    [InlineData(80, SeedFloor.Least)]
    [InlineData(60, 15)]
    [InlineData(2, 1)]
    public void The_gate_has_an_eighth_of_them_and_of_smaller_counts_as_many_as_are_judged(int seeds, int ofTheGate) =>
        Assert.Equal(ofTheGate, new SeedsAttribute(seeds).Gate);
}
