using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Store.Blobs;

namespace Ringwright.Store.Keeping;

/// <summary>
/// Removes what is older than it is kept, and notes how much the node holds. One round after the other, of any node of the database.
/// </summary>
public sealed class Housekeeping(Database database, Retention retention, string folder, ILogger logger)
{
    private readonly AgedRows _rows = new(database.Sql);
    private readonly AgedRecordings _recordings = new(database.Sql, database.Time.GetUtcNow);

    public async Task RunAsync(CancellationToken stop)
    {
        var now = database.Time.GetUtcNow();
        await SettleAsync(stop).ConfigureAwait(false);
        if (retention.Traces is { } traces) await database.Traces.PruneAsync(now - traces, stop).ConfigureAwait(false);
        if (retention.Deliveries is { } deliveries) await database.Deliveries.PruneAsync(now - deliveries, stop).ConfigureAwait(false);
        var removed = new Dictionary<string, long>();
        foreach (var tenant in await _rows.TenantsAsync(stop).ConfigureAwait(false))
        {
            Count("recordings", await RecordingsAsync(tenant, retention.Recordings is { } kept ? now - kept : null, stop)
                .ConfigureAwait(false));
            foreach (var rule in database.Areas.Aged)
                if (rule.Kept(retention) is { } time)
                    Count(rule.Name, await _rows.RunAsync(rule, tenant, now - time, stop).ConfigureAwait(false));
        }
        await database.Mailboxes.TellAllAsync(stop).ConfigureAwait(false);
        if (removed.Count > 0) logger.OldRowsRemoved(string.Join(", ", removed.Select(rows => $"{rows.Value} {rows.Key}")));
        Growth.Note(folder, now, await database.MeasureAsync(stop).ConfigureAwait(false));

        void Count(string name, long rows)
        {
            if (rows > 0) removed[name] = removed.GetValueOrDefault(name) + rows;
        }
    }

    /// <summary>A snapshot whose load was killed has left files.</summary>
    private async Task SettleAsync(CancellationToken stop)
    {
        try
        {
            await database.Snapshots.SettleAsync(stop).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            logger.SnapshotFilesStay(refused);
        }
    }

    /// <summary>A store of files that is away keeps nothing else from being removed.</summary>
    /// <param name="before">Null keeps all but messages of numbers that are gone.</param>
    private async Task<long> RecordingsAsync(TenantId tenant, DateTimeOffset? before, CancellationToken stop)
    {
        try
        {
            long stray = await _recordings.RemoveStrayAsync(tenant, Delete, stop).ConfigureAwait(false);
            return before is { } old ? stray + await _recordings.RunAsync(tenant, old, Delete, stop).ConfigureAwait(false) : stray;
        }
        catch (BlobStoreException away)
        {
            logger.OldRecordingsStay(away, tenant.ToString());
            return 0;
        }

        ValueTask Delete(BlobKey blob) => database.Blobs.DeleteAsync(blob, stop);
    }
}
