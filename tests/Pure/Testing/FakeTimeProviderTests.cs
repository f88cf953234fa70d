using Ringwright.Testing;

namespace Ringwright.Pure.Testing;

public sealed class FakeTimeProviderTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Timers_fire_in_order_of_their_due_times_and_see_them()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<double>();
        using var late = _clock.CreateTimer(_ => fired.Add((_clock.GetUtcNow() - start).TotalSeconds), null, TimeSpan.FromSeconds(3),
            Timeout.InfiniteTimeSpan);
        using var soon = _clock.CreateTimer(_ => fired.Add((_clock.GetUtcNow() - start).TotalSeconds), null, TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([1], fired);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([1, 3], fired);
        Assert.Equal(4, (_clock.GetUtcNow() - start).TotalSeconds);
    }

    [Fact]
    public void A_wall_clock_that_goes_on_tells_no_two_looks_the_same_and_fires_no_timer()
    {
        using var timer = _clock.CreateTimer(_ => Assert.Fail("no time has passed"), null, TimeSpan.FromMilliseconds(1),
            Timeout.InfiniteTimeSpan);
        _clock.GoesOnBy = TimeSpan.FromMilliseconds(7);
        var first = _clock.GetUtcNow();
        Assert.Equal(TimeSpan.FromMilliseconds(7), _clock.GetUtcNow() - first);
        _clock.GoesOnBy = TimeSpan.Zero;
        Assert.Equal(_clock.GetUtcNow(), _clock.GetUtcNow());
    }

    [Fact]
    public void A_periodic_timer_fires_once_a_period_until_disposed()
    {
        int fired = 0;
        var timer = _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(5));
        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(5, fired);
    }

    [Fact]
    public void A_delay_ends_when_its_time_has_come()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _clock, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(delay.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(delay.IsCompleted);
    }
}
