using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Recordings;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Recordings;

/// <summary>
/// Brings each recording that media has ended to its place and tells the ledger, once: saved or failed. What a process that died has left
/// half-written is finished at the next start.
/// </summary>
public sealed class RecordingKeeper(Database database, Ledger ledger, IRecordingFiles files, RecordingFolder blobs, ILogger logger) : IRecordings
{
    private readonly ConcurrentDictionary<Guid, Task> _open = new();

    public void Keep(RecordEnd ended)
    {
        var id = ended.Plan.Id;
        _open[id] = Task.Run(() => KeepAsync(ended)).ContinueWith(_ => _open.TryRemove(id, out Task? _), TaskScheduler.Default);
    }

    /// <summary>Finishes what the last process left behind. To be called once at start, before any call is taken; long files are done meanwhile.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> RepairAsync(CancellationToken stop)
    {
        List<RecordingRow> left = [.. (await database.Recordings.ListOpenOfAllTenantsAsync(stop).ConfigureAwait(false)).Where(row => row.Leg.Node == database.Node.Node)];
        foreach (var (file, reason) in blobs.DeleteStrayParts(left.Select(row => row.Id).ToHashSet())) logger.StrayPartLeft(file, reason);
        if (left.Count == 0) return 0;
        logger.RecordingsRecovered(left.Count);
        foreach (var row in left) _open[row.Id] = RepairAsync(row, stop);
        return left.Count;
    }

    /// <summary>Ends when nothing is on its way any more, or after that long.</summary>
    public async Task FinishAsync(TimeSpan patience)
    {
        var all = Task.WhenAll(_open.Values);
        await Task.WhenAny(all, Task.Delay(patience)).ConfigureAwait(false);
    }

    private async Task KeepAsync(RecordEnd ended)
    {
        long begunAt = database.Time.GetTimestamp();
        // However long that takes: a disk may stand still for minutes, and what is on it then is kept. Should it never come, the next start finds the row open.
        var file = await files.WhenWrittenAsync(ended.Plan.Id).ConfigureAwait(false);
        // The wall clock may have been set since the leg began: only time that passes counts.
        await TellAsync(ended, file, () => ended.At + database.Time.GetElapsedTime(begunAt)).ConfigureAwait(false);
    }

    private async Task RepairAsync(RecordingRow row, CancellationToken stop)
    {
        if (await database.Legs.FindAsync(row.Tenant, row.Leg, stop).ConfigureAwait(false) is not { } leg) return;
        var file = await files.RepairAsync(row.Plan, stop).ConfigureAwait(false);
        string key = KeyOf(row.Plan);
        // The process may have died between the move and the ledger.
        if (file.Error is not null && blobs.Find(key) is { } there)
            file = new() { Path = there.FullName, Bytes = there.Length, Length = there.LastWriteTimeUtc - row.StartedAt.UtcDateTime, Gaps = file.Gaps };
        var startedAt = ledger.InstantOf(row.StartedAt);
        var ended = new RecordEnd(ledger.FactsOf(leg), row.Plan, RecordEndReason.Hangup, startedAt, startedAt + file.Length, ledger.InstantOf(database.Time.GetUtcNow()));
        await TellAsync(ended, file, () => Instant.Max(ended.At, ended.EndedAt)).ConfigureAwait(false);
        _open.TryRemove(row.Id, out _);
    }

    private async Task TellAsync(RecordEnd ended, RecordedFile file, Func<Instant> now)
    {
        string? error = file.Error;
        string key = KeyOf(ended.Plan);
        try
        {
            if (error is null && file.Path != blobs.PathOf(key)) blobs.Adopt(key, file.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = e.Message;
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
                Blob = key,
            }
            : new CallEvent.RecordingFailed(ended.Plan.Id, error) { Leg = ended.Leg, At = at };
        if (error is not null) logger.RecordingLost(ended.Plan.Id, ended.Leg.Uuid.ToString(), error);
        await ledger.AppendAsync(outcome).ConfigureAwait(false);
        if (file.Gaps.Count > 0 && blobs.DeleteParts(ended.Plan.Id) is { } left) logger.StrayPartLeft(left.File, left.Reason);
    }

    /// <summary>By id, spread over folders that stay small.</summary>
    private static string KeyOf(RecordPlan plan) => $"recordings/{plan.Id.ToString("N")[..2]}/{plan.Id:D}.{Names<RecordFormat>.Of(plan.Format)}";
}
