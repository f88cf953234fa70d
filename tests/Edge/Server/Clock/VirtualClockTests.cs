using Ringwright.Server.Clock;
using Ringwright.Testing;

namespace Ringwright.Edge.Server.Clock;

public sealed class VirtualClockTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 3, 15, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime _time = new(Start);
    private readonly IdleMeter _meter = new();
    private readonly OpenWork _open = new(patience: null);
    private readonly VirtualClock _clock;
    private volatile bool _isWaiting;

    public VirtualClockTests()
    {
        _meter.Add("the test", () => _open.EndedAtRest);
        _clock = new(_time, _meter);
        _clock.AddWork(() => _isWaiting);
        _clock.Start();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _clock.Dispose();

    [Fact]
    public async Task It_stands_while_nobody_waits_and_goes_while_somebody_does()
    {
        using var timer = Every(TimeSpan.FromHours(1), () => { });
        await Task.Delay(30, Stop);
        Assert.Equal(Start, _clock.Now);
        _isWaiting = true;
        await Eventually.SomeAsync(() => ValueTask.FromResult<object?>(_clock.Now > Start.AddDays(2) ? this : null),
            "two days have passed");
    }

    [Fact]
    public async Task It_does_not_move_while_something_is_open()
    {
        using var timer = Every(TimeSpan.FromHours(1), () => { });
        long number = _open.Begin();
        _isWaiting = true;
        await Task.Delay(30, Stop);
        Assert.Equal((Start, "the test"), (_clock.Now, _meter.Open));
        _open.End(number);
        await Eventually.SomeAsync(() => ValueTask.FromResult<object?>(_clock.Now > Start ? this : null), "an hour has passed");
    }

    [Fact]
    public async Task Held_it_stands_whoever_waits_and_what_is_due_now_is_done()
    {
        _clock.Hold(isHeld: true);
        _isWaiting = true;
        using var timer = Every(TimeSpan.FromSeconds(1), () => { });
        var done = new TaskCompletionSource();
        using var now = _time.CreateTimer(_ => done.SetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await done.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
        await Task.Delay(30, Stop);
        Assert.Equal((Start, true), (_clock.Now, _clock.IsHeld));
        _clock.Hold(isHeld: false);
        await Eventually.SomeAsync(() => ValueTask.FromResult<object?>(_clock.Now > Start ? this : null), "a second has passed");
    }

    [Fact]
    public async Task An_advance_goes_exactly_so_far_through_every_due_moment_and_waits_for_what_that_opens()
    {
        _clock.Hold(isHeld: true);
        var seen = new List<TimeSpan>();
        int ended = 0;
        using var timer = Every(TimeSpan.FromSeconds(40), () =>
        {
            seen.Add(_time.Elapsed);
            long number = _open.Begin();
            // What a timer begins ends a while later, by the wall clock.
            _ = Task.Delay(20, Stop).ContinueWith(_ =>
            {
                Interlocked.Increment(ref ended);
                _open.End(number);
            }, TaskScheduler.Default);
        });
        Assert.Equal(Start.AddMilliseconds(120_500), await _clock.AdvanceAsync(TimeSpan.FromMilliseconds(120_500), Stop));
        Assert.Equal([TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(120)], seen);
        Assert.Equal((3, Start.AddMilliseconds(120_500)), (ended, _clock.Now));
        Assert.Equal(Start.AddMilliseconds(120_501), await _clock.AdvanceAsync(TimeSpan.FromMilliseconds(1), Stop));
    }

    [Fact]
    public async Task A_skip_is_one_step_in_which_what_was_due_is_done_once_and_nobody_may_wait_for_time()
    {
        _clock.Hold(isHeld: true);
        var (day, second) = (TimeSpan.FromDays(1), TimeSpan.FromSeconds(1));
        var seen = new List<TimeSpan>();
        using var timer = Every(40 * second, () => seen.Add(_time.Elapsed));
        Assert.Equal(Start + day + second, await _clock.SkipAsync(day + second, Stop));
        Assert.Equal([day + second], seen);
        await _clock.AdvanceAsync(40 * second, Stop);
        // It keeps its beat.
        Assert.Equal([day + second, day + 40 * second], seen);
        _isWaiting = true;
        Assert.Null(await _clock.SkipAsync(day, Stop));
        Assert.Equal(Start + day + 41 * second, _clock.Now);
    }

    [Fact]
    public async Task Looks_are_in_time_behind_work_then_ever_rarer_and_made_before_an_advance_ends()
    {
        _clock.Hold(isHeld: true);
        var second = TimeSpan.FromSeconds(1);
        var seen = new List<TimeSpan>();
        using var look = _time.Looks.CreateTimer(_ => seen.Add(_time.Elapsed), null, second, second);
        var day = TimeSpan.FromDays(1) + second / 2;
        await _clock.AdvanceAsync(day, Stop);
        Assert.Equal(Enumerable.Range(1, 30).Select(at => at * second), seen.Take(30));
        Assert.InRange(seen.Count, 144, 200);
        Assert.Equal(day, seen[^1]);

        seen.Clear();
        _clock.Stir();
        await _clock.AdvanceAsync(2 * second, Stop);
        Assert.Equal([day + second / 2, day + 3 * second / 2], seen);
    }

    [Fact]
    public async Task Looks_are_in_time_while_there_is_work_and_timers_always()
    {
        _clock.Hold(isHeld: true);
        var (hour, second) = (TimeSpan.FromHours(1), TimeSpan.FromSeconds(1));
        var seen = new List<TimeSpan>();
        using var look = _time.Looks.CreateTimer(_ => seen.Add(_time.Elapsed), null, second, second);
        var fired = new List<TimeSpan>();
        using var timer = Every(17 * second, () => fired.Add(_time.Elapsed));
        _isWaiting = true;
        await _clock.AdvanceAsync(hour, Stop);
        Assert.Equal(Enumerable.Range(1, 3600).Select(at => at * second), seen);
        _isWaiting = false;
        await _clock.AdvanceAsync(hour, Stop);
        Assert.Equal(Enumerable.Range(1, 7200 / 17).Select(at => 17 * at * second), fired);
    }

    [Fact]
    public async Task An_advance_that_nobody_waits_for_any_more_ends_where_it_is()
    {
        _clock.Hold(isHeld: true);
        long number = _open.Begin();
        using var gone = new CancellationTokenSource(30);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _clock.AdvanceAsync(TimeSpan.FromHours(1), gone.Token));
        _open.End(number);
        await Task.Delay(30, Stop);
        Assert.Equal(Start, _clock.Now);
    }

    [Fact]
    public void What_is_open_for_longer_than_the_patience_counts_no_more()
    {
        var wall = new FakeTimeProvider();
        var impatient = new OpenWork(TimeSpan.FromMilliseconds(50), wall);
        long number = impatient.Begin();
        wall.Advance(TimeSpan.FromMilliseconds(49));
        Assert.Null(impatient.EndedAtRest);
        wall.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, impatient.EndedAtRest);
        impatient.End(number);
        impatient.End(number);
        Assert.Equal(1, impatient.EndedAtRest);
    }

    private ITimer Every(TimeSpan span, Action what) => _time.CreateTimer(_ => what(), null, span, span);
}
