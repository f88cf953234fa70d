using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

/// <summary>
/// What runs beside others, until they wait for it. A program that sleeps gets no processor, whoever else is there. This suite runs beside
/// others itself: who begins as one among equals is as nice as the suite is.
/// </summary>
public sealed class BesideTests : IDisposable
{
    private static readonly Patience Long = new(TimeSpan.FromMinutes(10)) { Grace = TimeSpan.Zero };
    private readonly TempFolder _folder = new();

    private Task<int> RunAsync(Patience patience, Task waitedFor, string script) =>
        Beside.RunAsync(_folder.Path, _folder.File("program.log"), patience, environment: null, waitedFor, "sh", "-c", script);

    private async Task<string> OwnAsync()
    {
        await Command.RunAsync(_folder.Path, _folder.File("own.log"), Long, environment: null, "nice");
        return File.ReadAllText(_folder.File("own.log")).Trim();
    }

    private string[] Begun => File.ReadAllLines(_folder.File("begun"));

    [Fact]
    public async Task Nobody_waits_for_it_so_it_takes_what_is_left_over()
    {
        Assert.Equal(3, await RunAsync(Long, new TaskCompletionSource().Task, "nice >begun; exit 3"));
        Assert.Equal(["19"], Begun);
    }

    [Fact]
    public async Task Who_is_waited_for_from_the_beginning_is_one_among_equals()
    {
        Assert.Equal(3, await RunAsync(Long, Task.CompletedTask, "nice >begun; exit 3"));
        Assert.Equal([await OwnAsync()], Begun);
    }

    [Fact]
    public async Task Who_starves_while_others_wait_for_it_is_begun_once_more()
    {
        TaskCompletionSource wait = new();
        var patience = Long with { Starvation = new Starvation(wait.Task) { Window = TimeSpan.FromMilliseconds(200) } };
        var run = RunAsync(patience, wait.Task, "nice >>begun; [ \"$(wc -l <begun)\" -gt 1 ] && exit 4; exec sleep 3600");
        await Eventually.TrueAsync(() => File.Exists(_folder.File("begun")), "it runs");
        Assert.False(run.IsCompleted);
        wait.SetResult();
        Assert.Equal(4, await run);
        Assert.Equal(["19", await OwnAsync()], Begun);
    }

    [Fact]
    public void It_is_judged_by_what_it_got_in_a_whole_window_in_which_somebody_waited()
    {
        TaskCompletionSource wait = new();
        var starvation = new Starvation(wait.Task) { Window = TimeSpan.FromSeconds(10) };
        bool Seen(double used, double at) => starvation.IsSeen(() => TimeSpan.FromSeconds(used), TimeSpan.FromSeconds(at));

        Assert.False(Seen(0, 0));
        Assert.False(Seen(0, 600));
        wait.SetResult();
        Assert.False(Seen(0.5, 601));
        Assert.False(Seen(0.5, 610.9));
        Assert.False(Seen(1.6, 611.5));
        Assert.False(Seen(1.6, 621));
        Assert.False(Seen(3, 621.5));
        Assert.True(Seen(3.9, 631.5));
    }

    public void Dispose() => _folder.Dispose();
}
