using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>
/// Stops batches: all of an agency while its kill switch is on, and each whose calls go wrong, of which it tells somebody. One whose calls
/// had failed goes on by itself after a while, some times.
/// </summary>
internal sealed class BatchGuard(AgencyParts parts)
{
    /// <param name="batch">As it would be if nothing spoke against it.</param>
    public async ValueTask<BatchRow> OfAsync(BatchRow batch, DateTimeOffset now, CancellationToken stop)
    {
        bool isPaused = batch.Status is BatchRow.Paused;
        if (batch.IsOver || isPaused && !(BatchHealth.ResumesAt(batch) <= now)) return batch;
        bool isKilled = AgencySettings.IsKilled((await parts.Tenancy.AgencyAsync(batch.TenantId, stop)).Settings);
        if (isPaused)
            return isKilled ? batch : batch with
            {
                Status = BatchRow.Processing,
                PausedAt = null,
                FailureCode = null,
                CircuitResumes = batch.CircuitResumes + 1,
                ResumedAt = now,
                UpdatedAt = now,
            };
        if (isKilled) return Paused(batch, BatchRow.Killed, now);
        if (batch.Status is not BatchRow.Processing) return batch;
        var calls = await parts.EndedCalls.ListAsync(batch, batch.ResumedAt ?? batch.CreatedAt, BatchHealth.MostLooked, stop);
        if (BatchHealth.StopOf(calls) is not { } found) return batch;
        await parts.Alerts.RaiseAsync(batch.TenantId, found.Code, batch.Id.ToString(), found.Sentence, now, stop);
        return Paused(batch, found.Code, now);
    }

    private static BatchRow Paused(BatchRow batch, string why, DateTimeOffset now) =>
        batch with { Status = BatchRow.Paused, PausedAt = now, FailureCode = why, UpdatedAt = now };
}
