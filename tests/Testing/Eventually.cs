using System.Diagnostics;
using Xunit;

namespace Ringwright.Testing;

/// <summary>
/// For edge tests only: waits for the outside world (a process, a socket, a delivery) by polling, up to a deadline that no healthy
/// machine reaches. Pure tests and the simulator step their own clocks instead.
/// </summary>
public static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10), LongestPause = TimeSpan.FromMilliseconds(50);
    /// <summary>A probe is often a request, and a hundred of them a second are more work than what is waited for.</summary>
    private const double OfWait = 0.05;

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? deadline = null) =>
        TrueAsync(condition, () => what, deadline);

    /// <summary>The same, with what there is to say when it stays so.</summary>
    public static async Task TrueAsync(Func<bool> condition, Func<string> what, TimeSpan? deadline = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > (deadline ?? Deadline))
                Assert.Fail($"still not so after {(deadline ?? Deadline).TotalSeconds:F0} s: {what()}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until the probe gives something, and returns it.</summary>
    public static Task<T> SomeAsync<T>(Func<ValueTask<T?>> probe, string what, TimeSpan? deadline = null) where T : class =>
        SomeAsync(probe, () => what, deadline);

    /// <summary>The same, with what there is to say when nothing comes.</summary>
    public static async Task<T> SomeAsync<T>(Func<ValueTask<T?>> probe, Func<string> what, TimeSpan? deadline = null) where T : class
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await probe() is { } found) return found;
            var waited = Stopwatch.GetElapsedTime(start);
            if (waited > (deadline ?? Deadline))
                Assert.Fail($"still nothing after {(deadline ?? Deadline).TotalSeconds:F0} s: {what()}");
            var pause = waited * OfWait;
            await Task.Delay(pause < Pause ? Pause : pause > LongestPause ? LongestPause : pause, TestContext.Current.CancellationToken);
        }
    }
}
