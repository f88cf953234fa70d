using Microsoft.Extensions.Logging;
using Ringwright.Store.Recordings;

namespace Ringwright.Store.Keeping;

/// <summary>Removes what is older than it is kept, and notes how much the node holds. One round after the other, of any node of the database.</summary>
public sealed class Housekeeping(Database database, Retention retention, RecordingFolder files, string folder, ILogger logger)
{
    private readonly AgedRows _rows = new(database.Sql, database.Time.GetUtcNow);

    public async Task RunAsync(CancellationToken stop)
    {
        var now = database.Time.GetUtcNow();
        if (retention.Traces is { } traces) await database.Traces.PruneAsync(now - traces, stop).ConfigureAwait(false);
        if (retention.Deliveries is { } deliveries) await database.Deliveries.PruneAsync(now - deliveries, stop).ConfigureAwait(false);
        long recordings = 0, records = 0, events = 0, legs = 0;
        foreach (var tenant in await _rows.TenantsAsync(stop).ConfigureAwait(false))
        {
            if (retention.Recordings is { } kept) recordings += await _rows.RecordingsAsync(tenant, now - kept, files.Delete, stop).ConfigureAwait(false);
            if (retention.Records is { } told) records += await _rows.RecordsAsync(tenant, now - told, stop).ConfigureAwait(false);
            if (retention.Events is { } happened) events += await _rows.EventsAsync(tenant, now - happened, stop).ConfigureAwait(false);
            if (retention.Legs is { } ended) legs += await _rows.LegsAsync(tenant, now - ended, stop).ConfigureAwait(false);
        }
        if (recordings + records + events + legs > 0) logger.OldRowsRemoved(recordings, records, events, legs);
        Growth.Note(folder, now, await database.MeasureAsync(stop).ConfigureAwait(false));
    }
}
