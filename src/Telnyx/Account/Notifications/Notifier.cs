using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Account.Notifications;

/// <summary>
/// Notices what accounts asked to be told of, from the ledger, the dial gate and the delivery of webhooks, and puts it into the outbox.
/// </summary>
public sealed class Notifier : IAsyncDisposable
{
    /// <summary>How soon a setting that was made on another node of the same database counts here.</summary>
    private readonly NotificationBook _book;
    private readonly Database _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private LimitWatch? _limits;
    private Task _looking = Task.CompletedTask;

    /// <param name="hasMail">Whether mail can go out.</param>
    public Notifier(Database store, bool hasMail, TimeProvider time, ILogger logger)
    {
        (_store, HasMail, _time, _logger) = (store, hasMail, time, logger);
        _book = new(store);
        Projector = new NotificationProjector(_book);
    }

    public bool HasMail { get; }

    /// <summary>Between two looks for what other nodes have changed.</summary>
    public TimeSpan BetweenLooks { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tells of events of calls, in the transaction of the event.</summary>
    public IProjector Projector { get; }

    /// <summary>The same gate, with an eye on whom it refuses.</summary>
    public IDialGate Watch(IDialGate gate) => _limits = new(gate, _book, _store, _time, _logger);

    public async Task StartAsync(CancellationToken stop)
    {
        await _book.ReloadAsync(stop);
        _looking = Task.Run(LookAsync, CancellationToken.None);
    }

    /// <summary>Whom the account wants to be told of this.</summary>
    internal IReadOnlyList<NotificationTarget> Find(TenantId tenant, NotificationCondition condition) => _book.Find(tenant, condition);

    internal OutboxMessage MessageOf(Occurrence occurrence, NotificationTarget target) => _book.MessageOf(occurrence, target);

    /// <summary>A setting or a channel has changed.</summary>
    public ValueTask ReloadAsync(CancellationToken stop) => _book.ReloadAsync(stop);

    /// <summary>
    /// What is to be told when a webhook is given up; written in the same transaction. A notification's own failure is told to nobody.
    /// </summary>
    public IReadOnlyList<OutboxMessage> GivenUp(OutboxEntry entry, DeliveryAttempt last)
    {
        if (_book.IsEmpty || entry.OrderKey.StartsWith(Occurrence.OrderPrefix, StringComparison.Ordinal)) return [];
        var targets = _book.Find(entry.Tenant, Catalogue.WebhookFailed);
        if (targets.IsEmpty) return [];
        string place = Uri.TryCreate(entry.Url, UriKind.Absolute, out var url) ? url.GetLeftPart(UriPartial.Path) : entry.Url;
        var occurrence = new Occurrence
        {
            Tenant = entry.Tenant,
            Condition = Catalogue.WebhookFailed,
            At = last.FinishedAt,
            Subject = place,
            Summary = $"A webhook to {place} was given up after {last.Number} {(last.Number == 1 ? "attempt" : "attempts")}.",
            Facts = [("attempts", last.Number), ("last_error", last.Errors.Count > 0 ? last.Errors[0] : null),
                ("last_status", last.ResponseStatus), ("url", place), ("webhook_id", entry.Id.ToString())],
        };
        return [.. targets.Select(target => _book.MessageOf(occurrence, target))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        if (_limits is not null) await _limits.DisposeAsync();
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(BetweenLooks, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await _book.ReloadAsync(_stop.Token);
            }
            catch (Exception failed) when (failed is OperationCanceledException or StoreUnavailableException)
            {
                // Stopped, or the database is away: what was known still counts.
            }
            catch (Exception failed)
            {
                _logger.NotificationsNotRead(failed);
            }
        }
    }
}
