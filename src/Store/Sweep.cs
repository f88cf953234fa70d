using Microsoft.Extensions.Logging;
using Ringwright.Store.Keeping;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>
/// What is done at the start and then every few minutes, until the node stops. A round that fails is told, and the next one comes.
/// </summary>
public sealed class Sweep : IAsyncDisposable
{
    private static readonly TimeSpan MediaEvery = TimeSpan.FromMinutes(10), BundlesEvery = TimeSpan.FromMinutes(5),
        AgeEvery = TimeSpan.FromHours(1);
    /// <summary>Half of what a call may be billed short after a crash.</summary>
    private static readonly TimeSpan LifeEvery = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _every;
    private readonly Func<CancellationToken, Task> _work;
    private readonly Action<Exception> _tell;
    private readonly TimeProvider _time;
    private Task _loop = Task.CompletedTask;

    private Sweep(TimeSpan every, Func<CancellationToken, Task> work, Action<Exception> tell, TimeProvider time) =>
        (_every, _work, _tell, _time) = (every, work, tell, time);

    /// <summary>Frees the disk of files that have expired. For customers they are gone at the second.</summary>
    public static Sweep OfMedia(MediaTable media, TimeProvider time, ILogger logger) =>
        new(MediaEvery, async stop => await media.PruneAsync(stop).ConfigureAwait(false), logger.MediaNotSwept, time);

    /// <summary>Charges the months of bundles as they begin; at the start, those that began while no node was there.</summary>
    public static Sweep OfBundles(UserBundleTable bundles, TimeProvider time, ILogger logger) =>
        new(BundlesEvery, async stop => await bundles.ChargeDueAsync(stop).ConfigureAwait(false), logger.BundlesNotCharged, time);

    /// <summary>The same for numbers that were ordered.</summary>
    public static Sweep OfNumbers(NumberMonthTable months, TimeProvider time, ILogger logger) =>
        new(BundlesEvery, async stop => await months.ChargeDueAsync(stop).ConfigureAwait(false), logger.NumbersNotCharged, time);

    /// <summary>Signs of life, for the start after a crash.</summary>
    public static Sweep OfLife(Ledger ledger, TimeProvider time, ILogger logger) =>
        new(LifeEvery, ledger.SignAsync, logger.LifeNotSigned, time);

    /// <summary>Ends the calls of nodes beside this one that are dead.</summary>
    public static Sweep OfDeadNodes(DeadNodes dead, TimeProvider time, ILogger logger) =>
        new(DeadNodes.Every, dead.LookAsync, logger.DeadNodesNotBuried, time);

    /// <summary>What is older than it is kept; and how much there is, by which the doctor tells how long the disk lasts.</summary>
    public static Sweep OfAge(Housekeeping housekeeping, TimeProvider time, ILogger logger) =>
        new(AgeEvery, housekeeping.RunAsync, logger.OldRowsStay, time);

    /// <summary>Of a module that looks after something of its own.</summary>
    public static Sweep Of(TimeSpan every, Func<CancellationToken, Task> work, Action<Exception> tell, TimeProvider time) =>
        new(every, work, tell, time);

    public void Start() => _loop = RunAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_every, _time);
        try
        {
            do
            {
                try
                {
                    await _work(_stop.Token).ConfigureAwait(false);
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    _tell(failed);
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
