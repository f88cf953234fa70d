using Microsoft.Extensions.Logging;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>
/// Notices when the wall clock is set (a time server's step, an administrator, a machine that slept) and moves the anchor along:
/// calls that begin from then on carry the new time, those that live keep the one that they began with. Slow corrections move both clocks
/// and need nothing. It also notices when the process itself stood still: stopped, starved, or its machine paused.
/// </summary>
public sealed class ClockWatch(WallAnchor anchor, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    /// <summary>
    /// Less is what two readings one after the other may differ by on a busy machine, or a step that nobody needs to hear of.
    /// </summary>
    internal static readonly TimeSpan Noticed = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks that are further apart than planned by more than this.</summary>
    internal static readonly TimeSpan Stall = TimeSpan.FromSeconds(5);
    /// <summary>So long it takes, at most, until what waited through a stall was taken up.</summary>
    internal static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private long _looked = clock.GetTimestamp();
    private long? _stalledUntil;
    private DateTimeOffset _wall = clock.GetUtcNow();
    private long _timestamp = clock.GetTimestamp();
    private Task _loop = Task.CompletedTask;

    /// <summary>
    /// The process stood still for more than five seconds, and that is over since a moment ago.
    /// True also for who asks before the watch itself wakes.
    /// </summary>
    public bool IsAfterStall
    {
        get
        {
            lock (_gate)
            {
                LookForStall();
                return _stalledUntil is { } until && clock.GetElapsedTime(until) < Aftermath;
            }
        }
    }

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
            var wait = clock == TimeProvider.System ? SharedBeat.Wait(Every, Environment.TickCount64, Environment.ProcessId) : Every;
            await Task.Delay(wait, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Look();
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            LookForStall();
            _looked = clock.GetTimestamp();
        }
        var wall = clock.GetUtcNow();
        long timestamp = clock.GetTimestamp();
        var step = wall - _wall - clock.GetElapsedTime(_timestamp, timestamp);
        if (step.Duration() < Noticed) return;
        (_wall, _timestamp) = (wall, timestamp);
        anchor.Move(step);
        Metrics.ClockSteps.Add(1);
        logger.ClockStepped(step.TotalSeconds);
    }

    private void LookForStall()
    {
        var late = clock.GetElapsedTime(_looked) - Every;
        if (late <= Stall) return;
        _stalledUntil = _looked = clock.GetTimestamp();
        Metrics.Stalls.Add(1);
        logger.Stalled(late.TotalSeconds);
    }
}
