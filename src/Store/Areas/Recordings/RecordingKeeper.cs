using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Recordings;

/// <summary>
/// Brings each recording that media has ended to the store of blobs and tells the ledger, once: saved or failed.
/// While the store is away the file stays where media wrote it, and the store is asked again. What a process that died has left
/// half-written, or not brought to its place, is finished at the next start.
/// </summary>
public sealed class RecordingKeeper(Database database, Ledger ledger, IRecordingFiles files, RecordingParts parts, ILogger logger)
    : IRecordings
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1), LongestRest = TimeSpan.FromMinutes(1),
        Look = TimeSpan.FromMilliseconds(100);

    /// <summary>In place of the path of a file that the store has already.</summary>
    private const string InPlace = "";

    private readonly ConcurrentDictionary<Guid, Task> _open = new();
    private readonly CancellationTokenSource _ending = new();

    private IBlobs Blobs => database.Blobs;

    public void Keep(RecordEnd ended)
    {
        var id = ended.Plan.Id;
        _open[id] = Task.Run(() => KeepAsync(ended)).ContinueWith(_ => _open.TryRemove(id, out Task? _), TaskScheduler.Default);
    }

    /// <summary>
    /// Finishes what the last process left behind. To be called once at start, before any call is taken; long files are done meanwhile.
    /// </summary>
    /// <returns>How many there are.</returns>
    public async Task<int> RepairAsync(CancellationToken stop)
    {
        List<RecordingRow> left = [.. (await database.Recordings.ListOpenOfAllTenantsAsync(stop).ConfigureAwait(false))
            .Where(row => row.Leg.Node == database.Node.Node)];
        foreach (var (file, reason) in parts.DeleteStray(left.Select(row => row.Id).ToHashSet())) logger.StrayPartLeft(file, reason);
        if (left.Count == 0) return 0;
        logger.RecordingsRecovered(left.Count);
        foreach (var row in left) _open[row.Id] = RepairAsync(row, stop);
        return left.Count;
    }

    /// <summary>
    /// Ends when nothing is on its way any more, or after that long. A store that is away is asked once more;
    /// what it does not take waits for the next start, and so does all of it while the database is away.
    /// </summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        var all = Task.WhenAll(_open.Values);
        for (var left = patience; left > TimeSpan.Zero && !all.IsCompleted && database.IsAvailable; left -= Look)
            await Task.WhenAny(all, Task.Delay(Look)).ConfigureAwait(false);
    }

    private async Task KeepAsync(RecordEnd ended)
    {
        long begunAt = database.Time.GetTimestamp();
        // However long that takes: a disk may stand still for minutes, and what is on it then is kept.
        // Should it never come, the next start finds the row open.
        var file = await files.WhenWrittenAsync(ended.Plan.Id).ConfigureAwait(false);
        // The wall clock may have been set since the leg began: only time that passes counts.
        await TellAsync(ended, file, () => ended.At + database.Time.GetElapsedTime(begunAt)).ConfigureAwait(false);
    }

    private async Task RepairAsync(RecordingRow row, CancellationToken stop)
    {
        if (await database.Legs.FindAsync(row.Tenant, row.Leg, stop).ConfigureAwait(false) is not { } leg) return;
        var file = await files.RepairAsync(row.Plan, stop).ConfigureAwait(false);
        var key = KeyOf(row.Tenant, row.Plan);
        if (file.Error is not null)
        {
            // The process may have died between the move and the ledger.
            var (isKnown, there) = await InsistAsync(row.Id, () => Blobs.FindAsync(key, CancellationToken.None)).ConfigureAwait(false);
            if (!isKnown) return;
            if (there is not null)
                file = new() { Path = InPlace, Bytes = there.Bytes, Length = there.ChangedAt - row.StartedAt, Gaps = file.Gaps };
        }
        var startedAt = ledger.InstantOf(row.StartedAt);
        var facts = ledger.FactsOf(leg);
        if (row.Plan.Mailbox is { } number) facts = facts with { Application = new(ApplicationKind.Voicemail, number) };
        var ended = new RecordEnd(facts, row.Plan, RecordEndReason.Hangup, startedAt, startedAt + file.Length,
            ledger.InstantOf(database.Time.GetUtcNow()));
        await TellAsync(ended, file, () => Instant.Max(ended.At, ended.EndedAt)).ConfigureAwait(false);
        _open.TryRemove(row.Id, out _);
    }

    private async Task TellAsync(RecordEnd ended, RecordedFile file, Func<Instant> now)
    {
        string? error = file.Error;
        if (error is null && ended.Plan.Mailbox is not null && file.Length < MailboxLimits.ShortestMessage)
        {
            await TellNothingAsync(ended, now).ConfigureAwait(false);
            return;
        }
        if (error is null && file.Path != InPlace)
        {
            (bool isKnown, error) = await InsistAsync(ended.Plan.Id,
                () => TakeAsync(KeyOf(ended.Leg.Tenant, ended.Plan), file.Path)).ConfigureAwait(false);
            if (!isKnown) return;
        }
        var at = now();
        CallEvent outcome = error is null
            ? new CallEvent.RecordingSaved
            {
                Leg = ended.Leg,
                At = at,
                Plan = ended.Plan,
                Reason = ended.Reason,
                StartedAt = ended.StartedAt,
                EndedAt = ended.EndedAt,
                Length = file.Length,
                Bytes = file.Bytes,
                Gaps = file.Gaps,
                Blob = NameOf(ended.Plan),
            }
            : new CallEvent.RecordingFailed(ended.Plan.Id, error) { Leg = ended.Leg, At = at, Plan = ended.Plan };
        if (error is not null) logger.RecordingLost(ended.Plan.Id, ended.Leg.Uuid.ToString(), error);
        await ledger.AppendAsync(outcome).ConfigureAwait(false);
        // There may be a bucket to bring it to.
        database.Jobs.Ring();
        await TellLampsAsync(ended).ConfigureAwait(false);
        if (file.Gaps.Count > 0 && parts.Delete(ended.Plan.Id) is { } left) logger.StrayPartLeft(left.File, left.Reason);
    }

    /// <summary>Somebody has hung up behind the beep, and has left no message.</summary>
    private async Task TellNothingAsync(RecordEnd ended, Func<Instant> now)
    {
        if (parts.Delete(ended.Plan.Id) is { } left) logger.StrayPartLeft(left.File, left.Reason);
        await Blobs.DiscardAsync(KeyOf(ended.Leg.Tenant, ended.Plan)).ConfigureAwait(false);
        await ledger.AppendAsync(new CallEvent.RecordingFailed(ended.Plan.Id, "It was too short to be a message.")
        {
            Leg = ended.Leg, At = now(),
        }).ConfigureAwait(false);
    }

    private async Task TellLampsAsync(RecordEnd ended)
    {
        if (ended.Plan.Mailbox is not { } number) return;
        try
        {
            await database.Mailboxes.TellAsync(new(ended.Leg.Tenant, number), CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // The next message, or the next round of housekeeping, tells of this one too.
        }
    }

    /// <returns>Why there is no file; null when the store has it.</returns>
    private async ValueTask<string?> TakeAsync(BlobKey key, string file)
    {
        try
        {
            await Blobs.TakeAsync(key, file, CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (Exception unreadable) when (unreadable is (IOException and not BlobStoreException) or UnauthorizedAccessException)
        {
            logger.RecordingNotTaken(unreadable, file);
            return FileTrouble.Of(unreadable);
        }
    }

    /// <summary>Asks the store until it answers, or the node ends.</summary>
    private async ValueTask<(bool IsKnown, T? Answer)> InsistAsync<T>(Guid recording, Func<ValueTask<T>> ask)
    {
        for (var rest = FirstRest; ; rest = rest < LongestRest / 2 ? rest * 2 : LongestRest)
        {
            bool isLast = _ending.IsCancellationRequested;
            try
            {
                return (true, await ask().ConfigureAwait(false));
            }
            catch (BlobStoreException away)
            {
                if (isLast)
                {
                    logger.RecordingLeft(recording, away.Message);
                    return (false, default);
                }
                logger.RecordingWaits(recording, away.Message, rest.TotalSeconds);
            }
            await Task.Delay(rest, database.Time, _ending.Token).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private static BlobKey KeyOf(TenantId tenant, RecordPlan plan) => BlobKey.OfRecording(tenant, plan.Id, plan.Format);

    /// <summary>As rows name it: from the time in which that was its path.</summary>
    private static string NameOf(RecordPlan plan) =>
        $"recordings/{plan.Id.ToString("N")[..2]}/{plan.Id:D}.{Names<RecordFormat>.Of(plan.Format)}";
}
