using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Delivery;

/// <summary>Makes attempts, and records each with what follows from it before anything else happens.</summary>
internal sealed class Attempts(Database database, MessageSender sender, DeliveryOptions options, TimeProvider time,
    OncePerMinute lines, ILogger logger)
{
    /// <summary>Wait after a failure of our own (the database), which is no attempt.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1);

    /// <summary>Says what else is to be sent when a message is given up.</summary>
    public Func<OutboxEntry, DeliveryAttempt, IReadOnlyList<OutboxMessage>>? GivenUp { get; set; }

    /// <summary>Never throws. One that was cut off by <paramref name="stop"/> is not recorded: the next start makes it again.</summary>
    public async Task<Attempted> MakeAsync(OutboxEntry entry, CancellationToken stop)
    {
        try
        {
            if (!await IsOursAsync(entry, stop).ConfigureAwait(false)) return new(WasMade: true, Next: null);
            var startedAt = time.GetUtcNow();
            long started = time.GetTimestamp();
            var (sent, result) = await SendAsync(entry, stop).ConfigureAwait(false);

            var next = Following(entry, result);
            var attempt = AttemptLog.Of(entry.Attempts + 1, Lanes.UrlOf(entry), startedAt,
                startedAt + time.GetElapsedTime(started), sent, result);
            Metrics.Attempts.Add(1, new KeyValuePair<string, object?>("delivered", attempt.IsDelivered));
            // Also while stopping: what went out is known to the next start.
            var also = next is OutboxStep.GivenUp ? GivenUp?.Invoke(entry, attempt) : null;
            bool isOurs = await RecordAsync(entry, attempt, next, also, stop).ConfigureAwait(false);
            if (!isOurs) return new(WasMade: true, Next: null);

            if (next is OutboxStep.GivenUp) SayGivenUp(entry, attempt.Number, result);
            return new(WasMade: true, next is OutboxStep.Again again
                ? entry with
                {
                    Attempts = attempt.Number,
                    IsOnFailover = again.IsOnFailover,
                    AttemptsOnUrl = again.AttemptsOnUrl,
                    NextAt = again.NextAt,
                    RetryUntil = again.Until,
                    OtherFrom = again.OtherFrom,
                    Message = null,
                } : null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new(WasMade: false, Next: null);
        }
        catch (Exception failed)
        {
            lines.Say("", webhooks => logger.AttemptFailed(failed, webhooks, entry.Id, AfterFailure.TotalSeconds));
            return new(WasMade: false, entry with { NextAt = time.GetUtcNow() + AfterFailure });
        }
    }

    private OutboxStep Following(OutboxEntry entry, EgressResult result)
    {
        var now = time.GetUtcNow();
        if (sender.WaitsOf(entry) is { } waits)
        {
            var next = RetryRule.Next(entry, result, waits, now, sender.RetriesServerErrorsOnly(entry));
            return LongSchedule.NotBefore(next, result, now);
        }
        return entry.Retries is RetrySchedule.Long ? LongSchedule.Next(entry, result, now)
            : RetryRule.Next(entry, result, options.Waits, now);
    }

    /// <summary>
    /// Waits until this node knows that it may send, and looks up what it may have lost to another node since it came into memory.
    /// </summary>
    private async ValueTask<bool> IsOursAsync(OutboxEntry entry, CancellationToken stop)
    {
        var lease = database.Outbox.Lease;
        if (!lease.IsHeld) await lease.HeldAsync(stop).ConfigureAwait(false);
        return entry.Losses == lease.Losses || await database.Outbox.IsHereAsync(entry.Tenant, entry.Id, stop).ConfigureAwait(false);
    }

    private async ValueTask<Sent> SendAsync(OutboxEntry entry, CancellationToken stop)
    {
        var message = entry.Message ?? await database.Outbox.FindAsync(entry.Tenant, entry.Id, stop).ConfigureAwait(false);
        return message is null ? Sent.Nothing("The message is gone.")
            : await sender.SendAsync(message, entry.Attempts + 1, Lanes.UrlOf(entry), stop).ConfigureAwait(false);
    }

    /// <summary>
    /// What went out must be known before anything follows: while the database is away this waits for it, and keeps its place in its lane.
    /// </summary>
    /// <returns>False when another node has the message now, and knows nothing of this attempt.</returns>
    private async Task<bool> RecordAsync(
        OutboxEntry entry, DeliveryAttempt attempt, OutboxStep next, IReadOnlyList<OutboxMessage>? also, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await database.Outbox.RecordAsync(entry.Tenant, entry.Id, attempt, next, CancellationToken.None,
                    also).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(WhileAway, time, stop).ConfigureAwait(false);
            }
        }
    }

    private void SayGivenUp(OutboxEntry entry, int attempts, EgressResult result)
    {
        string destination = Lanes.DestinationOf(entry);
        lines.Say(destination, webhooks => logger.GivenUp(webhooks, destination, entry.Id, attempts, result.Failure, result.Status ?? 0));
    }
}

/// <summary>What came of an attempt.</summary>
/// <param name="WasMade">False when it was not made, or is not known to have been:
/// it goes out later, and before the next of its order key.</param>
/// <param name="Next">The attempt that follows; null when there is none, or none by this process:
/// another node may have the message.</param>
internal readonly record struct Attempted(bool WasMade, OutboxEntry? Next);
