using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>
/// Delivers what is committed to the outbox, at least once. Every attempt and what follows from it is recorded before the next one,
/// so that a restart goes on where the last process stopped, with the same ids.
/// </summary>
public sealed class WebhookDispatcher : IAsyncDisposable
{
    private const int MostInMemory = 1_000;
    /// <summary>Webhooks that one thread begins one after the other: to wake another for each would cost more than they take.</summary>
    private const int Together = 4;
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    private readonly Database _database;
    private readonly Attempts _attempts;
    private readonly OutboxReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Meter _gauges = Metrics.Own();
    private readonly Lock _gate = new();
    private readonly Lanes _lanes;
    private readonly Pruning _pruning;
    private readonly OncePerMinute _lines;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _idle = CompletedSource();
    private readonly TimeSpan _longestShort, _lookEvery;
    private int _resting;
    private bool _hasTakenOver;
    private Task _background = Task.CompletedTask;

    public WebhookDispatcher(Database database, MessageSender sender, DeliveryOptions options, TimeProvider time, ILogger logger)
    {
        _database = database;
        _time = time;
        _logger = logger;
        _lanes = new(options.InFlightPerLane, options.InFlightPerAccount, options.InFlightPerNode,
            account => database.Routing.Current.FindTenant(account)?.Parent);
        _lines = new(time);
        _attempts = new(database, sender, options, time, _lines, logger);
        _pruning = new(database, options, time);
        _longestShort = options.Waits.Concat(options.MailWaits).Append(Attempts.AfterFailure).Max();
        _lookEvery = options.LookEvery;
        _reader = new(database, time, options.Ahead, _longestShort, Take, logger);
        Metrics.Pending(_gauges, () => _lanes.Count);
        Metrics.Resting(_gauges, () => Resting);
        Metrics.Oldest(_gauges, () => OldestWait.TotalSeconds);
    }

    /// <summary>Says what else is to be sent when a message is given up.</summary>
    public Func<OutboxEntry, DeliveryAttempt, IReadOnlyList<OutboxMessage>>? GivenUp
    {
        get => _attempts.GivenUp;
        init => _attempts.GivenUp = value;
    }

    private NodeLease Lease => _database.Outbox.Lease;

    /// <summary>Retries in memory that wait for their time.</summary>
    internal int Resting => Volatile.Read(ref _resting);

    /// <summary>How long the oldest message without an attempt has waited, as a look found that is made every few seconds.</summary>
    public TimeSpan OldestWait => _reader.OldestWait;

    /// <summary>Something is under way, or waits for its time in memory.</summary>
    public bool HasWork
    {
        get
        {
            lock (_gate) return _lanes.Count > 0 || Resting > 0;
        }
    }

    /// <summary>Takes the next retries into memory, as happens a few times a minute.</summary>
    internal Task LookAsync() => _reader.ReadDueAsync(_stop.Token);

    /// <summary>Begins with what an earlier process left.</summary>
    public void Start() => _background = Task.WhenAll(
        RepeatAsync(async () =>
        {
            await _reader.ReadNewAsync(_stop.Token).ConfigureAwait(false);
            await _database.Outbox.WaitForMoreAsync(_stop.Token).ConfigureAwait(false);
        }),
        RepeatAsync(async () =>
        {
            await Task.Delay(_lookEvery, _time, _stop.Token).ConfigureAwait(false);
            _lines.Tell();
            await LookAsync().ConfigureAwait(false);
        }),
        Lease.IsShared ? KeepLeaseAsync() : Task.CompletedTask,
        Lease.IsShared ? ReadHandedOverAsync() : Task.CompletedTask,
        RepeatAsync(async () =>
        {
            await _pruning.RunAsync(_stop.Token).ConfigureAwait(false);
            await Task.Delay(PruneEvery, _time, _stop.Token).ConfigureAwait(false);
        }));

    /// <summary>
    /// Sends what is committed and due, for at most <paramref name="drain"/>, then stops. Retries that wait for their time are left
    /// to the next start, and so are attempts that were cut off.
    /// </summary>
    public async Task StopAsync(TimeSpan drain)
    {
        if (drain > TimeSpan.Zero && !_stop.IsCancellationRequested)
        {
            try
            {
                await _reader.ReadNewAsync(_stop.Token).ConfigureAwait(false);
                await IdleAsync().WaitAsync(drain, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _logger.DrainCut(_lanes.Count);
            }
            catch (StoreUnavailableException)
            {
                // What it did not tell of is told at the next start.
            }
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(false);
        await StoppedAsync().ConfigureAwait(false);
        _lines.Tell(isLast: true);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _reader.Dispose();
        _gauges.Dispose();
    }

    /// <summary>In a loop of its own: while all else waits, the other nodes must hear that this one is alive.</summary>
    private Task KeepLeaseAsync() => RepeatAsync(async () =>
    {
        if (await Lease.RenewAsync(_logger, _stop.Token).ConfigureAwait(false) > 0) _hasTakenOver = true;
        await Lease.RestAsync(_stop.Token).ConfigureAwait(false);
    });

    private Task ReadHandedOverAsync() => RepeatAsync(async () =>
    {
        await Task.Delay(Lease.Every, _time, _stop.Token).ConfigureAwait(false);
        await _reader.ReadDueAsync(_stop.Token, isMore: Interlocked.Exchange(ref _hasTakenOver, false)).ConfigureAwait(false);
    });

    private async Task RepeatAsync(Func<Task> round)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await round().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(Attempts.WhileAway, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception failed)
            {
                _logger.RoundFailed(failed, Attempts.AfterFailure.TotalSeconds);
                await Task.Delay(Attempts.AfterFailure, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Take(IReadOnlyList<OutboxEntry> entries)
    {
        var ready = new List<OutboxEntry>();
        foreach (var entry in entries) Schedule(entry, ready);
        Begin(ready);
    }

    private void Schedule(OutboxEntry entry)
    {
        var ready = new List<OutboxEntry>();
        Schedule(entry, ready);
        BeginElsewhere(ready, ready.Count);
    }

    /// <summary>What may go out now is added to <paramref name="ready"/>.</summary>
    private void Schedule(OutboxEntry entry, List<OutboxEntry> ready)
    {
        var wait = entry.NextAt is { } at ? at - _time.GetUtcNow() : TimeSpan.Zero;
        // The wall clock may have been set back since the time was written: nobody waits longer than the longest wait there is.
        var longest = entry.Retries is RetrySchedule.Long ? LongSchedule.Length : _longestShort;
        if (wait > longest) wait = longest;
        if (wait <= TimeSpan.Zero) Add(entry, ready);
        else _ = AddLaterAsync(entry, wait);
    }

    private async Task AddLaterAsync(OutboxEntry entry, TimeSpan wait)
    {
        var rest = Task.Delay(wait, _time, _stop.Token);
        Interlocked.Increment(ref _resting);
        try
        {
            await rest.ConfigureAwait(false);
            var ready = new List<OutboxEntry>();
            Add(entry, ready);
            BeginElsewhere(ready, ready.Count);
        }
        catch (OperationCanceledException)
        {
            // Stopped: the row stays in the outbox for the next start.
        }
        finally
        {
            Interlocked.Decrement(ref _resting);
        }
    }

    private void Add(OutboxEntry entry, List<OutboxEntry> ready)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return;
            // Many that wait are left on disk.
            if (_lanes.Count >= MostInMemory) entry = entry with { Message = null };
            if (_lanes.Count == 0) _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _lanes.Add(entry);
            Pump(ready);
        }
    }

    /// <summary>Under the lock.</summary>
    private void Pump(List<OutboxEntry> ready)
    {
        while (!_stop.IsCancellationRequested && _lanes.TryTake(out var entry)) ready.Add(entry);
    }

    /// <summary>The last few begin on this thread, each up to where it waits for the network; what is more, on others.</summary>
    private void Begin(List<OutboxEntry> ready)
    {
        int elsewhere = Math.Max(0, ready.Count - Together);
        BeginElsewhere(ready, elsewhere);
        BeginHere(ready, elsewhere, ready.Count);
    }

    /// <param name="ready">Of which nothing changes any more.</param>
    /// <param name="end">Before which they are meant.</param>
    private void BeginElsewhere(List<OutboxEntry> ready, int end)
    {
        for (int start = 0; start < end; start += Together)
        {
            int from = start, to = Math.Min(start + Together, end);
            _ = Task.Run(() => BeginHere(ready, from, to));
        }
    }

    private void BeginHere(List<OutboxEntry> ready, int from, int to)
    {
        for (int i = from; i < to; i++) _ = DeliverAsync(ready[i]);
    }

    private async Task DeliverAsync(OutboxEntry entry)
    {
        var (wasMade, next) = await _attempts.MakeAsync(entry, _stop.Token).ConfigureAwait(false);
        if (_reader.Keeps(entry, next, wasMade)) Schedule(next);
        AttemptEnded(entry, wasMade);
    }

    /// <summary>On the store's writer after a commit: what may go now begins on threads of the pool.</summary>
    private void AttemptEnded(OutboxEntry entry, bool wasMade)
    {
        var ready = new List<OutboxEntry>();
        lock (_gate)
        {
            _lanes.AttemptEnded(entry, keepsTurn: !wasMade);
            Pump(ready);
            if (_lanes.Count == 0) _idle.TrySetResult();
            if (_lanes.InFlight == 0 && _stop.IsCancellationRequested) _stopped.TrySetResult();
        }
        BeginElsewhere(ready, ready.Count);
    }

    private Task IdleAsync()
    {
        lock (_gate) return _idle.Task;
    }

    /// <summary>Nothing is under way, and nothing begins any more.</summary>
    private Task StoppedAsync()
    {
        lock (_gate)
        {
            if (_lanes.InFlight == 0) _stopped.TrySetResult();
            return _stopped.Task;
        }
    }

    private static TaskCompletionSource CompletedSource()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
