using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public sealed class SweepTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_round_that_fails_or_gives_up_waiting_is_told_and_the_next_one_comes()
    {
        var time = new FakeTimeProvider();
        var told = new List<Exception>();
        int rounds = 0;
        await using (var sweep = new Sweep("the look at nothing", Every, stop => (++rounds) switch
        {
            1 => throw new InvalidOperationException("a bug"),
            2 => Task.FromException(new TaskCanceledException("somebody else was too slow")),
            _ => Task.CompletedTask,
        })
        { Tell = told.Add })
        {
            sweep.Start(time, NullLogger.Instance);
            for (int next = 2; next <= 4; next++)
            {
                time.Advance(Every);
                await Eventually.TrueAsync(() => Volatile.Read(ref rounds) == next, $"round {next} has come");
            }
        }
        Assert.Equal([typeof(InvalidOperationException), typeof(TaskCanceledException)], told.Select(failed => failed.GetType()));
        time.Advance(Every);
        Assert.Equal(4, rounds);
    }

    [Fact]
    public async Task A_round_that_is_under_way_when_the_node_stops_hears_of_it_and_is_no_failure()
    {
        var told = new List<Exception>();
        var sweep = new Sweep("the long look", Every, stop => Task.Delay(Timeout.Infinite, stop)) { Tell = told.Add };
        sweep.Start(TimeProvider.System, NullLogger.Instance);

        await sweep.DisposeAsync();

        Assert.Empty(told);
    }
}
