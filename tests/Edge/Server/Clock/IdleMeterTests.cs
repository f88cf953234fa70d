using Ringwright.Server.Clock;

namespace Ringwright.Edge.Server.Clock;

public sealed class IdleMeterTests
{
    [Fact]
    public void Nothing_is_open_when_every_part_says_so_twice_with_the_same_number()
    {
        var meter = new IdleMeter();
        long? first = 1, second = 7;
        meter.Add("first", () => first);
        meter.Add("second", () => second);
        Assert.True(meter.IsAtRest);
        Assert.Null(meter.Open);
        second = null;
        Assert.False(meter.IsAtRest);
        Assert.Equal("second", meter.Open);
        (first, second) = (null, 8);
        Assert.False(meter.IsAtRest);
    }

    /// <summary>The first part is asked before it gets what the second has: each is found at rest, and yet something is open.</summary>
    [Fact]
    public void What_passes_from_one_part_to_another_between_two_questions_is_seen()
    {
        var meter = new IdleMeter();
        int asked = 0;
        meter.Add("the next", () => asked / 2);
        meter.Add("the one before", () =>
        {
            asked++;
            return asked;
        });
        Assert.False(meter.IsAtRest);
    }
}
