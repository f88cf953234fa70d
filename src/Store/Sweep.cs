using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Store.Keeping;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>
/// What is done at the start and then again and again, until the node stops: one round after the other, never two at once. A round that
/// fails is told, and the next one comes.
/// </summary>
/// <param name="name">For people, in the log and when it does not stop in time: "the sweep of media".</param>
/// <param name="every">Between the begins of two rounds. What takes longer is begun again at once.</param>
/// <param name="work">One round. It ends at once when its token says so; whatever it throws ends that round alone.</param>
public sealed class Sweep(string name, TimeSpan every, Func<CancellationToken, Task> work) : IAsyncDisposable
{
    private static readonly TimeSpan MediaEvery = TimeSpan.FromMinutes(10), BundlesEvery = TimeSpan.FromMinutes(5),
        AgeEvery = TimeSpan.FromHours(1);
    /// <summary>Half of what a call may be billed short after a crash.</summary>
    private static readonly TimeSpan LifeEvery = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public string Name => name;

    /// <summary>Hears of a round that failed; null writes a line of the log that names the sweep.</summary>
    public Action<Exception>? Tell { get; init; }

    /// <summary>What it waits by; null for the clock of whoever starts it.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Frees the disk of files that have expired. For customers they are gone at the second.</summary>
    public static Sweep OfMedia(MediaTable media, ILogger logger) =>
        new("the sweep of media", MediaEvery, async stop => await media.PruneAsync(stop).ConfigureAwait(false))
        {
            Tell = logger.MediaNotSwept,
        };

    /// <summary>Charges the months of bundles as they begin; at the start, those that began while no node was there.</summary>
    public static Sweep OfBundles(UserBundleTable bundles, ILogger logger) =>
        new("the sweep of bundles", BundlesEvery, async stop => await bundles.ChargeDueAsync(stop).ConfigureAwait(false))
        {
            Tell = logger.BundlesNotCharged,
        };

    /// <summary>The same for numbers that were ordered.</summary>
    public static Sweep OfNumbers(NumberMonthTable months, ILogger logger) =>
        new("the sweep of numbers", BundlesEvery, async stop => await months.ChargeDueAsync(stop).ConfigureAwait(false))
        {
            Tell = logger.NumbersNotCharged,
        };

    /// <summary>Signs of life, for the start after a crash: of the process, whatever the time is for its calls.</summary>
    public static Sweep OfLife(Ledger ledger, ILogger logger) =>
        new("the signs of life", LifeEvery, ledger.SignAsync) { Tell = logger.LifeNotSigned, Time = TimeProvider.System };

    /// <summary>Ends the calls of nodes beside this one that are dead.</summary>
    public static Sweep OfDeadNodes(DeadNodes dead, ILogger logger) =>
        new("the look after dead nodes", DeadNodes.Every, dead.LookAsync) { Tell = logger.DeadNodesNotBuried };

    /// <summary>What is older than it is kept; and how much there is, by which the doctor tells how long the disk lasts.</summary>
    public static Sweep OfAge(Housekeeping housekeeping, ILogger logger) =>
        new("the housekeeping", AgeEvery, housekeeping.RunAsync) { Tell = logger.OldRowsStay };

    public void Start(TimeProvider time, ILogger logger) => _loop = RunAsync(Time ?? time, logger);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(TimeProvider time, ILogger logger)
    {
        TimeSpan Wait() => time == TimeProvider.System ? SharedBeat.Wait(every, Environment.TickCount64, Environment.ProcessId) : every;
        using var timer = new PeriodicTimer(Wait(), time);
        try
        {
            do
            {
                try
                {
                    await work(_stop.Token).ConfigureAwait(false);
                }
                // What gave up waiting of its own accord is a round that failed, and no end.
                catch (Exception failed) when (failed is not OperationCanceledException || !_stop.IsCancellationRequested)
                {
                    if (Tell is { } tell) tell(failed);
                    else logger.SweepFailed(name, every.TotalSeconds, failed);
                }
            }
            while (await NextAsync().ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }

        async ValueTask<bool> NextAsync()
        {
            bool isNext = await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
            if (timer.Period != Wait()) timer.Period = Wait();
            return isNext;
        }
    }
}
