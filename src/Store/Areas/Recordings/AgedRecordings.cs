using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Keeping;

/// <summary>Removes old recordings with their files. The trail says that the node did it.</summary>
internal sealed class AgedRecordings(Sql sql, Func<DateTimeOffset> now)
{
    /// <summary>Rows that one transaction removes.</summary>
    private const int Step = 500;

    internal const string SelectRecordings = """
        select id, blob, place from rw_recording where tenant_id = @tenant and state = 'saved' and created_at < @before
            order by created_at limit @step
        """;
    internal const string SelectStrayMessages = """
        select id, blob, place from rw_recording where tenant_id = @tenant and state = 'saved' and mailbox is not null
            and mailbox not in (select text from rw_number where tenant_id = @tenant) order by created_at limit @step
        """;
    internal const string Recording = "delete from rw_recording where tenant_id = @tenant and id = @id and state = 'saved'";

    /// <param name="delete">Deletes a file, or throws. It goes first: should we die in between, the next round finds the row again.</param>
    public Task<long> RunAsync(TenantId tenant, DateTimeOffset before, Func<BlobKey, ValueTask> delete, CancellationToken stop) =>
        RemoveAsync(SelectRecordings, tenant, before, delete, stop);

    /// <summary>Messages of numbers that the account has no longer.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<long> RemoveStrayAsync(TenantId tenant, Func<BlobKey, ValueTask> delete, CancellationToken stop) =>
        RemoveAsync(SelectStrayMessages, tenant, before: default, delete, stop);

    private async Task<long> RemoveAsync(string select, TenantId tenant, DateTimeOffset before, Func<BlobKey, ValueTask> delete,
        CancellationToken stop)
    {
        long removed = 0;
        while (true)
        {
            var rows = await sql.ReadAsync(db => db.Query<Saved>(select, new { tenant, before, step = Step }).AsList(),
                stop).ConfigureAwait(false);
            if (rows.Count == 0) return removed;
            foreach (var row in rows)
                if (BlobKey.Read(BlobArea.Recordings, tenant, row.Blob) is { } blob) await delete(blob).ConfigureAwait(false);
            removed += await sql.WriteAsync(db => rows.Sum(row => Remove(db, tenant, row)), stop,
                CommitPriority.Later).ConfigureAwait(false);
        }
    }

    private int Remove(IDbConnection db, TenantId tenant, Saved row)
    {
        int removed = db.Execute(Recording, new { tenant, id = row.Id });
        if (removed > 0)
        {
            var note = new AuditNote
            {
                Tenant = tenant, At = now(), By = AuditActor.Node, Change = "deleted", RecordType = "recording",
                ResourceId = row.Id.ToString(),
            };
            AuditTable.Write(db, RecordingLogTable.Told(note, JsonColumns.Read(row.Place, ColumnJson.Default.RecordingPlace)));
        }
        return removed;
    }

    private sealed record Saved
    {
        public Guid Id { get; init; }
        public string? Blob { get; init; }
        public string? Place { get; init; }
    }
}
