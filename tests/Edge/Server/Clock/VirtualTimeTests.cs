using Ringwright.Server.Clock;

namespace Ringwright.Edge.Server.Clock;

public sealed class VirtualTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 3, 15, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime _time = new(Start);
    private readonly List<string> _fired = [];

    private ITimer Set(string name, double milliseconds, double period = Timeout.Infinite) => _time.CreateTimer(
        _ => _fired.Add($"{name} {_time.Elapsed.TotalMilliseconds}"), null, Milliseconds(milliseconds),
        TimeSpan.FromMilliseconds(period));

    private static TimeSpan Milliseconds(double count) =>
        count == Timeout.Infinite ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(count);

    [Fact]
    public void It_stands_until_it_is_moved()
    {
        long before = _time.GetTimestamp();
        Thread.Sleep(5);
        Assert.Equal((Start, before), (_time.GetUtcNow(), _time.GetTimestamp()));
        _time.MoveTo(TimeSpan.FromHours(25));
        Assert.Equal(Start.AddHours(25), _time.GetUtcNow());
        Assert.Equal(TimeSpan.FromHours(25), _time.GetElapsedTime(before));
        _time.MoveTo(TimeSpan.FromHours(1));
        Assert.Equal(Start.AddHours(25), _time.GetUtcNow());
    }

    [Fact]
    public void Timers_fire_by_what_is_due_and_then_by_what_was_set_first()
    {
        Set("late", 30);
        Set("first", 10);
        Set("second", 10);
        Assert.Equal(Milliseconds(10), _time.NextDue);
        _time.MoveTo(Milliseconds(9.9));
        Assert.Empty(_fired);
        _time.MoveTo(Milliseconds(40));
        Assert.Equal(["first 40", "second 40", "late 40"], _fired);
        Assert.Null(_time.NextDue);
    }

    [Fact]
    public void What_is_set_while_timers_fire_waits_for_the_next_move()
    {
        _time.CreateTimer(_ => Set("next", 0), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        _time.MoveTo(TimeSpan.Zero);
        Assert.Empty(_fired);
        Assert.Equal(TimeSpan.Zero, _time.NextDue);
        _time.MoveTo(TimeSpan.Zero);
        Assert.Equal(["next 0"], _fired);
    }

    [Fact]
    public void A_deadline_between_two_milliseconds_is_met_at_the_later_one()
    {
        Set("a", 2.3);
        Assert.Equal(Milliseconds(3), _time.NextDue);
    }

    [Fact]
    public void A_period_keeps_its_beat_and_a_timer_that_was_changed_or_disposed_is_forgotten()
    {
        Set("beat", 20, 20);
        var changed = Set("changed", 5);
        var gone = Set("gone", 5);
        changed.Change(Milliseconds(50), Timeout.InfiniteTimeSpan);
        gone.Dispose();
        Assert.False(gone.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        while (_time.NextDue is { } next && next <= Milliseconds(70)) _time.MoveTo(next);
        Assert.Equal(["beat 20", "beat 40", "changed 50", "beat 60"], _fired);
    }

    [Fact]
    public async Task What_waits_by_it_goes_on_when_it_has_come_so_far()
    {
        var day = Task.Delay(TimeSpan.FromDays(1), _time, TestContext.Current.CancellationToken);
        _time.MoveTo(TimeSpan.FromDays(1) - Milliseconds(1));
        Assert.False(day.IsCompleted);
        _time.MoveTo(TimeSpan.FromDays(1));
        await day.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }
}
