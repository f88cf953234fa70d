using Microsoft.Extensions.Logging;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Bundles;

/// <summary>Charges the months of bundles as they begin: at the start, for those that began while no node was there, and every few minutes.</summary>
public sealed class BundleSweep(UserBundleTable bundles, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
            {
                try
                {
                    await bundles.ChargeDueAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    logger.BundlesNotCharged(failed);
                }
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }
}
