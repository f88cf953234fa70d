using Ringwright.Store.Engines;

namespace Ringwright.Edge.Store;

public sealed class WaitMeterTests
{
    private readonly WaitMeter _meter = new();

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private TimeSpan Look(long? turn, double starved = 0, double paused = 0) =>
        _meter.Look(turn, Ms(100), new(default, Ms(starved), 0, IsReady: false), Ms(paused));

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
    public void A_batch_that_is_seen_late_counts_from_its_beginning()
    {
        var blocked = new ThreadTimes(Ms(50), Ms(10), Turns: 7, IsReady: false);
        Assert.Equal(TimeSpan.Zero, Look(null, blocked, TimeSpan.Zero));
        Assert.Equal(Ms(270), Look(1, blocked, Ms(270)));
        Assert.Equal(Ms(670), Look(1, blocked, Ms(670)));
        // What was before the last look nobody measured.
        Assert.Equal(Ms(400), Look(3, blocked, Ms(5_000)));
        // Without a processor for some of it; and perhaps for all of it.
        var late = blocked with { Waited = Ms(160) };
        Assert.Equal(Ms(250), Look(5, late, Ms(300)));
        Assert.Equal(TimeSpan.Zero, Look(7, late with { IsReady = true }, Ms(300)));

        TimeSpan Look(long? turn, ThreadTimes times, TimeSpan begun) => _meter.Look(turn, Ms(400), times, TimeSpan.Zero, begun);
    }

    [Fact]
    public void A_wait_for_a_processor_that_still_lasts_is_not_the_databases()
    {
        var blocked = new ThreadTimes(Ms(50), Ms(10), Turns: 7, IsReady: false);
        var inLine = blocked with { IsReady = true };
        Assert.Equal(TimeSpan.Zero, Look(blocked));
        Assert.Equal(Ms(100), Look(inLine));     // when it became ready nobody saw
        Assert.Equal(Ms(100), Look(inLine));
        Assert.Equal(Ms(100), Look(inLine));
        // It had a processor and counts what it waited for it: that is more than has passed since the last look.
        Assert.Equal(Ms(100), Look(new(Ms(51), Ms(310), Turns: 8, IsReady: false)));
        Assert.Equal(Ms(200), Look(new(Ms(51), Ms(310), Turns: 8, IsReady: false)));
        // One that runs all the time does not stand in line.
        Assert.Equal(Ms(300), Look(new(Ms(151), Ms(310), Turns: 8, IsReady: true)));
        Assert.Equal(Ms(400), Look(new(Ms(251), Ms(310), Turns: 8, IsReady: true)));

        TimeSpan Look(ThreadTimes times) => _meter.Look(1, Ms(100), times, TimeSpan.Zero);
    }

    [Fact]
    public void The_kernel_says_of_a_thread_whether_it_is_ready()
    {
        using var queue = RunQueue.OfThisThread();
        var times = queue.Times;
        Assert.True(times is { IsReady: true, Turns: > 0 } && times.Ran > TimeSpan.Zero, times.ToString());
        using var asks = new ManualResetEventSlim();
        using var may = new ManualResetEventSlim();
        RunQueue? sleeper = null;
        var thread = new Thread(() =>
        {
            sleeper = RunQueue.OfThisThread();
            asks.Set();
            may.Wait();
        })
        { Name = "a name) R (with brackets" };
        thread.Start();
        asks.Wait(TestDatabase.Stop);
        Assert.True(SpinWait.SpinUntil(() => !sleeper!.Times.IsReady, TimeSpan.FromSeconds(30)));
        may.Set();
        thread.Join();
        sleeper!.Dispose();
        Assert.Equal(default, sleeper.Times);
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
