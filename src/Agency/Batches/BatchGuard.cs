using Ringwright.Agency.Tables;

namespace Ringwright.Agency.Batches;

/// <summary>
/// Stops batches: all of an agency while its kill switch is on, those whose number has begun its calls of the day, those whose client
/// has talked for its minutes of the month, and each whose calls go wrong, of which it tells somebody. One goes on by itself the next day,
/// the next month, or a while after its calls had failed, some times.
/// </summary>
internal sealed class BatchGuard(AgencyParts parts)
{
    /// <param name="batch">As it would be if nothing spoke against it.</param>
    /// <param name="hasCalls">Some may have come or gone since the last look: without any its calls are as good as they were.</param>
    public async ValueTask<BatchRow> OfAsync(BatchRow batch, bool hasCalls, DateTimeOffset now, CancellationToken stop)
    {
        bool isPaused = batch.Status is BatchRow.Paused;
        if (batch.IsOver || isPaused && batch.FailureCode is not (BatchRow.CircuitOpen or BatchRow.Capped or BatchRow.OutOfMinutes))
            return batch;
        var agency = await parts.Tenancy.AgencyAsync(batch.TenantId, stop);
        bool isKilled = AgencySettings.IsKilled(agency.Settings);
        if (isPaused)
            return isKilled || !BatchHealth.GoesOn(batch, agency.Timezone, now) ? batch : batch with
            {
                Status = BatchRow.Processing,
                PausedAt = null,
                FailureCode = null,
                CircuitResumes = batch.CircuitResumes + (batch.FailureCode is BatchRow.CircuitOpen ? 1 : 0),
                ResumedAt = now,
                UpdatedAt = now,
            };
        if (isKilled) return Paused(batch, BatchRow.Killed, now);
        if (batch.Status is not BatchRow.Processing) return batch;
        var open = await parts.EndedCalls.ListOpenAsync(batch, BatchHealth.DayOf(now, agency.Timezone), stop);
        if (open.Count == 0) return Paused(batch, BatchRow.Capped, now);
        // Of a pool those that have called enough are left out for the day.
        if (batch.FromPool is not null) await parts.Follower.CallFromAsync(batch, open, stop);
        if (!await parts.Room.HasMinutesAsync(batch.TenantId, batch.ClientId, now, stop))
            return Paused(batch, BatchRow.OutOfMinutes, now);
        if (!hasCalls) return batch;
        // All calls of one that has never stopped are behind its beginning, whatever the clock says.
        var calls = await parts.EndedCalls.ListAsync(batch, batch.ResumedAt ?? DateTimeOffset.UnixEpoch, now + BatchHealth.Rest,
            BatchHealth.MostLooked, stop);
        if (BatchHealth.StopOf(calls) is not { } found) return batch;
        await new Alerts(parts).RaiseAsync(batch.TenantId, found.Code, batch.Id.ToString(), found.Sentence, now, stop);
        return Paused(batch, found.Code, now);
    }

    private static BatchRow Paused(BatchRow batch, string why, DateTimeOffset now) =>
        batch with { Status = BatchRow.Paused, PausedAt = now, FailureCode = why, UpdatedAt = now };
}
