using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Delivery.Mails;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>
/// Delivers what is committed to the outbox, at least once. Every attempt and what follows from it is recorded before the next one, so that a restart
/// goes on where the last process stopped, with the same ids.
/// </summary>
public sealed class WebhookDispatcher : IAsyncDisposable
{
    private const int PageSize = 500;
    private const int MostInMemory = 1_000;
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);
    /// <summary>Wait after a failure of our own (the database), which is no attempt.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly MessageSender _sender;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _loading = new(1);
    private readonly Lock _gate = new();
    private readonly Lanes _lanes;
    private readonly Pruning _pruning;
    private TaskCompletionSource _idle = CompletedSource();
    private readonly TimeSpan _longestWait;
    private long _loadedUpTo;
    private int _resting;
    private Task _background = Task.CompletedTask;

    public WebhookDispatcher(Database database, MessageSender sender, DeliveryOptions options, TimeProvider time, ILogger logger)
    {
        _database = database;
        _sender = sender;
        _options = options;
        _time = time;
        _logger = logger;
        _lanes = new(options.InFlightPerDestination);
        _pruning = new(database, options, time);
        _longestWait = options.Waits.Concat(options.MailWaits).Append(AfterFailure).Max();
        Metrics.Pending(() => _lanes.Count);
        Metrics.Resting(() => Volatile.Read(ref _resting));
    }

    /// <summary>Says what else is to be sent when a message is given up.</summary>
    public Func<OutboxEntry, DeliveryAttempt, IReadOnlyList<OutboxMessage>>? GivenUp { get; init; }

    /// <summary>Begins with what an earlier process left.</summary>
    public void Start() => _background = Task.WhenAll(
        RepeatAsync(async () =>
        {
            await LoadAsync().ConfigureAwait(false);
            await _database.Outbox.WaitForMoreAsync(_stop.Token).ConfigureAwait(false);
        }),
        RepeatAsync(async () =>
        {
            await _pruning.RunAsync(_stop.Token).ConfigureAwait(false);
            await Task.Delay(PruneEvery, _time, _stop.Token).ConfigureAwait(false);
        }));

    /// <summary>
    /// Sends what is committed and due, for at most <paramref name="drain"/>, then stops. Retries that wait for their time are left to the next start,
    /// and so are attempts that were cut off.
    /// </summary>
    public async Task StopAsync(TimeSpan drain)
    {
        if (drain > TimeSpan.Zero && !_stop.IsCancellationRequested)
        {
            try
            {
                await LoadAsync().ConfigureAwait(false);
                await IdleAsync().WaitAsync(drain, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                _logger.DrainCut(_lanes.Count);
            }
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        await _background.ConfigureAwait(false);
        await IdleAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _loading.Dispose();
    }

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
                await Task.Delay(WhileAway, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception failed)
            {
                _logger.RoundFailed(failed, AfterFailure.TotalSeconds);
                await Task.Delay(AfterFailure, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LoadAsync()
    {
        await _loading.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            IReadOnlyList<OutboxEntry> page;
            do
            {
                page = await _database.Outbox.ListNextAsync(_loadedUpTo, PageSize, _stop.Token).ConfigureAwait(false);
                var ready = new List<OutboxEntry>();
                foreach (var entry in page)
                {
                    _loadedUpTo = entry.Seq;
                    Schedule(entry, ready);
                }
                Begin(ready);
            }
            while (page.Count >= PageSize);
        }
        finally
        {
            _loading.Release();
        }
    }

    private void Schedule(OutboxEntry entry)
    {
        var ready = new List<OutboxEntry>();
        Schedule(entry, ready);
        foreach (var next in ready) BeginElsewhere(next);
    }

    /// <summary>What may go out now is added to <paramref name="ready"/>.</summary>
    private void Schedule(OutboxEntry entry, List<OutboxEntry> ready)
    {
        var wait = entry.NextAt is { } at ? at - _time.GetUtcNow() : TimeSpan.Zero;
        // The wall clock may have been set back since the time was written: nobody waits longer than the longest wait there is.
        if (wait > _longestWait) wait = _longestWait;
        if (wait <= TimeSpan.Zero) Add(entry, ready);
        else _ = AddLaterAsync(entry, wait);
    }

    private async Task AddLaterAsync(OutboxEntry entry, TimeSpan wait)
    {
        Interlocked.Increment(ref _resting);
        try
        {
            await Task.Delay(wait, _time, _stop.Token).ConfigureAwait(false);
            var ready = new List<OutboxEntry>();
            Add(entry, ready);
            foreach (var next in ready) BeginElsewhere(next);
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
            Pump(Lanes.DestinationOf(entry), ready);
        }
    }

    /// <summary>Under the lock.</summary>
    private void Pump(string destination, List<OutboxEntry> ready)
    {
        while (_lanes.TryTake(destination, out var entry)) ready.Add(entry);
    }

    /// <summary>
    /// The last one begins on this thread, up to where it waits for the network: waking another for a single webhook costs more than signing and sending it.
    /// </summary>
    private void Begin(List<OutboxEntry> ready)
    {
        for (int i = 0; i < ready.Count - 1; i++) BeginElsewhere(ready[i]);
        if (ready.Count > 0) _ = DeliverAsync(ready[^1]);
    }

    private void BeginElsewhere(OutboxEntry entry) => _ = Task.Run(() => DeliverAsync(entry));

    private async Task DeliverAsync(OutboxEntry entry)
    {
        await AttemptAsync(entry).ConfigureAwait(false);
        AttemptEnded(entry);
    }

    /// <summary>On the store's writer after a commit: what may go now begins on threads of the pool.</summary>
    private void AttemptEnded(OutboxEntry entry)
    {
        var ready = new List<OutboxEntry>();
        lock (_gate)
        {
            string? released = _lanes.AttemptEnded(entry);
            Pump(Lanes.DestinationOf(entry), ready);
            if (released is not null) Pump(released, ready);
            if (_lanes.Count == 0) _idle.TrySetResult();
        }
        foreach (var next in ready) BeginElsewhere(next);
    }

    private async Task AttemptAsync(OutboxEntry entry)
    {
        try
        {
            var startedAt = _time.GetUtcNow();
            long started = _time.GetTimestamp();
            var (sent, result) = await SendAsync(entry).ConfigureAwait(false);

            var next = RetryRule.Next(entry, result, MailSender.Takes(entry.Url) ? _options.MailWaits : _options.Waits, _time.GetUtcNow());
            var attempt = AttemptLog.Of(entry.Attempts + 1, Lanes.UrlOf(entry), startedAt, startedAt + _time.GetElapsedTime(started), sent, result);
            Metrics.Attempts.Add(1, new KeyValuePair<string, object?>("delivered", attempt.IsDelivered));
            // Also while stopping: what went out is known to the next start.
            await RecordAsync(entry, attempt, next, next is OutboxStep.GivenUp ? GivenUp?.Invoke(entry, attempt) : null).ConfigureAwait(false);

            if (next is OutboxStep.Again again)
                Schedule(entry with { Attempts = attempt.Number, IsOnFailover = again.IsOnFailover, AttemptsOnUrl = again.AttemptsOnUrl, NextAt = again.NextAt, Message = null });
            else if (next is OutboxStep.GivenUp)
                _logger.GivenUp(entry.Id, Lanes.DestinationOf(entry), attempt.Number, result.Failure, result.Status ?? 0);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Cut off: not recorded, so the next start makes this attempt again.
        }
        catch (Exception failed)
        {
            _logger.AttemptFailed(failed, entry.Id, AfterFailure.TotalSeconds);
            Schedule(entry with { NextAt = _time.GetUtcNow() + AfterFailure });
        }
    }

    /// <summary>What went out must be known before anything follows: while the database is away this waits for it, and keeps its place at the destination.</summary>
    private async Task RecordAsync(OutboxEntry entry, DeliveryAttempt attempt, OutboxStep next, IReadOnlyList<OutboxMessage>? also)
    {
        while (true)
        {
            try
            {
                await _database.Outbox.RecordAsync(entry.Tenant, entry.Id, attempt, next, CancellationToken.None, also).ConfigureAwait(false);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(WhileAway, _time, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<Sent> SendAsync(OutboxEntry entry)
    {
        var message = entry.Message ?? await _database.Outbox.FindAsync(entry.Tenant, entry.Id, _stop.Token).ConfigureAwait(false);
        return message is null ? Sent.Nothing("The message is gone.") : await _sender.SendAsync(message, entry.Attempts + 1, Lanes.UrlOf(entry), _stop.Token).ConfigureAwait(false);
    }

    private Task IdleAsync()
    {
        lock (_gate) return _idle.Task;
    }

    private static TaskCompletionSource CompletedSource()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
