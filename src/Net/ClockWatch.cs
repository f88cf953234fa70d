using Microsoft.Extensions.Logging;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>
/// Notices when the wall clock is set (a time server's step, an administrator, a machine that slept) and moves the anchor along: calls that begin from
/// then on carry the new time, those that live keep the one that they began with. Slow corrections move both clocks and need nothing.
/// </summary>
public sealed class ClockWatch(WallAnchor anchor, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    /// <summary>Less is what two readings one after the other may differ by on a busy machine, or a step that nobody needs to hear of.</summary>
    internal static readonly TimeSpan Noticed = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private DateTimeOffset _wall = clock.GetUtcNow();
    private long _timestamp = clock.GetTimestamp();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Every, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Look();
        }
    }

    private void Look()
    {
        var wall = clock.GetUtcNow();
        long timestamp = clock.GetTimestamp();
        var step = wall - _wall - clock.GetElapsedTime(_timestamp, timestamp);
        if (step.Duration() < Noticed) return;
        (_wall, _timestamp) = (wall, timestamp);
        anchor.Move(step);
        Metrics.ClockSteps.Add(1);
        logger.ClockStepped(step.TotalSeconds);
    }
}
