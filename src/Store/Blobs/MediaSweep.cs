using Microsoft.Extensions.Logging;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Blobs;

/// <summary>Frees the disk of files that have expired, at the start and now and then. For customers they are gone at the second.</summary>
public sealed class MediaSweep(MediaTable media, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

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
                    await media.PruneAsync(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    logger.MediaNotSwept(failed);
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
