using Ringwright.Store.Engines;

namespace Ringwright.Edge.Store;

public sealed class WaitMeterTests
{
    private readonly WaitMeter _meter = new();

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private TimeSpan Look(long? turn, double starved = 0, double paused = 0) => _meter.Look(turn, Ms(100), Ms(starved), Ms(paused));

    [Fact]
    public void What_passes_while_one_batch_is_waited_for_adds_up()
    {
        Look(1);
        Assert.Equal(Ms(100), Look(1));
        Assert.Equal(Ms(200), Look(1));
        Assert.Equal(TimeSpan.Zero, Look(3));
        Assert.Equal(Ms(100), Look(3));
        Assert.Equal(TimeSpan.Zero, Look(null));
    }

    [Fact]
    public void Time_without_a_processor_or_under_the_collector_is_not_the_databases()
    {
        Look(1, starved: 5_000, paused: 3_000);       // of long ago
        Assert.Equal(Ms(60), Look(1, starved: 5_040, paused: 3_000));
        Assert.Equal(Ms(90), Look(1, starved: 5_040, paused: 3_070));
        // Both at once may be more than has passed.
        Assert.Equal(Ms(90), Look(1, starved: 5_130, paused: 3_160));
        Assert.Equal(Ms(190), Look(1, starved: 5_130, paused: 3_160));
    }

    [Fact]
    public void A_count_that_cannot_be_read_makes_nothing_longer()
    {
        Look(1, starved: 5_000);
        Assert.Equal(Ms(100), Look(1));
        Assert.Equal(Ms(100), Look(1, starved: 5_000));       // read again: all of it at once
        Assert.Equal(Ms(200), Look(1, starved: 5_000));
    }
}
